import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_call, make_transfer, make_user
from transfers.models import CallState, DestinationType, ServiceNumber, TransferState, User
from transfers.wallboard import read_wallboard

pytestmark = pytest.mark.django_db

PATHS = ["/wallboard/", "/wallboard/parts/"]
PARTS = ["moment", "total", "kpis", "waiting", "agents", "feed", "share", "hours"]


def ago(seconds: float) -> Any:
    return timezone.now() - timedelta(seconds=seconds)


def page_of(client: Client, user: User, path: str = "/wallboard/") -> str:
    client.force_login(user)
    return client.get(path).content.decode()


@pytest.mark.parametrize("path", PATHS)
def test_only_supervisors_see_the_wallboard(client: Client, ada: User, sue: User, root_admin: User, path: str) -> None:
    unknown = client.get(path)
    answers = {}
    for person in (ada, sue, root_admin):
        client.force_login(person)
        answers[person.username] = client.get(path).status_code

    assert (unknown.status_code, unknown["Location"]) == (302, f"/accounts/login/?next={path}")
    assert answers == {"ada": 403, "sue": 200, "root": 403}


@pytest.mark.parametrize("path", PATHS)
def test_wallboard_is_not_cached_and_refuses_post(client: Client, sue: User, path: str) -> None:
    client.force_login(sue)

    assert "no-store" in client.get(path)["Cache-Control"]
    assert client.post(path).status_code == 405


def test_every_part_of_the_page_is_replaced_in_an_update(client: Client, sue: User) -> None:
    make_call(state=CallState.RINGING)
    make_transfer()
    page = page_of(client, sue)
    parts = page_of(client, sue, "/wallboard/parts/")

    for part in PARTS:
        assert page.count(f'id="wallboard-{part}"') == 1
        assert re.search(rf'id="wallboard-{part}"[^>]* hx-swap-oob="true"', parts)
    assert "hx-swap-oob" not in page
    assert parts.count("hx-swap-oob") == len(PARTS)


def test_wallboard_shows_no_phone_number_of_a_person(client: Client, sue: User, ada: User) -> None:
    ServiceNumber.objects.create(number="+492214710100", name="Service-Hotline")
    values = {"caller_number": "+491713920061", "forward_target": "+491713920062", "connected_at": None}
    make_call(state=CallState.RINGING, **values)
    make_call(state=CallState.FORWARDING, **values)
    talk = make_call(agent=ada, caller_number="+491713920063")
    typed = {"destination_type": DestinationType.EXTERNAL_NUMBER, "destination": "+491713920064"}
    make_transfer(call=talk, agent=ada, state=TransferState.SENDING, **typed)

    html = page_of(client, sue)

    assert "1713920" not in html.replace("\u00a0", "")
    assert "Number outside the directory" in html
    assert "Service-Hotline" in html


def test_three_waiting_calls_are_shown_and_more_are_counted(client: Client, sue: User) -> None:
    for seconds in (10, 20, 130, 40, 50):
        make_call(state=CallState.RINGING, started_at=ago(seconds), connected_at=None)

    html = page_of(client, sue)

    assert html.count('class="waiting__call ') == 3
    assert "+ 2 more" in html
    assert "longest" in html
    assert html.index("over 2 min") < html.index("00:50")


def test_empty_places_are_shown_when_nobody_waits(client: Client, sue: User) -> None:
    html = page_of(client, sue)

    assert html.count("waiting__call--empty") == 3
    assert html.count("Nobody is waiting") == 1


@pytest.mark.parametrize(
    ("seconds", "level"), [(10, ""), (301, "level--amber"), (601, "level--red")], ids=["usual", "long", "too long"]
)
def test_long_talk_is_marked_at_its_agent(client: Client, sue: User, ada: User, seconds: float, level: str) -> None:
    make_call(agent=ada, connected_at=ago(seconds), last_event_at=ago(1))

    html = page_of(client, sue)
    place = html.split('<li class="agent ')[1]

    assert "Ada Keller" in place
    assert ("level--" in place.split(">")[0]) == bool(level)
    assert level in place.split(">")[0]


def test_agent_without_a_call_is_not_called_free(client: Client, sue: User, ada: User) -> None:
    html = page_of(client, sue)

    assert "No call yet today" in html
    assert "free" not in html.lower()


def test_answered_share_names_its_total(client: Client, sue: User) -> None:
    for state in [TransferState.ANSWERED] * 3 + [TransferState.REJECTED, TransferState.CANCELLED]:
        make_transfer(state=state, ring_seconds=9)

    kpis = page_of(client, sue).split('id="wallboard-kpis"')[1].split("</section>")[0]

    assert "75 <small>%</small>" in kpis
    assert "3 of 4 finished" in kpis
    assert "9 <small>s</small>" in kpis


def test_german_readers_read_german(client: Client, sue: User) -> None:
    sue.language = "de"
    sue.save()
    make_call(state=CallState.RINGING, started_at=ago(130), connected_at=None)

    html = page_of(client, sue)

    assert "längste" in html
    assert "über 2 Min." in html
    assert "Full screen" not in html


def test_numbers_in_drawings_do_not_depend_on_the_locale(client: Client, sue: User) -> None:
    sue.language = "de"
    sue.save()
    for _ in range(3):
        make_transfer(state=TransferState.ANSWERED, requested_at=timezone.now())

    html = page_of(client, sue)

    assert not re.search(r' (?:x|y|x1|x2|y1|y2|width|height)="[^"]*,', html)
    assert re.search(r'data-changes-in="\d+(\.\d+)?"', html)


def test_wallboard_needs_twelve_queries_for_any_number_of_rows(
    sue: User, ada: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [ada, *(make_user(role="agent") for _ in range(5))]
    for person in people:
        call = make_call(agent=person, agent_since_at=ago(5))
        make_transfer(call=call, agent=person, state=TransferState.ANSWERED, sent_at=ago(10), ring_seconds=4)
        make_call(agent=person, state=CallState.ENDED, ended_at=ago(60))
        make_call(state=CallState.RINGING)

    with django_assert_num_queries(12):
        board = read_wallboard()

    assert (len(board.places), len(board.day.latest)) == (6, 5)


@pytest.mark.parametrize(("role", "is_offered"), [("agent", False), ("supervisor", True)])
def test_only_supervisors_have_the_wallboard_in_their_navigation(client: Client, role: str, is_offered: bool) -> None:
    html = page_of(client, make_user(role=role), "/")

    assert html.count('href="/wallboard/"') == (2 if is_offered else 0)
