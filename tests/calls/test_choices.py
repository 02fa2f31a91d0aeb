from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import make_call, make_transfer, make_user
from transfers.calls import BoardCall, team_calls
from transfers.calls.choices import NOBODY, BoardChoices, arrange
from transfers.models import Call, CallState, ServiceNumber, TransferState, User

pytestmark = pytest.mark.django_db

HOTLINE, SALES, UNNAMED = "+492214710100", "+492214710200", "+492214710300"


def ago(seconds: float) -> datetime:
    return timezone.now() - timedelta(seconds=seconds)


@pytest.fixture
def calls(ada: User, ben: User) -> dict[str, Call]:
    """Five calls, named by how far they have come. They began 90, 80, 70, 60 and 50 seconds ago."""
    ServiceNumber.objects.create(number=HOTLINE, name="Hotline")
    ServiceNumber.objects.create(number=SALES, name="Äußere Vertriebe")
    calls = {
        "talking": make_call(agent=ben, started_at=ago(90), connected_at=ago(10), called_number=HOTLINE),
        "ringing": make_call(state=CallState.RINGING, started_at=ago(80), connected_at=None, called_number=UNNAMED),
        "handed over": make_call(agent=ada, started_at=ago(70), connected_at=ago(65), called_number=SALES),
        "forwarding": make_call(
            state=CallState.FORWARDING, agent=ada, started_at=ago(60), connected_at=None, called_number=HOTLINE
        ),
        "ended": make_call(
            state=CallState.ENDED, started_at=ago(50), connected_at=ago(40), ended_at=ago(2), called_number=HOTLINE
        ),
    }
    make_transfer(call=calls["handed over"], agent=ada, state=TransferState.ACCEPTED, accepted_at=ago(5))
    return calls


def names_in(calls: dict[str, Call], board_calls: list[BoardCall]) -> list[str]:
    names = {call.pk: name for name, call in calls.items()}
    return [names[each.call.pk] for each in board_calls]


@pytest.mark.parametrize(
    ("choices", "shown"),
    [
        ({}, ["talking", "ringing", "handed over", "forwarding", "ended"]),
        ({"show": "waiting"}, ["ringing", "forwarding"]),
        ({"show": "talking"}, ["talking"]),
        ({"show": "transfer"}, ["handed over"]),
        ({"agent": "ben"}, ["talking"]),
        ({"agent": NOBODY}, ["ringing", "ended"]),
        ({"line": HOTLINE}, ["talking", "forwarding", "ended"]),
        ({"line": HOTLINE, "show": "waiting", "agent": "ada"}, ["forwarding"]),
        ({"line": "+49100"}, []),
    ],
    ids=str,
)
def test_board_shows_the_chosen_calls(
    calls: dict[str, Call], ada: User, ben: User, choices: dict[str, str], shown: list[str]
) -> None:
    ids = {"ada": str(ada.pk), "ben": str(ben.pk)}
    chosen = BoardChoices(**{name: ids.get(value, value) for name, value in choices.items()})

    visible = [each for each in team_calls() if chosen.shows(each)]

    assert names_in(calls, visible) == shown


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("start", ["talking", "ringing", "handed over", "forwarding", "ended"]),
        ("duration", ["ringing", "handed over", "forwarding", "ended", "talking"]),
        ("state", ["ringing", "forwarding", "talking", "handed over", "ended"]),
        ("agent", ["handed over", "forwarding", "talking", "ringing", "ended"]),
    ],
)
def test_calls_have_the_chosen_order_then_that_of_start(calls: dict[str, Call], sort: str, order: list[str]) -> None:
    [group] = arrange(team_calls(), BoardChoices(sort=sort))

    assert names_in(calls, group.calls) == order


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (
            "state",
            [
                ("", ["ringing"]),
                ("", ["forwarding"]),
                ("", ["talking"]),
                ("", ["handed over"]),
                ("", ["ended"]),
            ],
        ),
        (
            "agent",
            [
                ("Ada Keller", ["handed over", "forwarding"]),
                ("Ben Yıldız", ["talking"]),
                ("", ["ringing", "ended"]),
            ],
        ),
        (
            "line",
            [
                (UNNAMED, ["ringing"]),
                ("Äußere Vertriebe", ["handed over"]),
                ("Hotline", ["talking", "forwarding", "ended"]),
            ],
        ),
    ],
)
def test_calls_are_grouped_as_chosen(calls: dict[str, Call], group: str, expected: list[tuple[str, list[str]]]) -> None:
    groups = arrange(team_calls(), BoardChoices(group=group))

    assert [(each.title, names_in(calls, each.calls)) for each in groups] == expected


def test_agents_with_the_same_name_have_separate_groups() -> None:
    twins = [make_user(first_name="Kim", last_name="Lee") for _ in range(2)]
    for agent in (*twins, *twins):
        make_call(agent=agent)

    groups = arrange(team_calls(), BoardChoices(group="agent"))

    assert [(each.key, len(each.calls)) for each in groups] == [(str(agent.pk), 2) for agent in twins]


@pytest.mark.parametrize(
    "stored",
    [
        {},
        None,
        [],
        "all",
        {"show": "everything", "group": 3, "sort": None, "agent": ["1"], "unknown": "x"},
        {"agent": "somebody"},
    ],
    ids=str,
)
def test_invalid_stored_choice_counts_as_not_chosen(ada: User, stored: Any) -> None:
    ada.board_choices = stored

    assert BoardChoices.of(ada) == BoardChoices()


def test_stored_choices_are_read_back(ada: User) -> None:
    ada.board_choices = {"show": "talking", "group": "agent", "sort": "duration", "agent": NOBODY, "line": HOTLINE}

    assert BoardChoices.of(ada) == BoardChoices(
        show="talking", group="agent", sort="duration", agent=NOBODY, line=HOTLINE
    )
