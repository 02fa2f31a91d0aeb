from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import make_call, make_transfer
from transfers.models import Transfer, TransferState, User

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
ACTIONS = ["send", "cancel", "resolve", "dismiss"]


def make_own(user: User, state: str = TransferState.REQUESTED, **overrides: object) -> Transfer:
    return make_transfer(agent=user, call=make_call(agent=user), state=state, **overrides)


@pytest.fixture
def as_ada(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def test_send_now_makes_it_due(as_ada: Client, ada: User) -> None:
    transfer = make_own(ada)

    answer = as_ada.post(f"/transfers/{transfer.pk}/send/")

    transfer.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, f"/transfers/{transfer.pk}/")
    assert transfer.due_at <= timezone.now()


def test_undo_takes_it_back_and_the_card_says_so(as_ada: Client, ada: User) -> None:
    transfer = make_own(ada)

    card = as_ada.post(f"/transfers/{transfer.pk}/cancel/", headers=HTMX).content.decode()

    transfer.refresh_from_db()
    assert transfer.state == TransferState.CANCELLED
    assert "Transfer undone. Nothing was sent." in card


def test_undo_that_comes_too_late_says_so_at_once(as_ada: Client, ada: User) -> None:
    transfer = make_own(ada, TransferState.SENDING, sent_at=timezone.now())

    card = as_ada.post(f"/transfers/{transfer.pk}/cancel/", headers=HTMX).content.decode()

    transfer.refresh_from_db()
    assert transfer.state == TransferState.SENDING
    assert "Too late to undo: the transfer was already under way." in card


def test_undo_of_an_expired_request_does_not_say_that_it_was_sent(as_ada: Client, ada: User) -> None:
    transfer = make_own(ada, TransferState.EXPIRED, settled_at=timezone.now())

    card = as_ada.post(f"/transfers/{transfer.pk}/cancel/", headers=HTMX).content.decode()

    assert "had already left" not in card
    assert "not sent in time" in card


@pytest.mark.parametrize(("answer", "state"), [("yes", "not_executed"), ("no", "accepted")])
def test_the_question_about_the_caller_is_answered(as_ada: Client, ada: User, answer: str, state: str) -> None:
    transfer = make_own(ada, TransferState.UNKNOWN, sent_at=timezone.now() - timedelta(seconds=11))

    as_ada.post(f"/transfers/{transfer.pk}/resolve/", {"caller_still_here": answer}, headers=HTMX)

    transfer.refresh_from_db()
    assert transfer.state == state


@pytest.mark.parametrize("answer", ["", "maybe", "YES"])
def test_any_other_answer_is_422_and_settles_nothing(as_ada: Client, ada: User, answer: str) -> None:
    transfer = make_own(ada, TransferState.UNKNOWN, sent_at=timezone.now() - timedelta(seconds=11))

    response = as_ada.post(f"/transfers/{transfer.pk}/resolve/", {"caller_still_here": answer})

    transfer.refresh_from_db()
    assert (response.status_code, transfer.state) == (422, TransferState.UNKNOWN)


def test_right_after_sending_the_person_is_asked_to_wait(as_ada: Client, ada: User) -> None:
    transfer = make_own(ada, TransferState.UNKNOWN, sent_at=timezone.now())

    card = as_ada.post(f"/transfers/{transfer.pk}/resolve/", {"caller_still_here": "no"}, headers=HTMX)

    transfer.refresh_from_db()
    assert transfer.state == TransferState.UNKNOWN
    assert "Please wait a few seconds" in card.content.decode()


def test_a_supervisor_settles_the_unknown_of_an_agent(client: Client, ada: User, sue: User) -> None:
    transfer = make_own(ada, TransferState.UNKNOWN, sent_at=timezone.now() - timedelta(seconds=11))
    client.force_login(sue)
    page = client.get(f"/transfers/{transfer.pk}/").content.decode()

    client.post(f"/transfers/{transfer.pk}/resolve/", {"caller_still_here": "yes"})

    transfer.refresh_from_db()
    assert f'action="/transfers/{transfer.pk}/resolve/"' in page
    assert transfer.state == TransferState.NOT_EXECUTED


def test_dismiss_closes_the_transfer_on_the_card(as_ada: Client, ada: User) -> None:
    transfer = make_own(ada, TransferState.ANSWERED, settled_at=timezone.now())

    card = as_ada.post(f"/transfers/{transfer.pk}/dismiss/", headers=HTMX).content.decode()

    assert "You have no call right now" in card


@pytest.mark.parametrize("action", ACTIONS)
def test_transfer_of_another_agent_is_not_found(client: Client, ada: User, ben: User, action: str) -> None:
    transfer = make_own(ada, TransferState.UNKNOWN, sent_at=timezone.now() - timedelta(seconds=11))
    client.force_login(ben)

    answer = client.post(f"/transfers/{transfer.pk}/{action}/", {"caller_still_here": "yes"})

    transfer.refresh_from_db()
    assert (answer.status_code, transfer.state) == (404, TransferState.UNKNOWN)


@pytest.mark.parametrize("action", ACTIONS)
def test_actions_are_done_by_post_only(as_ada: Client, ada: User, action: str) -> None:
    assert as_ada.get(f"/transfers/{make_own(ada).pk}/{action}/").status_code == 405
