"""A passed deadline is shown before anybody writes it: sweeper and worker may hang, and Redis may be down."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_call, make_transfer
from transfers.audit_log import AuditAction
from transfers.lifecycle.states import LEASE, TTL, with_deadlines_applied
from transfers.models import AuditEntry, ResolvedBy, Transfer, TransferState, User

pytestmark = pytest.mark.django_db

CARD = reverse("transfers:call-card")


def make_sending(ada: User, *, seconds_ago: float) -> Transfer:
    sent_at = timezone.now() - timedelta(seconds=seconds_ago)
    return make_transfer(
        agent=ada,
        call=make_call(agent=ada, agent_since_at=sent_at),
        state=TransferState.SENDING,
        attempt=1,
        sent_at=sent_at,
        lease_until_at=sent_at + LEASE,
        due_at=sent_at,
    )


def make_waiting(ada: User, *, seconds_ago: float) -> Transfer:
    due_at = timezone.now() - timedelta(seconds=seconds_ago)
    return make_transfer(agent=ada, call=make_call(agent=ada), requested_at=due_at, due_at=due_at)


def detail_of(transfer: Transfer) -> str:
    return reverse("transfers:transfer-detail", args=[transfer.pk])


def page_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.mark.parametrize(
    ("make", "limit", "before", "after"),
    [
        (make_sending, LEASE, TransferState.SENDING, TransferState.UNKNOWN),
        (make_waiting, TTL, TransferState.REQUESTED, TransferState.EXPIRED),
    ],
)
def test_deadline_is_shown_before_it_is_written(
    ada: User, make: Any, limit: timedelta, before: str, after: str
) -> None:
    in_time = make(ada, seconds_ago=limit.total_seconds() - 2)
    overdue = make(ada, seconds_ago=limit.total_seconds() + 1)

    assert (with_deadlines_applied(in_time).state, with_deadlines_applied(overdue).state) == (before, after)
    assert overdue.state == before


def test_card_of_a_lost_claim_asks_the_agent_and_refreshes(client: Client, ada: User) -> None:
    transfer = make_sending(ada, seconds_ago=9)
    client.force_login(ada)

    card = page_of(client, CARD)

    assert 'data-transfer-state="unknown"' in card
    assert "We do not know whether TENIOS got it" in card
    assert reverse("transfers:transfer-resolve", args=[transfer.pk]) in card
    assert 'hx-trigger="every 2s"' in card
    assert Transfer.objects.get(pk=transfer.pk).state == TransferState.SENDING


@pytest.mark.parametrize("seconds_ago", [1, 9])
def test_card_with_a_transfer_under_way_refreshes_even_after_a_failed_refresh(
    client: Client, ada: User, seconds_ago: float
) -> None:
    make_sending(ada, seconds_ago=seconds_ago)
    client.force_login(ada)

    card = page_of(client, CARD)

    # "load delay" would refresh once; after a failed refresh there would never be another one.
    assert 'hx-trigger="every 2s"' in card
    assert "load delay" not in card


def test_page_and_history_show_a_lost_claim_as_unconfirmed(client: Client, ada: User) -> None:
    transfer = make_sending(ada, seconds_ago=9)
    client.force_login(ada)

    detail, history = page_of(client, detail_of(transfer)), page_of(client, reverse("transfers:transfer-history"))

    assert 'class="state state--chip is-unknown"' in detail
    assert "The person who spoke with the caller can settle it" in detail
    assert 'class="state is-unknown"' in history


def test_page_of_an_overdue_request_says_that_it_was_not_sent(client: Client, ada: User) -> None:
    transfer = make_waiting(ada, seconds_ago=6)
    client.force_login(ada)

    assert "The transfer was not sent in time" in page_of(client, detail_of(transfer))


@pytest.mark.parametrize(("answer", "state"), [("yes", TransferState.NOT_EXECUTED), ("no", TransferState.ACCEPTED)])
def test_answer_of_the_agent_settles_a_lost_claim_before_a_worker_does(
    client: Client, ada: User, answer: str, state: str
) -> None:
    transfer = make_sending(ada, seconds_ago=11)
    client.force_login(ada)

    client.post(reverse("transfers:transfer-resolve", args=[transfer.pk]), {"caller_still_here": answer})

    transfer.refresh_from_db()
    actions = list(AuditEntry.objects.order_by("seq").values_list("action", flat=True))
    assert (transfer.state, transfer.resolved_by) == (state, ResolvedBy.PERSON)
    assert actions[0] == AuditAction.TRANSFER_UNKNOWN
    assert len(actions) == 2


def test_answer_about_a_running_claim_is_refused(client: Client, ada: User) -> None:
    transfer = make_sending(ada, seconds_ago=11)
    Transfer.objects.filter(pk=transfer.pk).update(lease_until_at=timezone.now() + timedelta(seconds=5))
    client.force_login(ada)

    client.post(reverse("transfers:transfer-resolve", args=[transfer.pk]), {"caller_still_here": "no"})

    transfer.refresh_from_db()
    assert transfer.state == TransferState.SENDING
    assert not AuditEntry.objects.exists()
