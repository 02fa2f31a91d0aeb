"""The steps of the crash tests: request, crash, wait, sweep, deliver again, and compare with the ledger of TENIOS."""

import os
import signal
import time
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

from django.conf import settings
from django.db.models import F

from simulator.ledger import LedgerEntry
from simulator.orders import NextTransfer
from simulator.server import Simulator
from tests.factories import make_call
from tests.posts import apply_post
from tests.proofs.crash.fork_server import ForkServer
from transfers.audit_log.verification import verify
from transfers.lifecycle import actions, execution, guard, outcomes, requests, sweeper
from transfers.models import AuditEntry, Transfer, User

KILLED = -signal.SIGKILL
PATIENCE_SECONDS = 5.0


class Stage:
    """One agent, TENIOS behind a socket, and processes that crash."""

    def __init__(self, *, agent: User, tenios: Simulator, fork_server: ForkServer) -> None:
        self._agent = agent
        self._tenios = tenios
        self._fork_server = fork_server

    def request(self, *, answer: str = "normal", seconds: float | None = None) -> Transfer:
        """Request a transfer of a call that TENIOS knows. It is due at once. `answer` is the behaviour of TENIOS."""
        call_uuid = self._tenios.account.start_call(agent="ada", answered=True).call_uuid
        order = NextTransfer(answer=answer, leg="answered", ring_seconds=0.0, seconds=seconds)
        self._tenios.orders.order(order, call_uuid=call_uuid)
        make_call(call_uuid=call_uuid, agent=self._agent)
        return requests.request_transfer(
            user=self._agent,
            call_uuid=call_uuid,
            destination_type="sip_user",
            address="specialist",
            note="",
            request_key=uuid.uuid4(),
        )

    def send_in_a_process_that_dies(self, transfer: Transfer, *, crash_at: str) -> int:
        """Return the exit code: -9 if the process was killed, 0 if it finished."""
        self._start(transfer, crash_at)
        return self._fork_server.wait()

    def send_in_a_process_that_is_killed(self, transfer: Transfer, *, after_seconds: float) -> int:
        """Kill the process from outside, `after_seconds` after its request arrived at TENIOS."""
        pid = self._start(transfer, "never")
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.requests_for(transfer) and time.monotonic() < end:
            time.sleep(0.001)
        time.sleep(after_seconds)
        os.kill(pid, signal.SIGKILL)
        return self._fork_server.wait()

    def _start(self, transfer: Transfer, crash_at: str) -> int:
        return self._fork_server.start(
            transfer_id=transfer.pk,
            crash_at=crash_at,
            base_url=settings.TENIOS_BASE_URL,
            access_key=settings.TENIOS_ACCESS_KEY,
        )

    def requests_for(self, transfer: Transfer) -> int:
        """Return how many requests TENIOS got: from its ledger, which the product cannot see."""
        return len(self._ledger_of(transfer))

    def was_moved(self, transfer: Transfer) -> bool:
        """Tell whether TENIOS moved the caller."""
        return any(entry.acted for entry in self._ledger_of(transfer))

    def _ledger_of(self, transfer: Transfer) -> list[LedgerEntry]:
        call_uuid = transfer.call.call_uuid
        return [entry for entry in self._tenios.ledger.last(200) if (entry.fields or {}).get("call_uuid") == call_uuid]

    def let_time_pass(self, transfers: Iterable[Transfer], *, seconds: float) -> None:
        """Make these transfers older."""
        back = timedelta(seconds=seconds)
        Transfer.objects.filter(pk__in=[transfer.pk for transfer in transfers]).update(
            **{name: F(name) - back for name in ("requested_at", "due_at", "lease_until_at", "sent_at")}
        )

    def sweep(self) -> None:
        """Run one round of the sweeper to its end."""
        with ThreadPoolExecutor(max_workers=4) as pool:
            sweeper.sweep_once(pool)

    def deliver_again(self, transfer: Transfer, *, times: int) -> None:
        """Deliver the message to a worker again."""
        for _ in range(times):
            execution.execute_transfer(transfer.pk, actor="worker")

    def post_forward(self, transfer: Transfer) -> None:
        """Post, like TENIOS, that the destination was called and has answered."""
        for request_type in ("INITIATE_FORWARD", "FORWARD_ANSWER"):
            apply_post(request_type, call_uuid=transfer.call.call_uuid, forward_destination=transfer.destination)

    def hang_up(self, transfer: Transfer) -> None:
        """Hang up the caller. From now on TENIOS has records of all legs."""
        self._tenios.account.hang_up(transfer.call.call_uuid)

    def read_records(self) -> None:
        """Read the call records from TENIOS, as Celery beat does every few seconds."""
        outcomes.settle_from_call_records(client=execution.make_client())

    def say_caller_is_still_here(self, transfer: Transfer) -> None:
        """Answer the question about an unclear transfer like the agent: the caller is still here."""
        actions.resolve_transfer(user=self._agent, transfer_id=transfer.pk, is_caller_still_here=True)


def assert_log_tells_it_all(transfers: Iterable[Transfer]) -> None:
    """Assert that the chain is intact, that each row matches its last entry, and that each trail follows the table."""
    report = verify()
    assert report.is_clean, report.findings
    steps = set(guard.steps_of_table())
    for transfer in transfers:
        entries = AuditEntry.objects.filter(transfer_id=transfer.pk).exclude(outcome="").order_by("seq")
        states = list(entries.values_list("outcome", flat=True))
        assert states[0] == "requested"
        assert set(pairwise(states)) <= steps
