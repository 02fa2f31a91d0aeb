import gzip
import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from tests.factories import make_call, make_transfer
from transfers.models import Call, CallState, ResolvedBy, TransferState, User

pytestmark = pytest.mark.django_db

PARTS = ["/", "/board/call-card/", "/board/calls/", "/board/dock/"]


def page_of(client: Client, user: User, path: str = "/") -> str:
    client.force_login(user)
    return client.get(path).content.decode()


@pytest.mark.parametrize("path", PARTS)
def test_person_without_a_role_is_refused_and_a_visitor_is_sent_to_sign_in(
    client: Client, stranger: User, path: str
) -> None:
    unknown = client.get(path)
    client.force_login(stranger)

    assert (unknown.status_code, unknown["Location"]) == (302, f"/accounts/login/?next={path}")
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", PARTS)
def test_an_agent_opens_the_board_and_its_parts(client: Client, ada: User, path: str) -> None:
    client.force_login(ada)

    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", PARTS)
def test_board_is_never_cached_by_the_browser(client: Client, ada: User, path: str) -> None:
    client.force_login(ada)

    assert "no-store" in client.get(path)["Cache-Control"]


def test_own_call_is_on_the_card_and_hidden_in_the_list(client: Client, ada: User) -> None:
    call = make_call(agent=ada, caller_number="+4915228817386")
    other = make_call(caller_number="+493023125417")

    html = page_of(client, ada)

    assert f'id="call-card" aria-labelledby="my-call-title" data-call-uuid="{call.call_uuid}"' in html
    [own_row, other_row] = [
        next(tag for tag in html.split("<tr ") if f'id="call-{each.pk}"' in tag) for each in (call, other)
    ]
    assert own_row.startswith("hidden ")
    assert not other_row.startswith("hidden ")


@pytest.mark.parametrize("state", [CallState.RINGING, CallState.MENU, CallState.FORWARDING])
def test_a_call_that_is_not_connected_offers_no_transfer_and_says_why(client: Client, ada: User, state: str) -> None:
    call = make_call(agent=ada, state=state, connected_at=None)

    html = page_of(client, ada, "/board/call-card/")

    assert f"/calls/{call.call_uuid}/transfer/" not in html
    assert "disabled" in html
    assert "data-why-not" in html


def test_an_agent_sees_no_button_for_the_call_of_another_and_a_supervisor_does(
    client: Client, ada: User, ben: User, sue: User
) -> None:
    call = make_call(agent=ben)

    assert f"/calls/{call.call_uuid}/" not in page_of(client, ada, "/board/calls/")
    assert f"/calls/{call.call_uuid}/transfer/" in page_of(client, sue, "/board/calls/")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (TransferState.REQUESTED, ["Will be sent in", "Undo", "Send now"]),
        (TransferState.SENDING, ["Sending to TENIOS"]),
        (TransferState.ACCEPTED, ["TENIOS has taken over", "Answer not confirmed yet."]),
        (TransferState.REJECTED, ["TENIOS refused the transfer", "Try another", "You still have the caller."]),
        (TransferState.NOT_SENT, ["TENIOS cannot be reached", "Nothing was sent.", "Try again"]),
        (TransferState.EXPIRED, ["The transfer was not sent in time", "Try again"]),
        (TransferState.UNKNOWN, ["We do not know whether TENIOS got it", "Caller still here", "Caller is gone"]),
        (TransferState.NOT_EXECUTED, ["The caller was not moved."]),
        (TransferState.NOT_ANSWERED, ["Nobody answered at Haustechnik"]),
    ],
)
def test_card_shows_the_state_of_the_transfer_and_what_to_do_next(
    client: Client, ada: User, state: str, words: list[str]
) -> None:
    call = make_call(agent=ada)
    now = call.last_event_at
    make_transfer(call=call, agent=ada, state=state, accepted_at=now, destination_name="Haustechnik")

    html = page_of(client, ada, "/board/call-card/")

    assert [word for word in words if word not in html] == []


def test_a_call_under_transfer_by_a_supervisor_offers_its_agent_no_buttons(
    client: Client, ada: User, sue: User
) -> None:
    call = make_call(agent=ada)
    make_transfer(call=call, agent=sue)

    html = page_of(client, ada, "/board/call-card/")

    assert "Will be sent in" in html
    assert "Undo" not in html


def test_card_says_that_the_caller_is_still_there_only_while_the_call_is_connected(client: Client, ada: User) -> None:
    call = make_call(agent=ada, state=CallState.ENDED)
    make_transfer(call=call, agent=ada, state=TransferState.NOT_SENT, settled_at=call.last_event_at)

    html = page_of(client, ada, "/board/call-card/")

    assert "You still have the caller." not in html


def test_the_callers_link_is_the_customers_own_with_the_number_encoded(
    client: Client, ada: User, settings: Settings
) -> None:
    settings.CALLER_LINK_TEMPLATE = "https://crm.example/?phone={caller_number}"
    make_call(agent=ada, caller_number="+493023125417")

    assert 'href="https://crm.example/?phone=%2B493023125417"' in page_of(client, ada, "/board/call-card/")


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_text_from_a_caller_is_escaped(client: Client, ada: User, hostile: str) -> None:
    make_call(agent=ada, caller_number=hostile, called_number=hostile, menu_key=hostile[:32], forward_target=hostile)
    make_call(caller_number=hostile, called_number=hostile, menu_key=hostile[:32], forward_target=hostile)

    assert hostile not in page_of(client, ada)


def test_taking_and_giving_up_a_call(client: Client, ada: User, ben: User) -> None:
    call = make_call()
    client.force_login(ada)

    taken = client.post(f"/calls/{call.call_uuid}/take/")
    call.refresh_from_db()
    assert (taken.status_code, call.agent) == (302, ada)
    assert "no-store" in taken["Cache-Control"]

    too_late = Client()
    too_late.force_login(ben)
    assert too_late.post(f"/calls/{call.call_uuid}/take/", headers={"HX-Request": "true"}).status_code == 409
    assert too_late.post(f"/calls/{call.call_uuid}/give-up/").status_code == 404

    given_up = client.post(f"/calls/{call.call_uuid}/give-up/")
    assert given_up.status_code == 302
    assert "no-store" in given_up["Cache-Control"]
    assert Call.objects.get(pk=call.pk).agent is None


def test_a_thousand_calls_are_few_bytes_on_the_wire_and_as_many_queries_as_ten(
    client: Client, sue: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(sue)
    now = timezone.now()
    calls = [
        Call(
            call_uuid=str(uuid4()),
            state=CallState.CONNECTED,
            agent=sue if number % 3 else None,
            caller_number=f"+49302312{number:04}",
            called_number=f"+4922147101{number % 7:02}",
            started_at=now - timedelta(seconds=number % 900),
            connected_at=now,
            last_event_at=now,
        )
        for number in range(1_000)
    ]
    Call.objects.bulk_create(calls[:10])
    with CaptureQueriesContext(connection) as with_ten:
        client.get("/")
    Call.objects.bulk_create(calls[10:])

    with django_assert_num_queries(len(with_ten)):
        page = client.get("/").content

    assert page.count(b'class="call-row"') == 1_000
    assert len(gzip.compress(page, compresslevel=6)) < 150_000


def test_every_answer_has_the_strict_content_security_policy(client: Client, ada: User) -> None:
    client.force_login(ada)

    policy = client.get("/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_post_without_its_token_is_refused(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)

    assert client.post(f"/calls/{make_call().call_uuid}/take/").status_code == 403


def test_overdue_request_is_not_shown_as_about_to_be_sent(client: Client, ada: User) -> None:
    long_ago = timezone.now() - timedelta(minutes=1)
    make_transfer(call=make_call(agent=ada), agent=ada, requested_at=long_ago, due_at=long_ago)

    html = page_of(client, ada, "/board/call-card/")

    assert "Will be sent in" not in html
    assert "The transfer was not sent in time" in html


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (TransferState.ACCEPTED, "The caller was reported to be gone."),
        (TransferState.NOT_EXECUTED, "The caller was reported"),
    ],
)
def test_outcome_that_a_person_reported_is_marked_as_such(client: Client, ada: User, state: str, words: str) -> None:
    at = "accepted_at" if state == TransferState.ACCEPTED else "settled_at"
    times = {at: timezone.now()}
    make_transfer(call=make_call(agent=ada), agent=ada, state=state, resolved_by=ResolvedBy.PERSON, **times)

    html = page_of(client, ada, "/board/call-card/")

    assert words in html
    assert "TENIOS is calling" not in html
    assert "The caller was not moved." not in html


def test_without_a_script_the_form_of_a_row_takes_its_call(ada: User) -> None:
    call = make_call()
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    page = client.get("/").content.decode()

    assert f'form="take-call" formaction="/calls/{call.call_uuid}/take/"' in page
    form = page.split('<form id="take-call" method="post"')[1].split("</form>")[0]
    token = form.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    taken = client.post(f"/calls/{call.call_uuid}/take/", {"csrfmiddlewaretoken": token})

    assert taken.status_code == 302
    assert Call.objects.get(pk=call.pk).agent == ada


def test_the_page_carries_the_time_of_the_server(client: Client, ada: User) -> None:
    client.force_login(ada)
    before = timezone.now()

    html = client.get("/").content.decode()

    sent = re.search(r'data-now="([^"]+)"', html)
    assert sent
    # To the second. Without it durations, countdown and limits follow the clock of the PC.
    assert timedelta(seconds=-1) <= datetime.fromisoformat(sent[1]) - before <= timedelta(minutes=1)
