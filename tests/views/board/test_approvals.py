"""The pages around a question: the picker's button, the card, the supervisor's board."""

import uuid

import pytest
from django.test import Client

from tests.factories import make_call
from tests.lifecycle.agreeing import LONDON, ask
from transfers.lifecycle import approvals
from transfers.models import Approval, Transfer, User

pytestmark = pytest.mark.django_db


def test_picker_offers_to_ask_and_the_card_shows_the_open_question(client: Client, ada: User) -> None:
    call = make_call(agent=ada)
    client.force_login(ada)

    options = client.post(
        f"/calls/{call.call_uuid}/transfer/options/", {"q": "+44 20 7946 0123"}, headers={"hx-request": "true"}
    )
    asked = client.post(
        f"/calls/{call.call_uuid}/ask/",
        {"asked_destination": LONDON, "note": "x", "request_key": str(uuid.uuid4())},
        headers={"hx-request": "true"},
    )

    assert f'value="{LONDON}"' in options.content.decode()
    assert "A supervisor was asked about +44 20 7946 0123" in asked.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_the_supervisor_reads_the_question_and_agrees(client: Client, ada: User, sue: User) -> None:
    approval = ask(ada, make_call(agent=ada, caller_number="+493023125001"), note="Kunde <b>in</b> London")
    client.force_login(sue)

    board = client.get("/").content.decode().replace("\N{NO-BREAK SPACE}", " ")
    answer = client.post(f"/approvals/{approval.pk}/decide/", {"answer": "agree"}, headers={"hx-request": "true"})

    assert "asks: may a caller be transferred to +44 20 7946 0123?" in board
    assert "Kunde &lt;b&gt;in&lt;/b&gt; London" in board
    assert answer.status_code == 200
    assert Transfer.objects.get().approval == approval


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("ada", "/approvals/", 403),
        ("ada", "/approvals/1/decide/", 403),
        ("stranger", "/approvals/", 403),
        ("root_admin", "/approvals/", 403),
        ("sue", "/approvals/", 200),
    ],
)
def test_only_supervisors_decide(
    client: Client, request: pytest.FixtureRequest, who: str, path: str, status: int
) -> None:
    client.force_login(request.getfixturevalue(who))

    answer = client.post(path, {"answer": "agree"}) if "decide" in path else client.get(path)

    assert answer.status_code == status


@pytest.mark.parametrize(
    "posted",
    [{}, {"asked_destination": LONDON}, {"asked_destination": "110", "request_key": str(uuid.uuid4())}],
)
def test_incomplete_question_is_refused_with_the_reason(client: Client, ada: User, posted: dict[str, str]) -> None:
    call = make_call(agent=ada)
    client.force_login(ada)

    answer = client.post(f"/calls/{call.call_uuid}/ask/", posted, headers={"hx-request": "true"})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Approval.objects.exists()


def test_supervisor_is_told_that_a_question_is_not_open_any_more(client: Client, ada: User, sue: User) -> None:
    approval = ask(ada, make_call(agent=ada))
    approvals.withdraw(user=ada, approval_id=approval.pk)
    client.force_login(sue)

    answer = client.post(f"/approvals/{approval.pk}/decide/", {"answer": "agree"}, headers={"hx-request": "true"})

    assert answer.status_code == 409
    assert "not open any more" in answer.content.decode()
