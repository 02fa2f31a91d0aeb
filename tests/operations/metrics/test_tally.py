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


class Story:
    """Writes the entries of one transfer, without the chain's hashes: the tally does not look at them."""

    def __init__(self, seqs: Iterator[int], **times: Any) -> None:
        self.seqs = seqs
        self.transfer = make_transfer(requested_at=CLICK, **{"due_at": after(3), **times})

    def tell(self, action: AuditAction, outcome: str, seconds: float) -> AuditEntry:
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


def test_an_answered_transfer_counts_each_step_and_each_duration(seqs: Iterator[int]) -> None:
    story = Story(seqs, sent_at=after(3.2), accepted_at=after(3.9), settled_at=after(12))
    entries = [
        story.tell(AuditAction.TRANSFER_REQUESTED, TransferState.REQUESTED, 0),
        story.tell(AuditAction.TRANSFER_SENDING, TransferState.SENDING, 3.2),
        story.tell(AuditAction.TRANSFER_ACCEPTED, TransferState.ACCEPTED, 3.9),
        story.tell(AuditAction.TRANSFER_RINGING, "", 5),
        story.tell(AuditAction.TRANSFER_ANSWERED, TransferState.ANSWERED, 12),
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


def test_only_the_first_verdict_tells_how_long_the_request_took(seqs: Iterator[int]) -> None:
    story = Story(seqs, sent_at=after(3.2), accepted_at=after(40), settled_at=after(41))
    entries = [
        story.tell(AuditAction.TRANSFER_SENDING, TransferState.SENDING, 3.2),
        story.tell(AuditAction.TRANSFER_UNKNOWN, TransferState.UNKNOWN, 9.3),
        story.tell(AuditAction.TRANSFER_ACCEPTED, TransferState.ACCEPTED, 40),
    ]

    assert observed(tally_entries(entries), SENT_TO_VERDICT) == {("unknown", "7"): 1, ("unknown", "inf"): 0}


def test_batches_do_not_change_the_tally(seqs: Iterator[int]) -> None:
    one = Story(seqs, sent_at=after(3.2), accepted_at=after(3.9), settled_at=after(12))
    two = Story(seqs, sent_at=after(3.1), settled_at=after(3.5))
    entries = [
        one.tell(AuditAction.TRANSFER_SENDING, TransferState.SENDING, 3.2),
        two.tell(AuditAction.TRANSFER_SENDING, TransferState.SENDING, 3.3),
        two.tell(AuditAction.TRANSFER_REJECTED, TransferState.REJECTED, 3.6),
        one.tell(AuditAction.TRANSFER_ACCEPTED, TransferState.ACCEPTED, 3.9),
        one.tell(AuditAction.TRANSFER_ANSWERED, TransferState.ANSWERED, 12),
    ]

    whole = tally_entries(entries)
    pieces: dict[Key, Sum] = {}
    for entry in entries:
        for key, added in tally_entries([entry]).items():
            so_far = pieces.setdefault(key, Sum())
            so_far.count += added.count
            so_far.total_seconds += added.total_seconds

    assert pieces == whole


def test_a_hurried_transfer_takes_no_step(seqs: Iterator[int]) -> None:
    story = Story(seqs)

    assert tally_entries([story.tell(AuditAction.TRANSFER_HURRIED, TransferState.REQUESTED, 1)]) == {}


def test_what_is_not_about_a_transfer_counts_nothing(seqs: Iterator[int]) -> None:
    entry = AuditEntry.objects.create(seq=next(seqs), recorded_at=CLICK, actor="x", action=AuditAction.HISTORY_EXPORTED)

    assert tally_entries([entry]) == {}


def test_a_transfer_that_is_gone_still_counts_its_steps(seqs: Iterator[int]) -> None:
    entry = AuditEntry.objects.create(
        seq=next(seqs),
        recorded_at=after(2),
        actor="x",
        action=AuditAction.TRANSFER_CANCELLED,
        transfer_id=4711,
        outcome=TransferState.CANCELLED,
    )

    assert tally_entries([entry]) == {(TRANSITIONS.name, "cancelled", ""): Sum(count=1)}


def test_a_clock_that_went_back_makes_a_duration_of_nothing(seqs: Iterator[int]) -> None:
    story = Story(seqs, sent_at=after(2))

    sums = tally_entries([story.tell(AuditAction.TRANSFER_SENDING, TransferState.SENDING, 2)])

    assert observed(sums, DUE_TO_SENT) == {("", "0.05"): 1, ("", "inf"): 0}
    assert sums[DUE_TO_SENT.name, "", "inf"].total_seconds == 0


def test_what_is_longer_than_all_bounds_is_above_them(seqs: Iterator[int]) -> None:
    story = Story(seqs, sent_at=after(100))

    sums = tally_entries([story.tell(AuditAction.TRANSFER_SENDING, TransferState.SENDING, 100)])

    assert observed(sums, DUE_TO_SENT) == {("", "inf"): 1}
    assert sums[DUE_TO_SENT.name, "", "inf"].total_seconds == 97


def test_a_batch_costs_two_queries_however_long_it_is(seqs: Iterator[int]) -> None:
    stories = [Story(seqs, sent_at=after(3.2)) for _ in range(5)]
    entries = [story.tell(AuditAction.TRANSFER_SENDING, TransferState.SENDING, 3.2) for story in stories]

    with CaptureQueriesContext(connection) as queries:
        tally_entries(entries)

    assert len(queries) == 2
