"""What an agent gets whose click meets a closed gate: a refusal before anything is recorded, and nothing typed lost."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_call, make_destination, make_transfer
from tests.lifecycle.gate.asking import KEY, digest_of
from transfers.lifecycle import gate
from transfers.models import AuditEntry, Call, SendingGate, Transfer, User

HTMX = {"HX-Request": "true"}
STOPPED = "Sending is stopped: TENIOS refuses our access key"
PAUSED = "TENIOS asks us to wait"


def stop() -> None:
    gate.stop_sending(code="BAD_CREDENTIALS", key_digest=digest_of(KEY), actor="worker")


def pause() -> None:
    gate.pause_sending(30, actor="worker")


def panel(call: Call) -> str:
    return reverse("transfers:transfer-panel", args=[call.call_uuid])


def make_form(**overrides: str) -> dict[str, str]:
    number = {"destination_type": "EXTERNALNUMBER", "destination": "0221 4710 5630"}
    return {**number, "note": "Vertrag 4711", "request_key": str(uuid.uuid4()), **overrides}


def post(client: Client, user: User, call: Call, form: dict[str, str], **headers: str) -> Any:
    client.force_login(user)
    return client.post(panel(call), form, headers=headers)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
@pytest.mark.parametrize(
    ("close", "title", "advice"),
    [(stop, STOPPED, "Transfer from your phone if you can."), (pause, PAUSED, "Transfer again in 30 seconds.")],
)
def test_click_is_refused_with_the_reason_and_nothing_is_recorded(
    client: Client, ada: User, close: Any, title: str, advice: str, headers: dict[str, str]
) -> None:
    close()
    entries = AuditEntry.objects.count()
    form = make_form()

    response = post(client, ada, make_call(agent=ada), form, **headers)

    page = response.content.decode()
    assert response.status_code == 409
    assert title in page
    assert advice in page
    assert "Vertrag 4711" in page
    assert "+4922147105630" in page
    assert form["request_key"] in page
    assert not Transfer.objects.exists()
    assert AuditEntry.objects.count() == entries


def test_htmx_answer_replaces_the_picker(client: Client, ada: User) -> None:
    stop()

    response = post(client, ada, make_call(agent=ada), make_form(), **HTMX)

    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#dest-picker", "outerHTML")


def test_same_form_is_accepted_when_the_pause_is_over(client: Client, ada: User) -> None:
    call, form = make_call(agent=ada), make_form()
    pause()
    assert post(client, ada, call, form).status_code == 409

    SendingGate.objects.update(paused_until_at=timezone.now() - timedelta(seconds=1))

    assert post(client, ada, call, form).status_code == 303
    assert Transfer.objects.count() == 1


@pytest.mark.parametrize("close", [stop, pause])
def test_form_that_was_accepted_before_leads_to_its_transfer(client: Client, ada: User, close: Any) -> None:
    call, form = make_call(agent=ada), make_form()
    first = post(client, ada, call, form)
    close()

    response = post(client, ada, call, form)

    assert (response.status_code, response["Location"]) == (303, first["Location"])


@pytest.mark.parametrize(("close", "title"), [(stop, STOPPED), (pause, PAUSED)])
def test_picker_shows_the_closed_gate_before_anything_is_chosen(
    client: Client, ada: User, close: Any, title: str
) -> None:
    close()
    make_destination()
    client.force_login(ada)

    response = client.get(panel(make_call(agent=ada)))

    assert response.status_code == 200
    assert title in response.content.decode()


def test_open_transfer_is_named_before_the_closed_gate(client: Client, ada: User) -> None:
    call = make_call(agent=ada)
    make_transfer(call=call, agent=ada)
    stop()

    response = post(client, ada, call, make_form())

    assert "You are already transferring this call" in response.content.decode()


@pytest.mark.parametrize(("close", "is_hurried"), [(None, True), (pause, False)])
def test_send_now_ends_the_grace_only_while_the_gate_is_open(
    client: Client, ada: User, close: Any, is_hurried: bool
) -> None:
    transfer = make_transfer(agent=ada, call=make_call(agent=ada))
    if close:
        close()
    client.force_login(ada)

    client.post(reverse("transfers:transfer-send", args=[transfer.pk]))

    transfer.refresh_from_db()
    assert (transfer.due_at <= timezone.now()) is is_hurried


def test_card_of_a_paused_request_offers_only_undo(client: Client, ada: User) -> None:
    make_transfer(agent=ada, call=make_call(agent=ada))
    pause()
    client.force_login(ada)

    card = client.get(reverse("transfers:call-card")).content.decode()

    assert PAUSED in card
    assert 'id="undo-transfer"' in card
    assert 'id="send-transfer"' not in card


def test_card_says_that_a_stop_cancelled_the_request(client: Client, ada: User) -> None:
    transfer = make_transfer(
        agent=ada,
        call=make_call(agent=ada),
        state="cancelled",
        cancel_reason="sending_stopped",
        settled_at=timezone.now(),
    )
    client.force_login(ada)

    card = client.get(reverse("transfers:call-card")).content.decode()

    assert "<strong>TENIOS refuses our access key</strong>" in card
    assert "data-urgent" in card
    assert f"again={transfer.pk}" in card
