"""Who takes calls: asked over a real socket, a few at a time, and said with its age."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from simulator.server import Simulator
from tests.directory.sip_users.asking import KEY, client_of
from tests.factories import make_call, make_destination, make_transfer
from transfers import directory
from transfers.directory.availability import Availability
from transfers.directory.sip_users import ask_who_is_available
from transfers.lifecycle import gate
from transfers.models import AvailabilityCheck, CallState, Favourite, SipUser, User

pytestmark = pytest.mark.django_db


def make_sip_user(user_name: str = "ada", **overrides: Any) -> SipUser:
    """A SIP user with an entry, of whom TENIOS was never asked."""
    entry = overrides.pop("entry", None) or make_destination(name=user_name.title(), address=user_name).entry
    values = {"email": f"{user_name}@example.org", "remote_since": timezone.now(), **overrides}
    facts = {"name": user_name.title(), "label": "", "is_there": True}
    return SipUser.objects.create(user_name=user_name, remote=facts, base=facts, entry=entry, **values)


def set_state(simulator: Simulator, user_name: str, state: str) -> None:
    fields = {"access_key": KEY, "email": f"{user_name}@example.org", "state": state}
    httpx.post(f"{simulator.url}/acd/agent-state/change", json=fields, trust_env=False).raise_for_status()


def option_of(user: User, text: str) -> directory.Option:
    """Return what the picker shows for a name."""
    results = directory.find_destinations(user=user, text=text)
    return next(option for group in results.groups for option in group.options if option.destination_id)


@pytest.mark.parametrize(("state", "word"), [("READY", "available"), ("NOT_READY", "not_available")])
def test_the_picker_shows_a_report_and_its_age(simulator: Simulator, ben: User, state: str, word: str) -> None:
    make_call()
    make_sip_user()
    set_state(simulator, "ada", state)

    asked = ask_who_is_available(client=client_of(simulator))

    option = option_of(ben, "ada")
    assert asked == 1
    assert option.availability is not None
    assert option.availability.state == word
    assert option.availability.age_seconds < 60
    assert option.is_away == (state == "NOT_READY")


@pytest.mark.parametrize(
    ("state", "age_seconds", "is_available", "is_away"),
    [
        ("available", 0, True, False),
        ("available", 299, True, False),
        ("available", 301, False, False),
        ("not_available", 299, False, True),
        ("not_available", 301, False, False),
        ("available", -301, False, False),
    ],
)
def test_an_old_report_counts_as_unknown(state: str, age_seconds: int, is_available: bool, is_away: bool) -> None:
    now = timezone.now()

    availability = Availability(state, now - timedelta(seconds=age_seconds), now)

    assert (availability.is_available, availability.is_away) == (is_available, is_away)


@pytest.mark.parametrize("case", ["no call", "ended call", "switched off", "gone", "no e-mail", "asked already"])
def test_no_request_is_sent_without_need(simulator: Simulator, case: str) -> None:
    user = make_sip_user()
    if case != "no call":
        make_call(state=CallState.ENDED if case == "ended call" else CallState.CONNECTED)
    if case == "switched off":
        assert user.entry
        user.entry.is_active = False
        user.entry.save()
    changes: dict[str, dict[str, Any]] = {
        "gone": {"gone_at": timezone.now()},
        "no e-mail": {"email": ""},
        "asked already": {"ask_again_at": timezone.now() + timedelta(seconds=30)},
    }
    SipUser.objects.update(**changes.get(case, {"email": user.email}))

    assert ask_who_is_available(client=client_of(simulator)) == 0


@pytest.mark.parametrize(("rate", "asked"), [(30, [5, 2, 0]), (1, [1, 1, 1]), (0, [0, 0, 0])])
def test_a_round_asks_about_a_few_the_longest_unasked_first(
    simulator: Simulator, settings: Settings, rate: int, asked: list[int]
) -> None:
    settings.AGENT_STATES_PER_MINUTE = rate
    make_call()
    for name in ["ada", "ben", *simulator.account.sip_users[2:7]]:
        make_sip_user(name)

    rounds = [ask_who_is_available(client=client_of(simulator)) for _ in asked]

    assert rounds == asked
    assert SipUser.objects.exclude(availability="").count() == sum(asked)


def test_favourites_and_recent_destinations_are_asked_about_first(
    simulator: Simulator, settings: Settings, ben: User
) -> None:
    settings.AGENT_STATES_PER_MINUTE = 12
    names = simulator.account.sip_users[:5]
    users = [make_sip_user(name) for name in names]
    assert users[3].entry
    Favourite.objects.create(user=ben, destination=users[3].entry.destinations.get(), position=1)
    for name, age in ((names[2], timedelta(days=15)), (names[4], timedelta(days=13))):
        make_transfer(agent=ben, destination=name, requested_at=timezone.now() - age)

    rounds = [ask_who_is_available(client=client_of(simulator)) for _ in range(2)]

    known = SipUser.objects.exclude(availability="").order_by("availability_at")
    assert rounds == [2, 2]
    assert list(known.values_list("user_name", flat=True)) == [names[3], names[4], names[0], names[1]]


def test_preferred_users_do_not_starve_the_others(simulator: Simulator, settings: Settings, ben: User) -> None:
    settings.AGENT_STATES_PER_MINUTE = 6
    make_call()
    wanted, other = [make_sip_user(name) for name in simulator.account.sip_users[:2]]
    assert wanted.entry
    Favourite.objects.create(user=ben, destination=wanted.entry.destinations.get(), position=1)
    for user, age in ((wanted, timedelta(minutes=1)), (other, timedelta(minutes=62))):
        SipUser.objects.filter(pk=user.pk).update(ask_again_at=timezone.now() - age)

    ask_who_is_available(client=client_of(simulator))

    assert SipUser.objects.exclude(availability="").get() == other


def test_a_user_unknown_to_the_call_distribution_is_not_available_and_seldom_asked_about(
    simulator: Simulator, ben: User
) -> None:
    make_call()
    make_sip_user("nobody")

    ask_who_is_available(client=client_of(simulator))

    user = SipUser.objects.get()
    assert user.ask_again_at is not None
    assert user.ask_again_at > timezone.now() + timedelta(minutes=14)
    assert option_of(ben, "nobody").availability is None


@pytest.mark.parametrize(
    ("options", "problem", "seconds"),
    [
        ({"list_answer": "http_429"}, "asked_to_wait", 7),
        ({"list_answer": "http_500"}, "error_answer", 60),
        ({"list_answer": "garbage"}, "not_understood", 60),
        ({"key_refused": True}, "key_refused", 600),
    ],
)
def test_an_unusable_answer_causes_a_pause_and_stops_no_transfer(
    simulator: Simulator, options: dict[str, Any], problem: str, seconds: int
) -> None:
    make_call()
    make_sip_user("ada")
    make_sip_user("ben")
    simulator.account.options.change(options)

    rounds = [ask_who_is_available(client=client_of(simulator)) for _ in range(2)]

    check = AvailabilityCheck.objects.get()
    assert rounds == [1, 0]
    assert check.problem == problem
    assert check.paused_until_at is not None
    assert abs((check.paused_until_at - timezone.now()).total_seconds() - seconds) < 5
    assert not SipUser.objects.exclude(availability="").exists()
    assert gate.read_gate().is_open


def test_no_request_is_sent_while_the_gate_is_closed(simulator: Simulator) -> None:
    make_call()
    make_sip_user()
    gate.pause_sending(30, actor="worker")

    assert ask_who_is_available(client=client_of(simulator)) == 0


def test_only_one_round_runs_at_a_time(simulator: Simulator) -> None:
    make_call()
    make_sip_user()
    AvailabilityCheck.objects.create(pk=1, asking_until_at=timezone.now() + timedelta(seconds=20))

    assert ask_who_is_available(client=client_of(simulator)) == 0


def test_a_list_is_read_with_one_query(ben: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    now = timezone.now()
    for name in ("ada", "ben", "carl"):
        make_sip_user(name, availability="not_available", availability_at=now)
    results = directory.find_destinations(user=ben, text="")
    options = [option for group in results.groups for option in group.options]

    with django_assert_num_queries(1):
        away = [option.is_away for option in options for _twice in range(2)]

    assert away == [True] * 6
