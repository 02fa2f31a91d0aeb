from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_transfer
from transfers.audit_log import AuditAction
from transfers.models import AuditEntry, TransferState
from transfers.operations.metrics.definitions import (
    ACCEPTED_TO_SETTLED,
    DUE_TO_SENT,
    REQUESTED,
    REQUESTED_TO_SETTLED,
    SENT_TO_VERDICT,
    TRANSITIONS,
    Histogram,
)
from transfers.operations.metrics.tally import Key, Sum, tally_entries

pytestmark = pytest.mark.django_db

CLICK = datetime(2026, 11, 23, 14, 0, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return CLICK + timedelta(seconds=seconds)


@pytest.fixture
def seqs() -> Iterator[int]:
    return count(1)


class Trail:
    """Writes the audit entries of one transfer, without the hashes of the chain, which the tally does not read."""

    def __init__(self, seqs: Iterator[int], **times: Any) -> None:
        self.seqs = seqs
        self.transfer = make_transfer(requested_at=CLICK, **{"due_at": after(3), **times})

    def add(self, action: AuditAction, outcome: str, seconds: float) -> AuditEntry:
        return AuditEntry.objects.create(
            seq=next(self.seqs),
            recorded_at=after(seconds),
            actor="worker",
            action=action,
            transfer_id=self.transfer.pk,
            outcome=outcome,
        )


def observed(sums: dict[Key, Sum], histogram: Histogram) -> dict[tuple[str, str], int]:
    return {(label, bound): added.count for (name, label, bound), added in sums.items() if name == histogram.name}


def test_answered_transfer_counts_each_step_and_each_duration(seqs: Iterator[int]) -> None:
    trail = Trail(seqs, sent_at=after(3.2), accepted_at=after(3.9), settled_at=after(12))
    entries = [
        trail.add(AuditAction.TRANSFER_REQUESTED, TransferState.REQUESTED, 0),
        trail.add(AuditAction.TRANSFER_SENDING, TransferState.SENDING, 3.2),
        trail.add(AuditAction.TRANSFER_ACCEPTED, TransferState.ACCEPTED, 3.9),
        trail.add(AuditAction.TRANSFER_RINGING, "", 5),
        trail.add(AuditAction.TRANSFER_ANSWERED, TransferState.ANSWERED, 12),
    ]

    sums = tally_entries(entries)

    assert {key: added.count for key, added in sums.items() if not key[2]} == {
        (REQUESTED.name, "", ""): 1,
        **{(TRANSITIONS.name, state, ""): 1 for state in ("requested", "sending", "accepted", "answered")},
    }
    assert observed(sums, DUE_TO_SENT) == {("", "0.25"): 1, ("", "inf"): 0}
    assert observed(sums, SENT_TO_VERDICT) == {("accepted", "1"): 1, ("accepted", "inf"): 0}
    assert observed(sums, ACCEPTED_TO_SETTLED) == {("answered", "10"): 1, ("answered", "inf"): 0}
    assert observed(sums, REQUESTED_TO_SETTLED) == {("answered", "15"): 1, ("answered", "inf"): 0}
    assert sums[SENT_TO_VERDICT.name, "accepted", "inf"].total_seconds == pytest.approx(0.7)
    assert sums[REQUESTED_TO_SETTLED.name, "answered", "inf"].total_seconds == pytest.approx(12)


def test_only_the_first_verdict_counts_as_the_duration_of_the_request(seqs: Iterator[int]) -> None:
    trail = Trail(seqs, sent_at=after(3.2), accepted_at=after(40), settled_at=after(41))
    entries = [
        trail.add(AuditAction.TRANSFER_SENDING, TransferState.SENDING, 3.2),
        trail.add(AuditAction.TRANSFER_UNKNOWN, TransferState.UNKNOWN, 9.3),
        trail.add(AuditAction.TRANSFER_ACCEPTED, TransferState.ACCEPTED, 40),
    ]

    assert observed(tally_entries(entries), SENT_TO_VERDICT) == {("unknown", "7"): 1, ("unknown", "inf"): 0}


def test_batches_do_not_change_the_tally(seqs: Iterator[int]) -> None:
    one = Trail(seqs, sent_at=after(3.2), accepted_at=after(3.9), settled_at=after(12))
    two = Trail(seqs, sent_at=after(3.1), settled_at=after(3.5))
    entries = [
        one.add(AuditAction.TRANSFER_SENDING, TransferState.SENDING, 3.2),
        two.add(AuditAction.TRANSFER_SENDING, TransferState.SENDING, 3.3),
        two.add(AuditAction.TRANSFER_REJECTED, TransferState.REJECTED, 3.6),
        one.add(AuditAction.TRANSFER_ACCEPTED, TransferState.ACCEPTED, 3.9),
        one.add(AuditAction.TRANSFER_ANSWERED, TransferState.ANSWERED, 12),
    ]

    whole = tally_entries(entries)
    pieces: dict[Key, Sum] = {}
    for entry in entries:
        for key, added in tally_entries([entry]).items():
            so_far = pieces.setdefault(key, Sum())
            so_far.count += added.count
            so_far.total_seconds += added.total_seconds

    assert pieces == whole


def test_hurried_transfer_counts_no_step(seqs: Iterator[int]) -> None:
    trail = Trail(seqs)

    assert tally_entries([trail.add(AuditAction.TRANSFER_GRACE_ENDED, TransferState.REQUESTED, 1)]) == {}


def test_entry_without_a_transfer_counts_nothing(seqs: Iterator[int]) -> None:
    entry = AuditEntry.objects.create(seq=next(seqs), recorded_at=CLICK, actor="x", action=AuditAction.HISTORY_EXPORTED)

    assert tally_entries([entry]) == {}


def test_steps_of_a_deleted_transfer_count(seqs: Iterator[int]) -> None:
    entry = AuditEntry.objects.create(
        seq=next(seqs),
        recorded_at=after(2),
        actor="x",
        action=AuditAction.TRANSFER_CANCELLED,
        transfer_id=4711,
        outcome=TransferState.CANCELLED,
    )

    assert tally_entries([entry]) == {(TRANSITIONS.name, "cancelled", ""): Sum(count=1)}


def test_negative_duration_counts_as_zero(seqs: Iterator[int]) -> None:
    trail = Trail(seqs, sent_at=after(2))

    sums = tally_entries([trail.add(AuditAction.TRANSFER_SENDING, TransferState.SENDING, 2)])

    assert observed(sums, DUE_TO_SENT) == {("", "0.05"): 1, ("", "inf"): 0}
    assert sums[DUE_TO_SENT.name, "", "inf"].total_seconds == 0


def test_duration_above_all_bounds_is_in_the_last_bucket(seqs: Iterator[int]) -> None:
    trail = Trail(seqs, sent_at=after(100))

    sums = tally_entries([trail.add(AuditAction.TRANSFER_SENDING, TransferState.SENDING, 100)])

    assert observed(sums, DUE_TO_SENT) == {("", "inf"): 1}
    assert sums[DUE_TO_SENT.name, "", "inf"].total_seconds == 97


def test_number_of_queries_does_not_grow_with_the_batch(seqs: Iterator[int]) -> None:
    stories = [Trail(seqs, sent_at=after(3.2)) for _ in range(5)]
    entries = [trail.add(AuditAction.TRANSFER_SENDING, TransferState.SENDING, 3.2) for trail in stories]

    with CaptureQueriesContext(connection) as queries:
        tally_entries(entries)

    assert len(queries) == 2
