from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests.factories import make_call, make_transfer
from transfers.models import AgentAddress, Call, CallState, TransferState, User
from transfers.wallboard import read_wallboard
from transfers.wallboard.calls import WallCall

pytestmark = pytest.mark.django_db


def ago(seconds: float) -> Any:
    return timezone.now() - timedelta(seconds=seconds)


def make_waiting(seconds: float, **overrides: Any) -> Call:
    values = {"state": CallState.RINGING, "started_at": ago(seconds), "connected_at": None, "last_event_at": ago(1)}
    return make_call(**{**values, **overrides})


def make_talking(seconds: float, **overrides: Any) -> Call:
    values = {"started_at": ago(seconds + 20), "connected_at": ago(seconds), "last_event_at": ago(1)}
    return make_call(**{**values, **overrides})


def calls_of(wall_calls: list[WallCall]) -> list[Call]:
    return [each.board_call.call for each in wall_calls]


def place_of(user: User) -> WallCall | None:
    return next(place.wall_call for place in read_wallboard().places if place.person == user)


def test_calls_are_grouped_by_state() -> None:
    waiting = [make_waiting(5, state=state) for state in (CallState.RINGING, CallState.MENU, CallState.FORWARDING)]
    talking = [make_talking(5), make_talking(5)]
    make_transfer(call=make_talking(90), state=TransferState.SENDING)
    make_call(state=CallState.ENDED, ended_at=ago(2))

    live = read_wallboard().live

    assert set(calls_of(live.waiting)) == set(waiting)
    assert set(calls_of(live.talking)) == set(talking)
    assert len(live.calls) == 6


def test_longest_wait_and_longest_talk_come_first() -> None:
    make_waiting(20)
    longest_wait = make_waiting(70)
    make_talking(40, started_at=ago(900))
    longest_talk = make_talking(400)

    board = read_wallboard()

    assert calls_of(board.live.waiting)[0] == longest_wait
    assert calls_of(board.live.talking)[0] == longest_talk


@pytest.mark.parametrize(
    ("make", "seconds", "text"),
    [
        (make_waiting, 89, ""),
        (make_waiting, 91, "over 90 s"),
        (make_waiting, 121, "over 2 min"),
        (make_talking, 299, ""),
        (make_talking, 301, "over 5 min"),
        (make_talking, 601, "over 10 min"),
    ],
)
def test_long_call_names_the_limit_it_exceeds(settings: Settings, make: Any, seconds: float, text: str) -> None:
    settings.WAITING_AMBER_SECONDS = 90
    make(seconds)

    (wall_call,) = read_wallboard().live.calls

    assert wall_call.level_text == text
    assert bool(wall_call.level) == bool(text)


def test_call_without_news_counts_neither_as_waiting_nor_as_long() -> None:
    make_waiting(4000, last_event_at=ago(1900))

    live = read_wallboard().live

    assert (live.waiting, len(live.stale), len(live.calls)) == ([], 1, 1)
    assert live.stale[0].level_text == ""


def test_people_are_ordered_by_name(ada: User, ben: User, sue: User) -> None:
    ben.first_name = "Änne"
    ben.save()
    AgentAddress.objects.create(user=sue, address="sue")
    make_talking(30, agent=sue)

    names = [place.person.first_name for place in read_wallboard().places]

    assert names == ["Ada", "Änne", "Sue"]


def test_only_agents_and_people_with_a_phone_have_a_place(sue: User, root_admin: User, stranger: User) -> None:
    User.objects.filter(pk=stranger.pk).update(is_active=False)

    assert read_wallboard().places == []


def test_person_with_several_calls_is_shown_on_the_most_important(ada: User) -> None:
    make_waiting(5, state=CallState.FORWARDING, agent=ada)
    talk = make_talking(50, agent=ada)
    make_talking(4000, agent=ada, last_event_at=ago(3000))

    wall_call = place_of(ada)

    assert wall_call is not None
    assert wall_call.board_call.call == talk


def test_talk_on_an_unknown_phone_is_counted_separately(ada: User, ben: User) -> None:
    make_talking(50, agent=ada)
    elsewhere = make_talking(60, forward_target="clara.weiss")

    board = read_wallboard()

    assert (board.agents_talking, len(board.places), len(board.live.talking)) == (1, 2, 2)
    assert calls_of(board.others) == [elsewhere]


@pytest.mark.parametrize(
    ("state", "overrides", "shown"),
    [
        (TransferState.SENDING, {}, "transferring"),
        (TransferState.UNKNOWN, {}, "transferring"),
        (TransferState.ACCEPTED, {"accepted_at": 5}, "transferring"),
        (TransferState.ACCEPTED, {"accepted_at": 50}, None),
        (TransferState.ANSWERED, {"accepted_at": 5}, None),
        (TransferState.REJECTED, {}, "connected"),
    ],
)
def test_agent_has_no_call_after_handing_it_over(
    ada: User, state: str, overrides: dict[str, float], shown: str | None
) -> None:
    times = {name: ago(seconds) for name, seconds in overrides.items()}
    make_transfer(call=make_talking(50, agent=ada), agent=ada, state=state, **times)

    wall_call = place_of(ada)

    assert (wall_call.board_call.state if wall_call else None) == shown


def test_receiver_of_a_transfer_is_shown_on_the_call(ada: User, ben: User) -> None:
    AgentAddress.objects.create(user=ben, address="ben")
    call = make_talking(50, agent=ben, agent_since_at=ago(5))
    make_transfer(call=call, agent=ada, destination="ben", state=TransferState.ANSWERED, sent_at=ago(20))

    board = read_wallboard()

    assert [place.wall_call is not None for place in board.places] == [False, True]
    assert (board.agents_talking, len(board.live.talking)) == (1, 1)


def test_last_call_is_the_one_that_ended_or_was_handed_over_last(ada: User, ben: User) -> None:
    make_call(agent=ada, state=CallState.ENDED, ended_at=ago(500))
    handed_over = make_call(agent=ada, state=CallState.ENDED, ended_at=ago(20))
    transfer = make_transfer(call=handed_over, agent=ada, state=TransferState.ANSWERED, accepted_at=ago(300))
    make_call(agent=ben, state=CallState.ENDED, ended_at=ago(60 * 60 * 24))

    last_calls = {place.person: place.last_call_at for place in read_wallboard().places}

    assert last_calls == {ada: transfer.accepted_at, ben: None}


def test_transfer_is_under_way_until_an_answer_or_45_seconds_without_one() -> None:
    for state in (TransferState.REQUESTED, TransferState.SENDING, TransferState.ANSWERED, TransferState.UNKNOWN):
        make_transfer(state=state)
    make_transfer(state=TransferState.ACCEPTED, accepted_at=ago(50), requested_at=ago(55))
    oldest = make_transfer(state=TransferState.ACCEPTED, accepted_at=ago(40), requested_at=ago(44))

    board = read_wallboard()

    assert len(board.under_way) == 3
    assert board.under_way[0] == oldest
    assert board.under_way_seconds == pytest.approx(44, abs=5)
    assert board.live.unclear_transfers == 1


def test_wallboard_changes_at_the_next_limit(settings: Settings) -> None:
    settings.WAITING_AMBER_SECONDS, settings.WAITING_RED_SECONDS = 60, 120
    make_waiting(70)
    make_talking(10)

    board = read_wallboard()

    assert (board.changes_at - board.now).total_seconds() == pytest.approx(50, abs=1)


def test_wallboard_changes_when_an_acceptance_becomes_unconfirmed() -> None:
    make_transfer(state=TransferState.ACCEPTED, accepted_at=ago(40), requested_at=ago(44))

    board = read_wallboard()

    assert (board.changes_at - board.now).total_seconds() == pytest.approx(5, abs=1)


def test_idle_wallboard_changes_at_midnight() -> None:
    board = read_wallboard()

    assert timezone.localtime(board.changes_at).hour == 0
    assert timezone.localdate(board.changes_at) == timezone.localdate(board.now) + timedelta(days=1)
