from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests.lifecycle.gate.asking import KEY, NEW_KEY, answering, digest_of, gate_entries
from tests.proofs.crowd import all_at_once
from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.lifecycle import gate as sending_gate
from transfers.live import publishing
from transfers.models import SendingGate
from transfers.tenios import TeniosClient

pytestmark = pytest.mark.django_db


def stop(key: str = KEY) -> bool:
    return sending_gate.stop_sending(code="BAD_CREDENTIALS", key_digest=digest_of(key), actor="worker", transfer_id=7)


def pause(seconds: int | None) -> bool:
    return sending_gate.pause_sending(seconds, actor="worker")


def pause_began(*, seconds_ago: float, lasted: float) -> None:
    until_at = timezone.now() + timedelta(seconds=lasted - seconds_ago)
    SendingGate.objects.update_or_create(pk=1, defaults={"paused_until_at": until_at})


def test_without_a_row_the_gate_is_open() -> None:
    gate = sending_gate.read_gate()

    assert gate.is_open
    assert not gate.is_stopped
    assert not gate.is_paused
    assert not sending_gate.closed().exists()


def test_a_stop_is_stored_published_and_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[None] = []
    monkeypatch.setattr(publishing, "publish_system_on_commit", lambda: told.append(None))

    assert stop()

    gate = sending_gate.read_gate()
    assert gate.is_stopped
    assert not gate.is_open
    assert (gate.stop_code, gate.refused_key_digest) == ("BAD_CREDENTIALS", digest_of(KEY))
    assert abs((gate.read_at - timezone.now()).total_seconds()) < 5
    assert sending_gate.closed().exists()
    assert sending_gate.stopped().exists()
    assert gate_entries() == [(AuditAction.SENDING_STOPPED, "worker", {"error_code": "BAD_CREDENTIALS"})]
    assert told == [None]


def test_a_second_stop_changes_nothing() -> None:
    stop()
    before = sending_gate.read_gate()

    assert not stop(NEW_KEY)

    after = sending_gate.read_gate()
    assert (after.stopped_at, after.refused_key_digest) == (before.stopped_at, before.refused_key_digest)
    assert len(gate_entries()) == 1


@pytest.mark.django_db(transaction=True)
def test_many_stops_at_once_make_one_stop() -> None:
    stopped = all_at_once([stop] * 8)

    assert sorted(stopped) == [False] * 7 + [True]
    assert len(gate_entries()) == 1


@pytest.mark.django_db(transaction=True)
def test_many_pauses_at_once_make_one_pause() -> None:
    paused = all_at_once([lambda: pause(20)] * 8)

    assert sorted(paused) == [False] * 7 + [True]
    assert len(gate_entries()) == 1


def test_neither_digest_nor_log_reveals_the_key() -> None:
    stop()

    assert KEY not in str(list(SendingGate.objects.values())) + str(gate_entries())
    assert digest_of(KEY) not in (
        digest_of(NEW_KEY),
        TeniosClient(access_key=KEY, base_url="").key_digest(secret="other"),
    )


@pytest.mark.parametrize(("asked", "kept"), [(None, 5), (0, 1), (1, 1), (30, 30), (60, 60), (300, 60)])
def test_a_pause_lasts_as_long_as_asked_within_bounds(asked: int | None, kept: int) -> None:
    assert pause(asked)

    gate = sending_gate.read_gate()
    assert gate.is_paused
    assert not gate.is_open
    assert gate.pause_seconds_left == kept
    assert gate_entries() == [
        (AuditAction.SENDING_PAUSED, "worker", {"pause_seconds": kept, "asked_seconds": asked}),
    ]


@pytest.mark.parametrize(("second", "left", "entries"), [(5, 20, 1), (20, 20, 1), (40, 40, 2)])
def test_a_pause_is_extended_but_never_shortened(second: int, left: int, entries: int) -> None:
    pause(20)

    pause(second)

    assert sending_gate.read_gate().pause_seconds_left == left
    assert len(gate_entries()) == entries


def test_the_gate_opens_when_the_pause_is_over_even_if_nothing_records_it() -> None:
    pause_began(seconds_ago=10.1, lasted=10)

    gate = sending_gate.read_gate()

    assert gate.is_open
    assert gate.pause_seconds_left == 0
    assert not sending_gate.closed().exists()


@pytest.mark.parametrize("ahead", [timedelta(minutes=3), timedelta(hours=1)])
def test_a_pause_far_in_the_future_is_ignored(ahead: timedelta) -> None:
    SendingGate.objects.create(pk=1, paused_until_at=timezone.now() + ahead)

    assert sending_gate.read_gate().is_open
    assert not sending_gate.closed().exists()
    assert pause(5)
    assert sending_gate.read_gate().pause_seconds_left == 5


def test_the_end_of_a_pause_is_recorded_once() -> None:
    pause_began(seconds_ago=10.1, lasted=10)

    noted = [sending_gate.end_pause(actor="sweeper"), sending_gate.end_pause(actor="sweeper")]

    assert noted == [True, False]
    assert sending_gate.read_gate().paused_until_at is None
    assert gate_entries() == [(AuditAction.SENDING_RESUMED, "sweeper", {"reason": "pause_over"})]


@pytest.mark.django_db(transaction=True)
def test_several_sweepers_record_the_end_of_a_pause_once() -> None:
    pause_began(seconds_ago=10.1, lasted=10)

    noted = all_at_once([lambda: sending_gate.end_pause(actor="sweeper")] * 8)

    assert sorted(noted) == [False] * 7 + [True]
    assert len(gate_entries()) == 1


def test_a_pause_that_runs_is_not_ended() -> None:
    pause(20)

    assert not sending_gate.end_pause(actor="sweeper")

    assert sending_gate.read_gate().is_paused


@pytest.mark.parametrize(
    ("status", "body", "headers", "is_stopped", "pause_seconds"),
    [
        (200, {"success": True}, {}, False, 0),
        (400, {"error_code": "INVALID_VALUE"}, {}, False, 0),
        (500, {}, {}, False, 0),
        (403, {}, {}, True, 0),
        (401, {}, {}, True, 0),
        (400, {"error_code": "BAD_CREDENTIALS"}, {}, True, 0),
        (429, {}, {}, False, 5),
        (429, {}, {"Retry-After": "12"}, False, 12),
        (429, {}, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, False, 5),
        (429, {"error_code": "BAD_CREDENTIALS"}, {"Retry-After": "12"}, True, 0),
    ],
)
def test_the_answer_to_a_transfer_updates_the_gate(
    status: int, body: object, headers: dict[str, str], is_stopped: bool, pause_seconds: int
) -> None:
    client = answering(status, body, **headers)
    answer = client.transfer_call(call_uuid="x", destination_type="sip_user", destination="clara")

    with transaction.atomic():
        sending_gate.update_gate_from(answer, client=client, actor="worker", transfer_id=7)

    gate = sending_gate.read_gate()
    assert (gate.is_stopped, gate.pause_seconds_left) == (is_stopped, pause_seconds)
    assert sending_gate.closes_gate(answer) is not gate.is_open


@pytest.mark.parametrize(("status", "body", "code"), [(401, {}, "HTTP 401"), (403, {"error_code": "X" * 99}, "X" * 64)])
def test_a_stop_keeps_the_code_of_tenios(status: int, body: object, code: str) -> None:
    client = answering(status, body)
    answer = client.transfer_call(call_uuid="x", destination_type="sip_user", destination="clara")

    sending_gate.update_gate_from(answer, client=client, actor="worker", transfer_id=7)

    assert sending_gate.read_gate().stop_code == code


def test_what_cannot_be_recorded_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("as told")

    monkeypatch.setattr(audit_log, "record", fail)

    with pytest.raises(RuntimeError):
        stop()

    assert sending_gate.read_gate().is_open
