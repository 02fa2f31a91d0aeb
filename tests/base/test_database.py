"""A process hangs inside a transaction: the others go on, and a sender that wakes up too late sends nothing."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from environ import Env

from tenios_dashboard.databases import database_from_url
from tests.factories import make_call, make_transfer
from tests.foreign_lock import foreign_lock, remove_idle_timeout
from transfers import audit_log, tasks
from transfers.audit_log import AuditAction
from transfers.base.database import DATABASE_TROUBLE, lock_wait_limited_to
from transfers.lifecycle import execution
from transfers.models import AuditEntry, Transfer, TransferState, User
from transfers.tenios import TeniosClient

pytestmark = pytest.mark.usefixtures("committed_db")

only_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite cannot end the transaction of a process that hangs"
)
GENEROUS = 20.0


class Tenios:
    """Accepts everything and counts its requests."""

    def __init__(self) -> None:
        self.requests = 0
        transport = httpx.MockTransport(self._answer)
        self.client = TeniosClient(access_key="k", base_url="https://tenios.test", transport=transport)

    def _answer(self, _request: httpx.Request) -> httpx.Response:
        self.requests += 1
        return httpx.Response(200, json={"success": True})


@pytest.fixture
def tenios(monkeypatch: pytest.MonkeyPatch) -> Tenios:
    tenios = Tenios()
    monkeypatch.setattr(execution, "make_client", lambda: tenios.client)
    return tenios


def make_due(ada: User) -> Transfer:
    now = timezone.now()
    return make_transfer(
        agent=ada, call=make_call(agent=ada), requested_at=now, due_at=now - timedelta(milliseconds=50)
    )


def hang_when_recording(monkeypatch: pytest.MonkeyPatch, action: AuditAction) -> None:
    """Hang once, in the transaction that records this, until PostgreSQL has ended the session."""
    record, hangs = audit_log.record, iter([True])

    def record_and_hang(**entry: Any) -> AuditEntry:
        recorded = record(**entry)
        if entry["action"] == action and next(hangs, False):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 200")
            time.sleep(1)
        return recorded

    monkeypatch.setattr(audit_log, "record", record_and_hang)


def post_form(client: Client, *, call_uuid: str) -> int:
    fields = {"destination_type": "EXTERNALNUMBER", "destination": "+4922147105630", "request_key": "1" * 32}
    return client.post(f"/calls/{call_uuid}/transfer/", fields).status_code


@only_postgresql
def test_a_form_succeeds_although_another_process_hangs_with_the_audit_lock(client: Client, ada: User) -> None:
    call = make_call(agent=ada)
    client.force_login(ada)

    with foreign_lock() as other:
        status = post_form(client, call_uuid=call.call_uuid)

        with pytest.raises(DATABASE_TROUBLE), other.cursor() as cursor:
            cursor.execute("SELECT 1")
    assert status == 303
    assert Transfer.objects.get().state == TransferState.REQUESTED


@only_postgresql
def test_waiting_too_long_for_a_busy_process_raises_an_error() -> None:
    with foreign_lock() as other, pytest.raises(DATABASE_TROUBLE), transaction.atomic():
        remove_idle_timeout(other)

        audit_log.record(actor="worker", action=AuditAction.CALL_TAKEN)


@only_postgresql
def test_a_sender_that_hung_in_its_claim_sends_nothing_and_another_sends(
    ada: User, tenios: Tenios, monkeypatch: pytest.MonkeyPatch
) -> None:
    transfer = make_due(ada)
    hang_when_recording(monkeypatch, AuditAction.TRANSFER_SENDING)

    with pytest.raises(DATABASE_TROUBLE):
        tasks.execute_transfer(transfer.pk)
    transfer.refresh_from_db()
    woken = (tenios.requests, transfer.state, transfer.attempt)
    tasks.execute_transfer(transfer.pk)

    transfer.refresh_from_db()
    assert woken == (0, TransferState.REQUESTED, 0)
    assert (tenios.requests, transfer.state, transfer.attempt) == (1, TransferState.ACCEPTED, 1)


@only_postgresql
def test_a_sender_that_hung_while_it_recorded_records_when_it_wakes(
    ada: User, tenios: Tenios, monkeypatch: pytest.MonkeyPatch
) -> None:
    transfer = make_due(ada)
    hang_when_recording(monkeypatch, AuditAction.TRANSFER_ACCEPTED)

    tasks.execute_transfer(transfer.pk)

    transfer.refresh_from_db()
    assert (tenios.requests, transfer.state) == (1, TransferState.ACCEPTED)
    assert AuditEntry.objects.filter(action=AuditAction.TRANSFER_ACCEPTED).count() == 1


def test_a_lock_wait_can_be_limited_and_the_usual_limit_returns() -> None:
    def write() -> None:
        with transaction.atomic():
            audit_log.record(actor="worker", action=AuditAction.CALL_TAKEN)

    def write_with_limit() -> None:
        try:
            with pytest.raises(DATABASE_TROUBLE), lock_wait_limited_to(0.1):
                write()
            write()
        finally:
            connection.close()

    with foreign_lock() as other, ThreadPoolExecutor() as pool:
        remove_idle_timeout(other)
        writing = pool.submit(write_with_limit)
        time.sleep(1)
        still_waits = not writing.done()
        other.close()
        writing.result(timeout=GENEROUS)

    assert still_waits
    assert AuditEntry.objects.count() == 1


def test_a_lock_wait_ends_before_the_picker_gives_up() -> None:
    seconds = {"sqlite": lambda: _ask("PRAGMA busy_timeout") / 1000, "postgresql": _lock_timeout}[connection.vendor]()

    assert 2 < seconds < 10


def _ask(question: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return float(cursor.fetchone()[0])


def _lock_timeout() -> float:
    return _ask("SELECT setting FROM pg_settings WHERE name = 'lock_timeout'") / 1000


def test_options_in_the_url_of_the_database_win() -> None:
    url = Env.db_url_config("postgres://u@h/db?options=-c%20lock_timeout%3D7s&connect_timeout=9")

    options = database_from_url(url)["OPTIONS"]

    assert options["options"].startswith("-c lock_timeout=5s")
    assert options["options"].endswith("-c lock_timeout=7s")
    assert int(options["connect_timeout"]) == 9
