import json
import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from tests.factories import make_call, make_transfer
from tests.foreign_lock import foreign_lock
from tests.lifecycle.wire import KEY, Meanwhile, Wire, answering, failing, make_due
from transfers.audit_log import AuditAction
from transfers.lifecycle import execution, recording
from transfers.models import AuditDetail, AuditEntry, CallEvent, CallState, Transfer, TransferState, User
from transfers.tenios import CallEventKind, TransferAnswer

pytestmark = pytest.mark.django_db


def test_a_due_transfer_is_sent_with_exactly_the_four_documented_fields(ada: User) -> None:
    wire = answering(200, {"success": True})
    transfer = make_due(ada, destination_type="external_number", destination="+4922147105630")

    execution.execute_transfer(transfer.pk, actor="worker", client=wire.client)

    transfer.refresh_from_db()
    assert wire.bodies == [
        {
            "access_key": KEY,
            "call_uuid": transfer.call.call_uuid,
            "destination_type": "EXTERNALNUMBER",
            "destination": "+4922147105630",
        }
    ]
    assert (transfer.state, transfer.attempt, transfer.http_status) == ("accepted", 1, 200)
    assert transfer.accepted_at is not None


@pytest.mark.parametrize(
    ("wire", "state", "code", "problem"),
    [
        (
            answering(400, {"success": False, "error_code": "CALL_UUID_NOT_FOUND"}),
            *("rejected", "CALL_UUID_NOT_FOUND", ""),
        ),
        (answering(403, {"error_code": "BAD_CREDENTIALS"}), "rejected", "BAD_CREDENTIALS", ""),
        (answering(200, {"success": False, "error_code": "X"}), "rejected", "X", ""),
        (answering(500, {}), "unknown", "", ""),
        (answering(302, {}), "unknown", "", ""),
        (failing(httpx.ConnectError), "not_sent", "", "connect"),
        (failing(httpx.ReadTimeout), "unknown", "", "timeout"),
        (failing(httpx.RemoteProtocolError), "unknown", "", "network"),
    ],
)
def test_the_verdict_on_the_answer_is_the_state(ada: User, wire: Wire, state: str, code: str, problem: str) -> None:
    wire.bodies.clear()
    transfer = make_due(ada)

    execution.execute_transfer(transfer.pk, actor="worker", client=wire.client)

    transfer.refresh_from_db()
    assert (transfer.state, transfer.error_code, transfer.problem) == (state, code, problem)
    assert len(wire.bodies) == 1


def test_what_was_sent_and_answered_is_in_the_audit_log_and_the_key_is_not(ada: User) -> None:
    wire = answering(400, {"success": False, "error_code": "INVALID_VALUE", "fields": ["destination"], "echo": KEY})
    transfer = make_due(ada)

    execution.execute_transfer(transfer.pk, actor="worker", client=wire.client)

    entries = list(AuditEntry.objects.filter(transfer_id=transfer.pk).order_by("seq"))
    payloads = [json.loads(AuditDetail.objects.get(entry=entry).payload) for entry in entries]
    assert [entry.action for entry in entries] == [AuditAction.TRANSFER_SENDING, AuditAction.TRANSFER_REJECTED]
    assert payloads[0]["request"]["access_key"] == "••••8888"
    assert payloads[1]["answer"]["http_status"] == 400
    assert "INVALID_VALUE" in payloads[1]["answer"]["body"]
    assert KEY not in json.dumps(payloads)


@pytest.mark.parametrize(
    "overrides",
    [
        {"due_in": timedelta(hours=1)},
        {"due_in": timedelta(hours=-1)},
        {"state": TransferState.SENDING},
        {"state": TransferState.CANCELLED},
        {"state": TransferState.UNKNOWN},
        {"attempt": 1},
    ],
    ids=["not due", "too late", "claimed", "taken back", "unknown", "sent before"],
)
def test_a_transfer_that_may_not_be_sent_is_not_sent(ada: User, overrides: dict[str, Any]) -> None:
    wire = answering(200, {"success": True})
    if "due_in" in overrides:
        overrides = {"due_at": timezone.now() + overrides["due_in"]}
    transfer = make_due(ada, **overrides)

    execution.execute_transfer(transfer.pk, actor="worker", client=wire.client)

    assert wire.bodies == []


def test_a_call_that_ended_meanwhile_is_not_transferred(ada: User) -> None:
    wire = answering(200, {"success": True})
    transfer = make_due(ada, call=make_call(agent=ada, state=CallState.ENDED))

    execution.execute_transfer(transfer.pk, actor="worker", client=wire.client)

    assert wire.bodies == []


@pytest.mark.parametrize("loss", ["deactivated", "demoted"])
def test_an_agent_who_lost_the_right_sends_nothing_and_the_log_says_why(ada: User, loss: str) -> None:
    wire = answering(200, {"success": True})
    transfer = make_due(ada)
    if loss == "deactivated":
        User.objects.filter(pk=ada.pk).update(is_active=False)
    else:
        ada.groups.clear()

    execution.execute_transfer(transfer.pk, actor="worker", client=wire.client)

    transfer.refresh_from_db()
    assert wire.bodies == []
    assert (transfer.state, transfer.cancel_reason) == ("cancelled", "right_lost")


def test_a_destination_that_the_policy_no_longer_allows_gets_no_call(ada: User, settings: object) -> None:
    wire = answering(200, {"success": True})
    transfer = make_due(ada, destination_type="external_number", destination="+12125550123")

    execution.execute_transfer(transfer.pk, actor="worker", client=wire.client)

    transfer.refresh_from_db()
    assert wire.bodies == []
    assert (transfer.state, transfer.cancel_reason) == ("cancelled", "destination_refused")


def test_a_process_that_froze_after_its_claim_does_not_send(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    wire = answering(200, {"success": True})
    transfer = make_due(ada)
    clock = iter([100.0, 103.0])
    monkeypatch.setattr(execution, "time", SimpleNamespace(monotonic=lambda: next(clock)))

    execution.execute_transfer(transfer.pk, actor="worker", client=wire.client)

    transfer.refresh_from_db()
    assert wire.bodies == []
    assert (transfer.state, transfer.problem) == ("not_sent", "too_late")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no lock that everybody waits for")
@pytest.mark.django_db(transaction=True)
def test_a_process_that_waits_for_the_write_lock_is_not_frozen(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "MAX_SECONDS_AFTER_CLAIM", 0.3)
    wire = answering(200, {"success": True})
    transfer = make_due(ada)

    with foreign_lock() as other:
        threading.Timer(1.0, other.close).start()
        execution.execute_transfer(transfer.pk, actor="worker", client=wire.client)

    transfer.refresh_from_db()
    assert transfer.state == "accepted"


@pytest.mark.parametrize(
    ("wire", "state"),
    [
        (answering(200, {"success": True}), "accepted"),
        (answering(400, {"error_code": "X"}), "not_executed"),
        (failing(httpx.ReadTimeout), "unknown"),
    ],
)
def test_an_answer_after_the_lease_settles_the_unknown_it_left(ada: User, wire: Wire, state: str) -> None:
    transfer = make_due(ada)
    lease_runs_out = Transfer.objects.filter(pk=transfer.pk)
    client = Meanwhile(wire, lambda: lease_runs_out.update(state=TransferState.UNKNOWN))

    execution.execute_transfer(transfer.pk, actor="worker", client=client)

    transfer.refresh_from_db()
    assert transfer.state == state


def test_a_caller_who_was_answered_meanwhile_is_not_moved(ada: User) -> None:
    wire = answering(200, {"success": True})
    call = make_call(agent=ada)
    make_transfer(call=call, agent=ada, state=TransferState.ANSWERED, settled_at=timezone.now())
    transfer = make_due(ada, call=call)

    execution.execute_transfer(transfer.pk, actor="worker", client=wire.client)

    transfer.refresh_from_db()
    assert wire.bodies == []
    assert (transfer.state, transfer.cancel_reason) == ("cancelled", "answered_meanwhile")


def test_a_call_that_ended_before_the_claim_is_the_reason_to_cancel(ada: User) -> None:
    transfer = make_due(ada, call=make_call(agent=ada, state=CallState.ENDED))

    execution.execute_transfer(transfer.pk, actor="worker", client=answering(200, {}).client)

    transfer.refresh_from_db()
    assert (transfer.state, transfer.cancel_reason) == ("cancelled", "call_ended")


def test_an_answer_is_recorded_once_the_database_is_back(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    transfer = make_due(ada)
    record, failures = recording.record_once, iter([True, True])

    def fail_twice(claimed: Transfer, answer: TransferAnswer, **words: Any) -> None:
        if next(failures, False):
            raise OperationalError("as told")
        record(claimed, answer, **words)

    monkeypatch.setattr(recording, "record_once", fail_twice)
    monkeypatch.setattr(recording, "RECORDING_PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr(recording, "close_old_connections", lambda: None)
    execution.execute_transfer(transfer.pk, actor="worker", client=answering(200, {"success": True}).client)

    transfer.refresh_from_db()
    assert transfer.state == TransferState.ACCEPTED


def test_an_answer_event_that_arrived_before_the_http_answer_counts(ada: User) -> None:
    transfer = make_due(ada, destination="clara")

    def posts_arrive() -> None:
        for kind in (CallEventKind.FORWARD_STARTED, CallEventKind.FORWARD_ANSWERED):
            CallEvent.objects.create(
                received_at=timezone.now(),
                kind=kind,
                call_uuid=transfer.call.call_uuid,
                forward_target="clara",
                body="{}",
            )

    client = Meanwhile(answering(200, {"success": True}), posts_arrive)
    execution.execute_transfer(transfer.pk, actor="worker", client=client)

    transfer.refresh_from_db()
    assert transfer.state == TransferState.ANSWERED


@pytest.mark.django_db(transaction=True)
def test_one_transfer_delivered_to_many_workers_is_sent_once(ada: User) -> None:
    wire = answering(200, {"success": True})
    transfer = make_due(ada)
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        try:
            execution.execute_transfer(transfer.pk, actor="worker", client=wire.client)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    transfer.refresh_from_db()
    assert len(wire.bodies) == 1
    assert transfer.state == TransferState.ACCEPTED
