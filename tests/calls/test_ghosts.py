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
    """A client whose call records are given; notes for which periods it was asked."""

    def __init__(self, *legs: CallRecord, is_away: bool = False) -> None:
        super().__init__(access_key="k" * 36, base_url="https://tenios.test")
        self._legs, self._is_away = legs, is_away
        self.periods: list[tuple[datetime, datetime]] = []

    def call_records(self, *, start_at: datetime, end_at: datetime) -> CallRecords:
        self.periods.append((start_at, end_at))
        if self._is_away:
            raise TeniosUnavailable("as told")
        return CallRecords([leg for leg in self._legs if start_at <= leg.started_at <= end_at], is_whole=True)


def make_silent(*, minutes: float = 31, **overrides: Any) -> Call:
    """A live call whose last post came that many minutes ago, and its first a minute earlier."""
    last_event_at = timezone.now() - timedelta(minutes=minutes)
    return make_call(
        **{"last_event_at": last_event_at, "started_at": last_event_at - timedelta(minutes=1), **overrides}
    )


def leg_of(call: Call, **overrides: Any) -> CallRecord:
    """The record of the caller's own leg: they talked for five minutes."""
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


def test_a_call_whose_end_was_never_posted_ends_by_its_record() -> None:
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
def test_nothing_but_the_end_of_the_callers_own_leg_ends_a_call(overrides: dict[str, Any]) -> None:
    call = make_silent()

    ghosts.end_ghost_calls(client=Records(leg_of(call, **overrides)))

    assert state_of(call) == CallState.CONNECTED
    assert not ended_entries()


def test_a_call_that_was_heard_of_lately_or_is_over_is_not_asked_for() -> None:
    make_silent(minutes=29)
    make_silent(state=CallState.ENDED, ended_at=timezone.now())
    client = Records()

    ghosts.end_ghost_calls(client=client)

    assert client.periods == []


@pytest.mark.parametrize("state", [TransferState.UNKNOWN, TransferState.ACCEPTED, TransferState.SENDING])
def test_a_transfer_that_is_not_settled_keeps_its_call_unless_the_record_says_that_it_is_over(
    ada: User, state: str
) -> None:
    call = make_silent()
    transfer = make_transfer(call=call, agent=ada, state=state, sent_at=call.last_event_at)

    ghosts.end_ghost_calls(client=Records())
    kept = state_of(call)
    Call.objects.update(next_check_at=None)
    ghosts.end_ghost_calls(client=Records(leg_of(call)))

    transfer.refresh_from_db()
    assert kept == CallState.CONNECTED
    assert state_of(call) == CallState.ENDED
    assert transfer.state == state
    assert [each.entry.action for each in trail_of_transfer(transfer.pk)] == [AuditAction.CALL_ENDED]


def test_a_request_that_was_not_sent_is_taken_back_with_its_call(ada: User) -> None:
    call = make_silent()
    transfer = make_transfer(call=call, agent=ada)

    ghosts.end_ghost_calls(client=Records(leg_of(call)))

    transfer.refresh_from_db()
    assert (transfer.state, transfer.error_code) == (TransferState.CANCELLED, "call_ended")


def test_the_period_asked_for_is_narrow_and_wide_only_where_the_beginning_was_not_posted() -> None:
    told = apply_post("CALL_START", call_uuid="told", received_at=timezone.now() - timedelta(hours=1))
    untold = apply_post("FORWARD_ANSWER", call_uuid="untold", received_at=timezone.now() - timedelta(hours=2))
    client = Records()

    ghosts.end_ghost_calls(client=client)

    periods = {"untold": client.periods[0], "told": client.periods[1]}
    assert periods["told"] == (told.received_at - timedelta(minutes=1), told.received_at + timedelta(minutes=1))
    assert periods["untold"] == (untold.received_at - timedelta(hours=1), untold.received_at + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("minutes", "least", "most"), [(31, 1.9, 2.1), (30 + 60, 14.9, 15.1), (30 + 60 * 48, 359, 361)], ids=str
)
def test_the_pause_between_two_looks_grows_with_the_silence_and_stays_bounded(
    minutes: float, least: float, most: float
) -> None:
    call = make_silent(minutes=minutes)

    ghosts.end_ghost_calls(client=Records())

    call.refresh_from_db()
    assert call.next_check_at is not None
    assert least < (call.next_check_at - timezone.now()) / timedelta(minutes=1) < most


def test_a_call_is_not_asked_for_again_before_its_pause_is_over() -> None:
    call = make_silent()
    client = Records()

    ghosts.end_ghost_calls(client=client)
    ghosts.end_ghost_calls(client=client)
    Call.objects.filter(pk=call.pk).update(next_check_at=timezone.now() - timedelta(seconds=1))
    ghosts.end_ghost_calls(client=client)

    assert len(client.periods) == 2


def test_a_round_asks_for_a_few_and_the_next_for_others() -> None:
    for _ in range(ghosts.MOST_AT_ONCE + 3):
        make_silent()
    first, second = Records(), Records()

    ghosts.end_ghost_calls(client=first)
    ghosts.end_ghost_calls(client=second)

    assert (len(first.periods), len(second.periods)) == (ghosts.MOST_AT_ONCE, 3)


def test_records_that_cannot_be_read_end_the_round_and_no_call() -> None:
    calls = [make_silent(), make_silent()]
    client = Records(*map(leg_of, calls), is_away=True)

    ghosts.end_ghost_calls(client=client)

    assert len(client.periods) == 1
    assert {state_of(call) for call in calls} == {CallState.CONNECTED}


def test_of_two_rounds_at_once_one_asks() -> None:
    call = make_silent()
    as_read_by_the_slower = Call.objects.get(pk=call.pk)
    ghosts.end_ghost_calls(client=Records())

    assert not ghosts._plan_next_look(as_read_by_the_slower, timezone.now())


def test_boards_are_told_of_the_end_and_of_there_being_no_news(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, set[int | None]]] = []
    monkeypatch.setattr(
        publishing, "publish_on_commit", lambda *, call_id, user_ids: told.append((call_id, set(user_ids)))
    )
    over, silent = make_silent(agent=ada), make_silent()

    ghosts.end_ghost_calls(client=Records(leg_of(over)))

    assert sorted(told) == [(over.pk, {ada.pk}), (silent.pk, {None})]
    assert silent.last_event_at < timezone.now() - STALE_AFTER
