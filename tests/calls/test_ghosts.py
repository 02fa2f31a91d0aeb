from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import make_call, make_transfer
from tests.posts import apply_post
from transfers.audit_log import AuditAction, trail_of_transfer
from transfers.calls import ghosts
from transfers.live import publishing
from transfers.models import STALE_AFTER, AuditDetail, AuditEntry, Call, CallState, TransferState, User
from transfers.tenios import CallRecord, CallRecords, TeniosClient, TeniosUnavailable

pytestmark = pytest.mark.django_db


class Records(TeniosClient):
    """A client that returns the given call records. `periods` are those it was asked for."""

    def __init__(self, *legs: CallRecord, is_away: bool = False) -> None:
        super().__init__(access_key="k" * 36, base_url="https://tenios.test")
        self._legs, self._is_away = legs, is_away
        self.periods: list[tuple[datetime, datetime]] = []

    def call_records(self, *, start_at: datetime, end_at: datetime) -> CallRecords:
        self.periods.append((start_at, end_at))
        if self._is_away:
            raise TeniosUnavailable("failure of the test")
        return CallRecords([leg for leg in self._legs if start_at <= leg.started_at <= end_at], is_whole=True)


def make_silent(*, minutes: float = 31, **overrides: Any) -> Call:
    """A live call whose last event came that many minutes ago, and its first event a minute earlier."""
    last_event_at = timezone.now() - timedelta(minutes=minutes)
    return make_call(
        **{"last_event_at": last_event_at, "started_at": last_event_at - timedelta(minutes=1), **overrides}
    )


def leg_of(call: Call, **overrides: Any) -> CallRecord:
    """The record of the caller's own leg, which lasted five minutes."""
    values: dict[str, Any] = {
        "leg_uuid": call.call_uuid,
        "main_leg_uuid": "",
        "destination_type": None,
        "is_inbound": True,
        "destination": call.called_number,
        "started_at": call.started_at,
        "answered_at": call.started_at,
        "ended_at": call.started_at + timedelta(minutes=5),
        "hangup_cause": "NORMAL_CLEARING",
        **overrides,
    }
    return CallRecord(**values)


def state_of(call: Call) -> str:
    call.refresh_from_db()
    return call.state


def ended_entries() -> Collection[AuditEntry]:
    return AuditEntry.objects.filter(action=AuditAction.CALL_ENDED)


def test_call_whose_end_was_not_reported_ends_by_its_record() -> None:
    call = make_silent()
    record = leg_of(call)

    ghosts.end_ghost_calls(client=Records(record))

    [entry] = ended_entries()
    detail = AuditDetail.objects.get(entry=entry)
    assert state_of(call) == CallState.ENDED
    assert call.ended_at == record.ended_at
    assert (entry.actor, entry.call_id, entry.transfer_id) == ("tenios", call.pk, None)
    assert '"source":"call_record"' in detail.payload
    assert call.caller_number not in detail.payload


@pytest.mark.parametrize(
    "overrides",
    [
        {"ended_at": None},
        {"leg_uuid": "another call"},
        {"is_inbound": False},
        {"main_leg_uuid": "the call", "leg_uuid": "the agent's leg", "is_inbound": False},
    ],
    ids=["not over", "another call", "not the caller", "another leg"],
)
def test_only_the_end_of_the_callers_own_leg_ends_a_call(overrides: dict[str, Any]) -> None:
    call = make_silent()

    ghosts.end_ghost_calls(client=Records(leg_of(call, **overrides)))

    assert state_of(call) == CallState.CONNECTED
    assert not ended_entries()


def test_no_records_are_read_for_a_call_with_recent_news_or_an_ended_call() -> None:
    make_silent(minutes=29)
    make_silent(state=CallState.ENDED, ended_at=timezone.now())
    client = Records()

    ghosts.end_ghost_calls(client=client)

    assert client.periods == []


@pytest.mark.parametrize("state", [TransferState.UNKNOWN, TransferState.ACCEPTED, TransferState.SENDING])
def test_call_with_an_unsettled_transfer_ends_only_by_its_record(ada: User, state: str) -> None:
    call = make_silent()
    transfer = make_transfer(call=call, agent=ada, state=state, sent_at=call.last_event_at)

    ghosts.end_ghost_calls(client=Records())
    state_without_record = state_of(call)
    Call.objects.update(next_check_at=None)
    ghosts.end_ghost_calls(client=Records(leg_of(call)))

    transfer.refresh_from_db()
    assert state_without_record == CallState.CONNECTED
    assert state_of(call) == CallState.ENDED
    assert transfer.state == state
    assert [each.entry.action for each in trail_of_transfer(transfer.pk)] == [AuditAction.CALL_ENDED]


def test_unsent_request_is_cancelled_with_its_call(ada: User) -> None:
    call = make_silent()
    transfer = make_transfer(call=call, agent=ada)

    ghosts.end_ghost_calls(client=Records(leg_of(call)))

    transfer.refresh_from_db()
    assert (transfer.state, transfer.cancel_reason) == (TransferState.CANCELLED, "call_ended")


def test_period_of_the_records_is_wider_if_the_start_was_not_reported() -> None:
    reported = apply_post("CALL_START", call_uuid="reported", received_at=timezone.now() - timedelta(hours=1))
    unreported = apply_post("FORWARD_ANSWER", call_uuid="unreported", received_at=timezone.now() - timedelta(hours=2))
    client = Records()

    ghosts.end_ghost_calls(client=client)

    periods = {"unreported": client.periods[0], "reported": client.periods[1]}
    assert periods["reported"] == (
        reported.received_at - timedelta(minutes=1),
        reported.received_at + timedelta(minutes=1),
    )
    assert periods["unreported"] == (
        unreported.received_at - timedelta(hours=1),
        unreported.received_at + timedelta(minutes=1),
    )


@pytest.mark.parametrize(
    ("minutes", "least", "most"), [(31, 1.9, 2.1), (30 + 60, 14.9, 15.1), (30 + 60 * 48, 359, 361)], ids=str
)
def test_pause_between_checks_grows_up_to_a_limit(minutes: float, least: float, most: float) -> None:
    call = make_silent(minutes=minutes)

    ghosts.end_ghost_calls(client=Records())

    call.refresh_from_db()
    assert call.next_check_at is not None
    assert least < (call.next_check_at - timezone.now()) / timedelta(minutes=1) < most


def test_call_is_not_checked_again_before_its_pause_is_over() -> None:
    call = make_silent()
    client = Records()

    ghosts.end_ghost_calls(client=client)
    ghosts.end_ghost_calls(client=client)
    Call.objects.filter(pk=call.pk).update(next_check_at=timezone.now() - timedelta(seconds=1))
    ghosts.end_ghost_calls(client=client)

    assert len(client.periods) == 2


def test_next_round_checks_the_calls_that_the_first_left_out() -> None:
    for _ in range(ghosts.MOST_AT_ONCE + 3):
        make_silent()
    first, second = Records(), Records()

    ghosts.end_ghost_calls(client=first)
    ghosts.end_ghost_calls(client=second)

    assert (len(first.periods), len(second.periods)) == (ghosts.MOST_AT_ONCE, 3)


def test_unreadable_records_end_the_round_and_no_call() -> None:
    calls = [make_silent(), make_silent()]
    client = Records(*map(leg_of, calls), is_away=True)

    ghosts.end_ghost_calls(client=client)

    assert len(client.periods) == 1
    assert {state_of(call) for call in calls} == {CallState.CONNECTED}


def test_only_one_of_two_concurrent_rounds_checks_a_call() -> None:
    call = make_silent()
    read_before_the_round = Call.objects.get(pk=call.pk)
    ghosts.end_ghost_calls(client=Records())

    assert not ghosts._postpone_next_check(read_before_the_round, timezone.now())


def test_boards_are_notified_of_the_end_and_of_missing_news(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[tuple[int, set[int | None]]] = []
    monkeypatch.setattr(
        publishing, "publish_on_commit", lambda *, call_id, user_ids: published.append((call_id, set(user_ids)))
    )
    over, silent = make_silent(agent=ada), make_silent()

    ghosts.end_ghost_calls(client=Records(leg_of(over)))

    assert sorted(published) == [(over.pk, {ada.pk}), (silent.pk, {None})]
    assert silent.last_event_at < timezone.now() - STALE_AFTER
