"""Requests that meet a closed gate, and a sweeper that works in the thread of the test."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.factories import make_call, make_transfer
from tests.lifecycle.gate.asking import KEY, digest_of
from transfers.lifecycle import execution, gate, sweeper
from transfers.models import SendingGate, Transfer, User
from transfers.tenios import TeniosClient


def make_waiting(ada: User, *, due_in: float, **overrides: Any) -> Transfer:
    """A request of a connected call of its own, due in so many seconds."""
    due_at = timezone.now() + timedelta(seconds=due_in)
    requested_at = due_at - timedelta(seconds=3)
    call = overrides.pop("call", None) or make_call(agent=ada)
    return make_transfer(agent=ada, call=call, requested_at=requested_at, due_at=due_at, **overrides)


def stop() -> None:
    gate.stop_sending(code="BAD_CREDENTIALS", key_digest=digest_of(KEY), actor="worker")


def pause(*, seconds_left: float) -> None:
    until_at = timezone.now() + timedelta(seconds=seconds_left)
    SendingGate.objects.update_or_create(pk=1, defaults={"paused_until_at": until_at})


def send(transfer: Transfer, client: TeniosClient) -> tuple[str, str]:
    execution.execute_transfer(transfer.pk, actor="worker", client=client)
    return state_of(transfer)


def state_of(transfer: Transfer) -> tuple[str, str]:
    transfer.refresh_from_db()
    return transfer.state, transfer.cancel_reason or transfer.error_code


class AtOnce(ThreadPoolExecutor):
    """Does what it is given in the thread of the test, which alone sees the test's rows."""

    def submit(self, action: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        done.set_result(action(*args, **kwargs))
        return done


def sweep() -> None:
    with AtOnce() as pool:
        sweeper.sweep_once(pool)
