from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_call, make_transfer
from transfers import audit_log
from transfers.audit_log import AuditAction, guard
from transfers.models import (
    AuditEntry,
    CallEvent,
    CallState,
    DestinationType,
    ServiceNumber,
    Transfer,
    TransferState,
    User,
)


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def path_to(transfer: Transfer) -> str:
    return reverse("transfers:transfer-detail", args=[transfer.pk])


def read(user: User, transfer: Transfer, query: str = "") -> str:
    response = browser_of(user).get(f"{path_to(transfer)}?{query}")
    assert response.status_code == 200
    return response.content.decode()


def record(transfer: Transfer, action: AuditAction, *, actor: str = "worker", **detail: Any) -> AuditEntry:
    with transaction.atomic():
        return audit_log.record(actor=actor, action=action, transfer_id=transfer.pk, detail=detail)


@pytest.fixture
def answered(ada: User) -> Transfer:
    """Ada's transfer to Störungsdienst Gas, answered after 7 s, with its trail."""
    now = timezone.now()
    call = make_call(caller_number="+496990009552", connected_at=now - timedelta(seconds=168), started_at=now)
    transfer = make_transfer(
        agent=ada,
        call=call,
        destination_type=DestinationType.EXTERNAL_NUMBER,
        destination="+491713920012",
        destination_name="Störungsdienst Gas",
        state=TransferState.ANSWERED,
        requested_at=now,
        sent_at=now + timedelta(seconds=3),
        accepted_at=now + timedelta(seconds=3.4),
        ring_seconds=7,
    )
    record(transfer, AuditAction.TRANSFER_REQUESTED, actor=str(ada.pseudonym), actor_name="Ada Keller")
    request = {"access_key": "••••4f21", "call_uuid": call.call_uuid, "destination": "+491713920012"}
    record(transfer, AuditAction.TRANSFER_SENDING, request=request)
    answer = {"http_status": 200, "body": '{"success": true}', "problem": "", "seconds": 0.4}
    record(transfer, AuditAction.TRANSFER_ACCEPTED, answer=answer)
    return transfer


def test_agent_reads_the_outcome_of_their_transfer(ada: User, answered: Transfer) -> None:
    ServiceNumber.objects.create(number="+492214710100", name="Technik")

    html = read(ada, answered)

    assert "Transfer to Störungsdienst Gas" in html
    assert "Answered after 7 s" in html
    assert "+49\u00a069\u00a090009552" in html
    assert "Technik" in html
    assert "on the phone for 02:48 before" in html
    assert "3.0 s" in html


def test_trail_shows_actor_request_and_answer(sue: User, answered: Transfer) -> None:
    html = read(sue, answered)

    assert html.index("Transfer requested") < html.index("Sending to TENIOS") < html.index("Accepted by TENIOS")
    assert '<span class="tag">Ada Keller</span>' in html
    assert "POST /transfer-call" in html
    assert "••••4f21" in html
    assert "{&quot;success&quot;: true}" in html
    assert "match their hashes and follow each other without a gap" in html


def test_event_that_proves_an_answer_is_shown_as_received(sue: User, answered: Transfer) -> None:
    post = CallEvent.objects.create(received_at=timezone.now(), body='{"requestType": "FORWARD_ANSWER"}')
    evidence = {"source": "call_event", "request_type": "FORWARD_ANSWER", "call_event_id": post.pk}
    record(answered, AuditAction.TRANSFER_ANSWERED, actor="tenios", evidence=evidence)

    html = read(sue, answered)

    assert "{&quot;requestType&quot;: &quot;FORWARD_ANSWER&quot;}" in html


def test_agent_cannot_see_the_transfer_of_a_colleague(ben: User, answered: Transfer) -> None:
    assert browser_of(ben).get(path_to(answered)).status_code == 404


@pytest.mark.parametrize("role", ["stranger", "root_admin"])
def test_user_without_permission_is_refused(request: pytest.FixtureRequest, role: str, answered: Transfer) -> None:
    assert browser_of(request.getfixturevalue(role)).get(path_to(answered)).status_code == 403


def test_anonymous_user_is_redirected_to_the_sign_in(client: Client, answered: Transfer) -> None:
    assert client.get(path_to(answered))["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("number", ["0", "999999999", "9" * 30])
def test_unknown_id_is_not_found(sue: User, number: str) -> None:
    assert browser_of(sue).get(f"/transfers/{number}/").status_code == 404


def test_rejection_is_shown_with_its_reason_and_the_text_of_tenios(sue: User, ada: User) -> None:
    refused = make_transfer(
        agent=ada,
        call=make_call(state=CallState.ENDED),
        state=TransferState.REJECTED,
        error_code="CALL_UUID_NOT_FOUND",
        error_message="The call wasn't found",
    )

    html = read(sue, refused)

    assert "TENIOS no longer knows this call" in html
    assert "The call wasn&#x27;t found" in html
    assert "try again" not in html


def test_advice_is_shown_while_the_call_is_live(ada: User) -> None:
    refused = make_transfer(agent=ada, state=TransferState.REJECTED, error_code="CALL_UUID_NOT_FOUND")

    assert "If you still hear the caller, try again." in read(ada, refused)


def test_changed_audit_entry_is_named(sue: User, answered: Transfer) -> None:
    guard.remove(connection)
    AuditEntry.objects.filter(transfer_id=answered.pk, action=AuditAction.TRANSFER_SENDING).update(actor="sweeper")

    html = read(sue, answered)

    assert "Audit entries were changed" in html
    assert "Not as they were recorded: 2." in html


def test_erased_details_are_shown_as_erased(sue: User, answered: Transfer) -> None:
    audit_log.erase_details(actor="beat", rule="90 days", up_to=timezone.now())

    html = read(sue, answered)

    assert html.count("The personal details of this entry were erased.") == 3
    assert "The personal details of 3 entries were erased." in html
    assert "match their hashes" in html


def test_transfer_without_audit_entries_shows_a_message(sue: User, ada: User) -> None:
    assert "The audit log knows nothing of this transfer." in read(sue, make_transfer(agent=ada))


def test_links_to_the_neighbours_keep_the_filter(sue: User, ada: User) -> None:
    call = make_call()
    states = [TransferState.REJECTED, TransferState.REJECTED, TransferState.ANSWERED, TransferState.REJECTED]
    oldest, shown, other, newest = (make_transfer(agent=ada, call=call, state=state) for state in states)

    html = read(sue, shown, "outcome=rejected")

    assert f'href="{path_to(newest)}?outcome=rejected"' in html
    assert f'href="{path_to(oldest)}?outcome=rejected"' in html
    assert f'href="{path_to(other)}?' not in html


def test_agent_gets_links_to_own_transfers_only(ada: User, ben: User) -> None:
    call = make_call()
    bens, adas = (make_transfer(agent=agent, call=call, state=TransferState.REJECTED) for agent in (ben, ada))

    html = read(ada, adas)

    assert path_to(bens) not in html
    assert "none for this call" in html


def test_page_links_the_other_transfers_of_the_call(sue: User, answered: Transfer) -> None:
    earlier = make_transfer(call=answered.call, state=TransferState.REJECTED)

    assert f'href="{path_to(earlier)}"' in read(sue, answered)


def test_typed_destination_without_a_name_is_shown_by_its_number(sue: User, ada: User) -> None:
    typed = make_transfer(
        agent=ada, destination_type=DestinationType.EXTERNAL_NUMBER, destination="+492214710400", destination_name=""
    )

    assert "Transfer to +49\u00a0221\u00a04710400" in read(sue, typed)


def test_number_of_queries_does_not_grow_with_the_trail(sue: User, answered: Transfer) -> None:
    browser = browser_of(sue)
    counts = []

    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            browser.get(path_to(answered))
        counts.append(len(queries))
        for _ in range(10):
            record(answered, AuditAction.CALL_ENDED, actor="tenios")

    assert counts[0] == counts[1]
