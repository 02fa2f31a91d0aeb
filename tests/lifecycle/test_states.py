import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from tests.factories import make_call, make_transfer
from transfers.lifecycle import states
from transfers.lifecycle.states import SETTLED, Transition
from transfers.models import AuditEntry, Transfer, TransferState

pytestmark = pytest.mark.django_db

TABLE = {name: transition for name, transition in vars(states).items() if isinstance(transition, Transition)}


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("state", TransferState.values)
def test_a_transition_moves_exactly_the_states_of_its_row(name: str, state: str) -> None:
    transition = TABLE[name]
    transfer = make_transfer(state=state)

    moved = states.move_transfer(transfer.pk, transition, actor="worker")

    transfer.refresh_from_db()
    assert (moved is not None) == (state in transition.sources)
    assert transfer.state == (transition.target if moved else state)


@pytest.mark.parametrize("name", TABLE)
def test_every_move_writes_its_one_audit_entry_with_the_state_reached(name: str) -> None:
    transition = TABLE[name]
    transfer = make_transfer(state=transition.sources[0])

    states.move_transfer(transfer.pk, transition, actor="worker", detail={"error_code": "x"})

    entry = AuditEntry.objects.get(transfer_id=transfer.pk)
    assert (entry.action, entry.outcome, entry.actor) == (transition.action, transition.target, "worker")


def test_a_move_that_finds_another_state_writes_nothing() -> None:
    transfer = make_transfer(state=TransferState.CANCELLED)

    assert states.move_transfer(transfer.pk, states.CLAIM, actor="worker") is None

    assert not AuditEntry.objects.filter(transfer_id=transfer.pk).exists()


def test_no_transition_leaves_a_settled_state() -> None:
    leaving = {source for transition in TABLE.values() for source in transition.sources}

    assert leaving.isdisjoint(SETTLED)


def test_nothing_leads_back_to_requested() -> None:
    leading_back = [
        name
        for name, transition in TABLE.items()
        if transition.target == TransferState.REQUESTED and transition.sources != (TransferState.REQUESTED,)
    ]

    assert leading_back == []


def test_a_settled_transfer_knows_when_it_settled() -> None:
    transfer = make_transfer(state=TransferState.SENDING)

    moved = states.move_transfer(transfer.pk, states.REJECT, actor="worker")

    assert moved is not None
    assert moved.settled_at is not None
    assert abs(moved.settled_at - transfer.requested_at) < timedelta(seconds=60)


def test_the_state_is_a_condition_of_the_update_itself_and_not_of_a_subquery() -> None:
    """PostgreSQL does not look at a subquery again after waiting for a row lock: two claims would both succeed."""
    transfer = make_transfer()

    with CaptureQueriesContext(connection) as queries:
        states.move_transfer(transfer.pk, states.CLAIM, actor="worker", where=Q(due_at__gte=Now() - timedelta(hours=1)))

    update = next(query["sql"] for query in queries if query["sql"].startswith("UPDATE"))
    assert '"transfers_transfer"."state" IN' in update
    assert "SELECT" not in update


def test_a_second_attempt_is_refused_by_the_database() -> None:
    transfer = make_transfer()

    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.filter(pk=transfer.pk).update(attempt=2)


@pytest.mark.parametrize("state", [TransferState.REQUESTED, TransferState.SENDING, TransferState.UNKNOWN])
def test_a_call_has_one_open_transfer_by_constraint(state: str) -> None:
    call = make_call()
    make_transfer(call=call, state=state)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_transfer(call=call, request_key=uuid.uuid4())


def test_the_database_refuses_an_unknown_state() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_transfer(state="moved")
