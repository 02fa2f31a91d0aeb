"""Several sweepers and workers at once: each overdue transfer is closed once, by whoever comes first."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from tests.factories import make_call, make_transfer
from transfers import tasks
from transfers.audit_log import AuditAction
from transfers.lifecycle import deadlines, execution, sweeper
from transfers.lifecycle import states as transfer_states
from transfers.models import AuditEntry, Call, Transfer, TransferState, User
from transfers.operations import heartbeats
from transfers.operations.heartbeats import Part
from transfers.tenios import TeniosClient

pytestmark = pytest.mark.django_db

REAPERS = ["sweeper", "worker", "sweeper", "worker"]


def make_late(ada: User, call: Call | None = None) -> Transfer:
    past = timezone.now() - transfer_states.TTL - timedelta(seconds=1)
    return make_transfer(agent=ada, call=call or make_call(agent=ada), requested_at=past, due_at=past)


def make_lost(ada: User) -> Transfer:
    past = timezone.now() - transfer_states.LEASE - timedelta(seconds=1)
    return make_transfer(
        agent=ada,
        call=make_call(agent=ada),
        state=TransferState.SENDING,
        attempt=1,
        requested_at=past,
        due_at=past,
        sent_at=past,
        lease_until_at=past + transfer_states.LEASE,
    )


def test_the_worker_closes_overdue_transfers_while_every_sweeper_hangs(ada: User) -> None:
    late, lost = make_late(ada), make_lost(ada)

    tasks.report_alive()

    late.refresh_from_db()
    lost.refresh_from_db()
    assert (late.state, lost.state, lost.problem) == (TransferState.EXPIRED, TransferState.UNKNOWN, "no_report")
    assert set(AuditEntry.objects.values_list("actor", flat=True)) == {"worker"}


def test_the_worker_sends_its_heartbeat_even_if_nothing_can_be_closed(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("as told")

    monkeypatch.setattr(deadlines, "close_overdue", fail)

    with pytest.raises(RuntimeError):
        tasks.report_alive()

    assert heartbeats.last_heartbeats()[Part.WORKER] is not None


def test_transfers_in_time_are_left_to_their_senders(ada: User) -> None:
    now = timezone.now()
    waiting = make_transfer(agent=ada, due_at=now - timedelta(seconds=1))
    claimed = make_transfer(
        agent=ada, state=TransferState.SENDING, attempt=1, sent_at=now, lease_until_at=now + timedelta(seconds=5)
    )

    deadlines.close_overdue(actor="worker")

    waiting.refresh_from_db()
    claimed.refresh_from_db()
    assert (waiting.state, claimed.state) == (TransferState.REQUESTED, TransferState.SENDING)


def test_many_at_once_close_each_transfer_once_and_none_fails(committed_db: None, ada: User) -> None:
    late, lost = [make_late(ada) for _ in range(10)], [make_lost(ada) for _ in range(10)]
    start = threading.Barrier(len(REAPERS))

    def reap(actor: str) -> None:
        try:
            start.wait()
            deadlines.close_overdue(actor=actor)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(REAPERS)) as pool:
        for reaping in [pool.submit(reap, actor) for actor in REAPERS]:
            reaping.result()

    states = Counter(Transfer.objects.values_list("state", flat=True))
    entries = Counter(AuditEntry.objects.values_list("transfer_id", "action"))
    assert states == {TransferState.EXPIRED: 10, TransferState.UNKNOWN: 10}
    assert entries == {
        **{(each.pk, AuditAction.TRANSFER_EXPIRED): 1 for each in late},
        **{(each.pk, AuditAction.TRANSFER_UNKNOWN): 1 for each in lost},
    }


def test_several_sweepers_and_workers_send_a_due_transfer_once(
    committed_db: None, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests: list[httpx.Request] = []

    def accept(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json={"success": True})

    client = TeniosClient(access_key="k", base_url="https://tenios.test", transport=httpx.MockTransport(accept))
    monkeypatch.setattr(execution, "make_client", lambda: client)
    at = timezone.now() - timedelta(seconds=2)
    transfers = [make_transfer(agent=ada, call=make_call(agent=ada), requested_at=at, due_at=at) for _ in range(5)]
    start = threading.Barrier(4)

    def sweep(pool: ThreadPoolExecutor) -> None:
        start.wait()
        sweeper.sweep_once(pool)

    def work(_pool: ThreadPoolExecutor) -> None:
        start.wait()
        for transfer in transfers:
            tasks.execute_transfer(transfer.pk)

    def apart(part: Callable[[ThreadPoolExecutor], None], pool: ThreadPoolExecutor) -> None:
        try:
            part(pool)
        finally:
            connection.close()

    with ThreadPoolExecutor() as sending, ThreadPoolExecutor() as parts:
        for running in [parts.submit(apart, part, sending) for part in (sweep, work, sweep, work)]:
            running.result()

    states = Counter(Transfer.objects.values_list("state", "attempt"))
    assert states == {(TransferState.ACCEPTED, 1): 5}
    assert len(requests) == 5
