"""Evidence against a person's word: the state stays as they said, but what was found out is kept and shown."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from django.db import transaction
from django.utils import timezone

from tests.factories import make_call, make_transfer
from tests.posts import apply_post
from transfers.audit_log import AuditAction, contradicted_transfers, trail_of_transfer
from transfers.audit_log.texts import describe_entry
from transfers.lifecycle import outcomes, recording, states
from transfers.lifecycle.actions import resolve_transfer
from transfers.models import AuditEntry, ResolvedBy, Transfer, TransferState, User
from transfers.tenios import CallRecord, CallRecords, TeniosClient

pytestmark = pytest.mark.django_db

TO = "+4922147105630"
Evidence = Callable[[Transfer], None]


def make_unclear(ada: User) -> Transfer:
    """An unclear transfer of a call that ended five minutes ago."""
    sent_at = timezone.now() - timedelta(minutes=10)
    return make_transfer(
        agent=ada,
        call=make_call(agent=ada, started_at=sent_at - timedelta(minutes=1)),
        destination_type="external_number",
        destination=TO,
        state=TransferState.UNKNOWN,
        attempt=1,
        sent_at=sent_at,
    )


def say(ada: User, transfer: Transfer, *, is_caller_still_here: bool) -> None:
    resolve_transfer(user=ada, transfer_id=transfer.pk, is_caller_still_here=is_caller_still_here)


def record_of(transfer: Transfer, **overrides: Any) -> CallRecord:
    assert transfer.sent_at
    values: dict[str, Any] = {
        "leg_uuid": "leg",
        "main_leg_uuid": transfer.call.call_uuid,
        "destination_type": transfer.destination_type,
        "is_inbound": False,
        "destination": TO,
        "started_at": transfer.sent_at + timedelta(seconds=1),
        "answered_at": transfer.sent_at + timedelta(seconds=6),
        "ended_at": transfer.sent_at + timedelta(minutes=5),
        "hangup_cause": "NORMAL_CLEARING",
        **overrides,
    }
    return CallRecord(**values)


class Records(TeniosClient):
    """A client whose call records are given."""

    def __init__(self, *records: CallRecord) -> None:
        super().__init__(access_key="k" * 36, base_url="https://tenios.test")
        self._records = list(records)

    def call_records(self, **_: Any) -> CallRecords:
        return CallRecords(self._records, is_whole=True)


def read_records(*records: CallRecord) -> None:
    Transfer.objects.update(next_check_at=None)
    outcomes.settle_from_call_records(client=Records(*records))


def find_a_leg(transfer: Transfer) -> None:
    read_records(record_of(transfer))


def find_no_leg(transfer: Transfer) -> None:
    callers_own = record_of(
        transfer,
        leg_uuid=transfer.call.call_uuid,
        main_leg_uuid="",
        is_inbound=True,
        started_at=transfer.call.started_at,
    )
    read_records(callers_own)


def hear_it_ring(transfer: Transfer, *, target: str = TO) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=transfer.call.call_uuid, forward_destination=target)


def read_late_answer(transfer: Transfer, *, status: int = 200, **body: Any) -> None:
    """Let the sender report now what TENIOS answered."""
    wire = httpx.MockTransport(lambda _: httpx.Response(status, json=body))
    client = TeniosClient(access_key="k" * 36, base_url="https://tenios.test", transport=wire)
    answer = client.transfer_call(call_uuid="x", destination_type="external_number", destination=TO)
    recording.record_once(transfer, answer, client=client, actor="worker")


late_yes = partial(read_late_answer, success=True)
late_no = partial(read_late_answer, status=400, success=False, error_code="INVALID_VALUE")


@pytest.mark.parametrize(
    ("is_caller_still_here", "state", "evidence"),
    [
        (True, TransferState.NOT_EXECUTED, find_a_leg),
        (True, TransferState.NOT_EXECUTED, hear_it_ring),
        (True, TransferState.NOT_EXECUTED, late_yes),
        (False, TransferState.ACCEPTED, find_no_leg),
        (False, TransferState.ACCEPTED, late_no),
    ],
)
def test_evidence_against_a_word_is_recorded_once_and_changes_no_state(
    ada: User, is_caller_still_here: bool, state: str, evidence: Evidence
) -> None:
    transfer = make_unclear(ada)
    say(ada, transfer, is_caller_still_here=is_caller_still_here)

    evidence(transfer)
    evidence(transfer)

    transfer.refresh_from_db()
    entry = AuditEntry.objects.get(action=AuditAction.TRANSFER_CONTRADICTED)
    assert (transfer.state, transfer.resolved_by) == (state, ResolvedBy.PERSON)
    assert (entry.transfer_id, entry.outcome) == (transfer.pk, "")
    assert contradicted_transfers([transfer.pk, transfer.pk + 1]) == {transfer.pk}


@pytest.mark.parametrize(
    ("is_caller_still_here", "evidence"),
    [
        (True, find_no_leg),
        (True, late_no),
        (True, partial(hear_it_ring, target="+4930999")),
        (False, late_yes),
        (False, partial(read_late_answer, status=500)),
    ],
)
def test_what_agrees_or_speaks_of_something_else_is_no_contradiction(
    ada: User, is_caller_still_here: bool, evidence: Evidence
) -> None:
    transfer = make_unclear(ada)
    say(ada, transfer, is_caller_still_here=is_caller_still_here)

    evidence(transfer)

    assert contradicted_transfers([transfer.pk]) == set()


@pytest.mark.parametrize("evidence", [find_a_leg, hear_it_ring])
def test_evidence_settles_what_nobody_has_settled(ada: User, evidence: Evidence) -> None:
    transfer = make_unclear(ada)

    evidence(transfer)

    transfer.refresh_from_db()
    assert transfer.state in (TransferState.ANSWERED, TransferState.ACCEPTED)
    assert contradicted_transfers([transfer.pk]) == set()


def test_what_evidence_settled_is_nobodys_word_to_contradict(ada: User) -> None:
    transfer = make_unclear(ada)
    states.move_transfer(transfer.pk, states.CONFIRM_NOT_EXECUTED, actor="tenios")

    find_a_leg(transfer)
    with transaction.atomic():
        outcomes.contradict(transfer, actor="tenios", detail={})

    assert contradicted_transfers([transfer.pk]) == set()


def test_the_trail_tells_what_was_found_and_that_the_state_stays(ada: User) -> None:
    transfer = make_unclear(ada)
    say(ada, transfer, is_caller_still_here=True)
    late_yes(transfer)

    line = describe_entry(trail_of_transfer(transfer.pk)[-1])

    assert line.title == "Evidence against what was said"
    assert "The state stays as the person said." in line.text
    assert any("success" in fact.text for fact in line.raw_facts)
