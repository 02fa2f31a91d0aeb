"""What may change between the reading of a form and its judgement. Each change has a plain answer, never an error."""

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django import forms
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from tests.factories import make_call, make_destination, make_user
from tests.lifecycle.gate.asking import KEY, digest_of
from transfers.forms.question_form import QuestionForm
from transfers.forms.transfer_form import TransferForm
from transfers.lifecycle import execution, gate, requests
from transfers.models import (
    Approval,
    AuditEntry,
    Call,
    CallState,
    Destination,
    NumberRule,
    Transfer,
    TransferState,
    User,
)

HTMX = {"HX-Request": "true"}
COLOGNE = "+4922147105630"
LONDON = "+442079460123"

Change = Callable[["Scene"], object]
"""What happens between the reading of the form and the judgement."""


class Scene(NamedTuple):
    """A call of Ada, and the form that she posts for it."""

    ada: User
    call: Call
    entry: Destination
    fields: dict[str, str]

    def make_request(self, **overrides: Any) -> Transfer:
        values = {
            "user": self.ada,
            "call_uuid": self.call.call_uuid,
            "destination_type": "external_number",
            "address": COLOGNE,
            "note": "",
            "request_key": uuid.uuid4(),
            **overrides,
        }
        return requests.request_transfer(**values)


@pytest.fixture
def scene(ada: User) -> Scene:
    entry = make_destination(name="Haustechnik", destination_type="external_number", address=COLOGNE)
    fields = {
        "destination_type": "EXTERNALNUMBER",
        "destination": COLOGNE,
        "directory_id": str(entry.pk),
        "note": "Vertrag 4711",
        "request_key": str(uuid.uuid4()),
        "q": "haust",
    }
    return Scene(ada, make_call(agent=ada), entry, fields)


@pytest.fixture
def after_reading(monkeypatch: pytest.MonkeyPatch) -> Callable[[type[forms.Form], Callable[[], object]], None]:
    """Return how to make something happen right after a form has been read."""

    def arrange(form_class: type[forms.Form], change: Callable[[], object]) -> None:
        read = form_class.is_valid

        def read_and_be_overtaken(form: forms.Form) -> bool:
            is_valid = read(form)
            change()
            return is_valid

        monkeypatch.setattr(form_class, "is_valid", read_and_be_overtaken)

    return arrange


def deny_cologne(_scene: Scene) -> None:
    NumberRule.objects.create(starts_with="+49221", verdict="deny", reason="Own switchboard only.")


def end_call(scene: Scene) -> None:
    Call.objects.filter(pk=scene.call.pk).update(state=CallState.ENDED, ended_at=timezone.now())


def give_call_to_another_agent(scene: Scene) -> None:
    Call.objects.filter(pk=scene.call.pk).update(agent=make_user(role="agent"))


def switch_entry_off(scene: Scene) -> None:
    scene.entry.entry.is_active = False
    scene.entry.entry.save()


def stop_sending(_scene: Scene) -> None:
    gate.stop_sending(code="BAD_CREDENTIALS", key_digest=digest_of(KEY), actor="worker")


def pause_sending(_scene: Scene) -> None:
    gate.pause_sending(30, actor="worker")


def reach_limit(scene: Scene) -> None:
    for _number in range(2):
        scene.make_request(call_uuid=make_call(agent=scene.ada).call_uuid)


def let_supervisor_transfer_call(scene: Scene) -> None:
    sue = make_user(role="supervisor", first_name="Sue", last_name="Brandt")
    scene.make_request(user=sue)


def post(client: Client, scene: Scene, name: str, headers: dict[str, str], **fields: str) -> Any:
    client.force_login(scene.ada)
    return client.post(reverse(name, args=[scene.call.call_uuid]), {**scene.fields, **fields}, headers=headers)


def assert_nothing_typed_is_lost(page: str, scene: Scene) -> None:
    assert "Vertrag 4711" in page
    assert 'value="haust"' in page
    assert scene.fields["request_key"] in page


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        (deny_cologne, 422, "begin with +49221. Own switchboard only."),
        (end_call, 409, "This call has ended"),
        (switch_entry_off, 409, "The directory does not hold this any more"),
        (stop_sending, 409, "Sending is stopped"),
        (pause_sending, 409, "Transfer again in 30 seconds."),
        (reach_limit, 409, "You have made very many transfers"),
        (let_supervisor_transfer_call, 409, "Sue Brandt is already transferring this call"),
    ],
)
def test_request_is_judged_by_what_is_true_when_it_is_made(
    client: Client,
    scene: Scene,
    after_reading: Any,
    settings: Settings,
    change: Change,
    status: int,
    words: str,
    headers: dict[str, str],
) -> None:
    settings.TRANSFER_LIMIT_PER_AGENT = 2
    after_reading(TransferForm, lambda: change(scene))

    answer = post(client, scene, "transfers:transfer-panel", headers)

    page = answer.content.decode()
    assert (answer.status_code, words in page) == (status, True)
    assert_nothing_typed_is_lost(page, scene)
    assert not Transfer.objects.filter(request_key=scene.fields["request_key"]).exists()
    assert answer.headers.get("HX-Retarget") == ("#dest-picker" if headers else None)


def test_call_that_went_to_another_agent_meanwhile_is_not_found(
    client: Client, scene: Scene, after_reading: Any
) -> None:
    after_reading(TransferForm, lambda: give_call_to_another_agent(scene))

    answer = post(client, scene, "transfers:transfer-panel", {})

    assert answer.status_code == 404
    assert not Transfer.objects.exists()


def test_number_whose_rule_was_removed_meanwhile_is_requested(client: Client, scene: Scene, after_reading: Any) -> None:
    deny_cologne(scene)
    after_reading(TransferForm, NumberRule.objects.all().delete)

    answer = post(client, scene, "transfers:transfer-panel", {})

    assert answer.status_code == 303
    assert Transfer.objects.get().destination == COLOGNE


def test_request_of_an_agent_who_loses_the_right_meanwhile_is_not_sent(
    client: Client, scene: Scene, after_reading: Any
) -> None:
    after_reading(TransferForm, scene.ada.groups.clear)

    answer = post(client, scene, "transfers:transfer-panel", {})
    transfer = Transfer.objects.get()
    execution.execute_transfer(transfer.pk, actor="worker")

    transfer.refresh_from_db()
    assert answer.status_code == 303
    assert (transfer.state, transfer.cancel_reason) == (TransferState.CANCELLED, "right_lost")


@pytest.mark.parametrize(
    "change", [deny_cologne, end_call, switch_entry_off, stop_sending, let_supervisor_transfer_call]
)
def test_form_that_has_made_its_transfer_leads_to_it_whatever_changed_since(
    client: Client, scene: Scene, change: Change
) -> None:
    first = post(client, scene, "transfers:transfer-panel", {})
    Transfer.objects.update(state=TransferState.CANCELLED)
    change(scene)

    again = post(client, scene, "transfers:transfer-panel", {})

    assert (again.status_code, again["Location"]) == (303, first["Location"])


# --- a question to the supervisors


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        (deny_cologne, 422, "begin with +49221. Own switchboard only."),
        (end_call, 409, "This call has ended"),
    ],
)
def test_question_is_judged_by_what_is_true_when_it_is_asked(
    client: Client,
    scene: Scene,
    after_reading: Any,
    change: Change,
    status: int,
    words: str,
    headers: dict[str, str],
) -> None:
    after_reading(QuestionForm, lambda: change(scene))

    answer = post(client, scene, "transfers:ask-supervisor", headers, asked_destination=COLOGNE)

    page = answer.content.decode()
    assert (answer.status_code, words in page) == (status, True)
    assert_nothing_typed_is_lost(page, scene)
    assert not Approval.objects.exists()
    assert answer.headers.get("HX-Retarget") == ("#dest-picker" if headers else None)


def test_question_about_a_call_that_went_to_another_agent_meanwhile_is_not_found(
    client: Client, scene: Scene, after_reading: Any
) -> None:
    after_reading(QuestionForm, lambda: give_call_to_another_agent(scene))

    answer = post(client, scene, "transfers:ask-supervisor", {}, asked_destination=LONDON)

    assert answer.status_code == 404
    assert not Approval.objects.exists()


def test_question_about_a_number_that_is_allowed_by_now_names_no_limit(
    client: Client, scene: Scene, after_reading: Any
) -> None:
    after_reading(QuestionForm, lambda: NumberRule.objects.create(starts_with="+44", verdict="allow"))

    answer = post(client, scene, "transfers:ask-supervisor", HTMX, asked_destination=LONDON)

    assert answer.status_code == 200
    assert Approval.objects.get().reason_code == ""


def test_question_that_was_asked_stays_asked_when_its_form_comes_again(client: Client, scene: Scene) -> None:
    post(client, scene, "transfers:ask-supervisor", HTMX, asked_destination=COLOGNE)
    deny_cologne(scene)

    again = post(client, scene, "transfers:ask-supervisor", HTMX, asked_destination=COLOGNE)

    assert again.status_code == 200
    assert Approval.objects.count() == 1


# --- a supervisor's agreement


def deactivate_agent(scene: Scene) -> None:
    User.objects.filter(pk=scene.ada.pk).update(is_active=False)


def take_right_from_agent(scene: Scene) -> None:
    scene.ada.groups.clear()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (deny_cologne, "begin with +49221. Own switchboard only."),
        (end_call, "This call has ended"),
        (give_call_to_another_agent, "The agent may no longer do this."),
        (take_right_from_agent, "The agent may no longer do this."),
        (deactivate_agent, "The agent may no longer do this."),
        (stop_sending, "Sending is stopped"),
        (pause_sending, "TENIOS asks us to wait"),
        (lambda scene: scene.make_request(), "Ada Keller is already transferring this call"),
        (lambda _scene: Approval.objects.update(state="withdrawn"), "not open any more"),
    ],
)
def test_agreement_is_judged_by_what_is_true_when_it_is_given(
    client: Client, scene: Scene, sue: User, change: Change, words: str, headers: dict[str, str]
) -> None:
    post(client, scene, "transfers:ask-supervisor", HTMX, asked_destination=COLOGNE)
    change(scene)
    state, entries = Approval.objects.get().state, AuditEntry.objects.count()
    client.force_login(sue)

    answer = client.post(
        reverse("transfers:decide-approval", args=[Approval.objects.get().pk]),
        {"answer": "agree"},
        headers=headers,
        follow=True,
    )

    assert (answer.status_code, words in answer.content.decode()) == (409 if headers else 200, True)
    assert Approval.objects.get().state == state
    assert AuditEntry.objects.count() == entries
    assert not Transfer.objects.filter(approval__isnull=False).exists()
