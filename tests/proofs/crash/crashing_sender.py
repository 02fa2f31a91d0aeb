"""The process that crashes: it sends one transfer and kills itself at a named point, as by SIGKILL from outside.

The points lie around the functions that everybody may call, so the product itself has no hooks:

    pre_claim ── claim ── post_claim ── request ── mid_request ── answer ── post_response ── record ── post_record

At `mid_request` the process is killed by the test, which sees the request arrive.
"""

import os
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from transfers.lifecycle import execution, states
from transfers.lifecycle.states import Transition
from transfers.models import Transfer
from transfers.tenios import TeniosClient, TransferAnswer


def die() -> None:
    """End like a killed process: without clean-up and without a report."""
    os.kill(os.getpid(), signal.SIGKILL)


def send(transfer_id: int, *, crash_at: str) -> None:
    """Send the transfer like a worker, and die at a named point or at the n-th database operation."""
    with ExitStack() as stack:
        if crash_at.isdecimal():
            for patched in _dying_at_operation(int(crash_at)):
                stack.enter_context(patched)
        else:
            stack.enter_context(_dying_around_claim(crash_at))
            stack.enter_context(_dying_after_answer(crash_at))
        execution.execute_transfer(transfer_id, actor="worker")
    if crash_at == "post_record":
        die()


def _dying_around_claim(crash_at: str) -> AbstractContextManager[object]:
    move = states.move_transfer

    def move_or_die(transfer_id: int, transition: Transition, **given: Any) -> Transfer | None:
        is_claim = transition is states.CLAIM
        if is_claim and crash_at == "pre_claim":
            die()
        moved = move(transfer_id, transition, **given)
        if is_claim and crash_at == "post_claim":
            transaction.on_commit(die)
        return moved

    return patch.object(states, "move_transfer", move_or_die)


def _dying_after_answer(crash_at: str) -> AbstractContextManager[object]:
    ask = TeniosClient.transfer_call

    def ask_and_die(client: TeniosClient, **request: str) -> TransferAnswer:
        answer = ask(client, **request)
        if crash_at == "post_response":
            die()
        return answer

    return patch.object(TeniosClient, "transfer_call", ask_and_die)


def _dying_at_operation(number: int) -> list[AbstractContextManager[object]]:
    """Count each statement once, before it runs, and each commit twice, before and after."""
    left = iter(range(number - 1, -1, -1))
    commit: Callable[[BaseDatabaseWrapper], None] = vars(BaseDatabaseWrapper)["_commit"]

    def count() -> None:
        if next(left) == 0:
            die()

    def run_or_die(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        count()
        return execute(sql, params, many, context)

    def commit_or_die(wrapper: BaseDatabaseWrapper) -> None:
        count()
        commit(wrapper)
        count()

    return [connection.execute_wrapper(run_or_die), patch.object(BaseDatabaseWrapper, "_commit", commit_or_die)]
