from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection, transaction

from tests.factories import make_transfer
from transfers import audit_log
from transfers.audit_log import AuditAction, guard
from transfers.audit_log.trail_check import check_trail
from transfers.models import AuditDetail, AuditEntry, Transfer, User


@pytest.fixture
def transfer(ada: User) -> Transfer:
    """A transfer with entries 2 and 4 of five."""
    transfer = make_transfer(agent=ada)
    for transfer_id in (0, transfer.pk, 0, transfer.pk, 0):
        record(transfer_id)
    return transfer


def record(transfer_id: int) -> AuditEntry:
    with transaction.atomic():
        return audit_log.record(
            actor="worker", action=AuditAction.TRANSFER_ACCEPTED, transfer_id=transfer_id, detail={"note": "Gas"}
        )


def test_entries_as_recorded_are_found_intact(transfer: Transfer) -> None:
    report = check_trail(transfer.pk)

    assert report is not None
    assert (report.entries, report.first_seq, report.last_seq) == (2, 2, 4)
    assert report.last_hash == AuditEntry.objects.get(seq=4).hash
    assert report.bad_seqs == ()
    assert not report.is_contiguous
    assert replace(report, last_seq=3).is_contiguous


def test_the_very_first_entry_is_tied_to_nothing(ada: User) -> None:
    transfer = make_transfer(agent=ada)
    record(transfer.pk)

    report = check_trail(transfer.pk)

    assert report is not None
    assert report.bad_seqs == ()


@pytest.mark.parametrize(
    ("tamper", "bad"),
    [
        (lambda: AuditEntry.objects.filter(seq=2).update(actor="sweeper"), (2,)),
        (lambda: AuditEntry.objects.filter(seq=2).update(hash="0" * 64), (2,)),
        (lambda: AuditEntry.objects.filter(seq=3).update(hash="0" * 64), (4,)),
        (lambda: AuditEntry.objects.filter(seq=3).update(prev_hash="0" * 64), (2,)),
        (lambda: AuditEntry.objects.filter(seq=3).delete(), (4,)),
        (lambda: AuditDetail.objects.filter(pk=4).update(payload='{"note":"Wasser"}'), (4,)),
    ],
    ids=["entry", "hash", "hash before", "tie after", "gap", "detail"],
)
def test_a_changed_entry_is_named(transfer: Transfer, tamper: Callable[[], object], bad: tuple[int, ...]) -> None:
    guard.remove(connection)
    AuditDetail.objects.filter(pk=3).delete()
    tamper()

    report = check_trail(transfer.pk)

    assert report is not None
    assert report.bad_seqs == bad


def test_an_erased_detail_is_counted_and_is_no_problem(transfer: Transfer) -> None:
    audit_log.erase_details(actor="beat", rule="90 days", seqs=[2])

    report = check_trail(transfer.pk)

    assert report is not None
    assert report.bad_seqs == ()
    assert report.erased_details == 1


def test_a_transfer_without_entries_has_no_report(ada: User) -> None:
    assert check_trail(make_transfer(agent=ada).pk) is None
