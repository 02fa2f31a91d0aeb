# ruff: noqa: S608 - the SQL of somebody who tampers is put together here from constants
import threading
from collections.abc import Sequence

import pytest
from django.db import connection, transaction
from django.db.models import F, Max

from tests.factories import make_transfer
from transfers import audit_log
from transfers.audit_log import AuditAction, guard, rows
from transfers.audit_log.anchors import Anchor
from transfers.audit_log.chain import GENESIS_HASH, HASHED_FIELDS, hash_entry
from transfers.audit_log.findings import KEPT_FINDINGS
from transfers.audit_log.verification import verify
from transfers.lifecycle import guard as transfer_guard
from transfers.models import AuditDetail, AuditEntry, Transfer, TransferState

STORY = [
    (AuditAction.TRANSFER_REQUESTED, TransferState.REQUESTED),
    (AuditAction.TRANSFER_GRACE_ENDED, TransferState.REQUESTED),
    (AuditAction.TRANSFER_SENDING, TransferState.SENDING),
    (AuditAction.TRANSFER_ACCEPTED, TransferState.ACCEPTED),
    (AuditAction.TRANSFER_RINGING, ""),
    (AuditAction.TRANSFER_ANSWERED, TransferState.ANSWERED),
]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_PAGE", 5)


@pytest.fixture
def transfer(db: None) -> Transfer:
    """A transfer that was answered, told by entries 1 to 6; entries 7 to 12 tell of calls."""
    transfer = make_transfer(state=TransferState.ANSWERED)
    for action, outcome in STORY:
        detail = {"note": str(action)}
        audit_log.record(actor="worker", action=action, transfer_id=transfer.pk, outcome=outcome, detail=detail)
    for number in range(6):
        audit_log.record(actor="worker", action=AuditAction.CALL_TAKEN, call_id=number, detail={"n": number})
    return transfer


def tamper(*statements: str) -> None:
    """Do what somebody could who owns the database: switch the guard off, change, switch it on."""
    connection.check_constraints()
    guard.remove(connection)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    guard.install(connection)


def delete_entries(condition: str) -> Sequence[str]:
    return (
        f"DELETE FROM transfers_auditdetail WHERE {condition.replace('seq', 'entry_id')}",
        f"DELETE FROM transfers_auditentry WHERE {condition}",
    )


def rewrite_from(first: int, **changes: object) -> None:
    """Change one entry and forge all hashes after it, so that the chain fits again."""
    connection.check_constraints()
    guard.remove(connection)
    AuditEntry.objects.filter(seq=first).update(**changes)
    previous = AuditEntry.objects.filter(seq=first - 1).values_list("hash", flat=True).first() or GENESIS_HASH
    for fields in list(AuditEntry.objects.filter(seq__gte=first).order_by("seq").values(*HASHED_FIELDS)):
        fields["prev_hash"] = previous
        previous = hash_entry(fields)
        AuditEntry.objects.filter(seq=fields["seq"]).update(prev_hash=fields["prev_hash"], hash=previous)
    guard.install(connection)


def anchor_at(seq: int) -> Anchor:
    return Anchor(seq=seq, hash=AuditEntry.objects.get(seq=seq).hash)


def test_untouched_chain_is_clean(transfer: Transfer) -> None:
    report = verify(anchors=[anchor_at(4), anchor_at(12)])

    assert report.is_clean
    assert report.findings == ()
    assert (report.entries, report.last_seq, report.transfers, report.anchors) == (12, 12, 1, 2)


def test_empty_chain_is_clean(db: None) -> None:
    report = verify()

    assert report.is_clean
    assert (report.entries, report.last_seq) == (0, 0)


@pytest.mark.parametrize("seq", [1, 5, 6, 12])
@pytest.mark.parametrize(
    "change",
    [
        "actor = 'forger'",
        "action = 'transfer_rejected'",
        "outcome = 'rejected'",
        "transfer_id = 4711",
        "call_id = 4711",
        "recorded_at = '2020-01-01 00:00:00'",
        f"detail_commit = '{'0' * 64}'",
        f"prev_hash = '{'f' * 64}'",
        f"hash = '{'0' * 64}'",
    ],
)
def test_changed_column_of_any_entry_is_found_at_that_entry(transfer: Transfer, seq: int, change: str) -> None:
    tamper(f"UPDATE transfers_auditentry SET {change} WHERE seq = {seq}")

    report = verify()

    assert report.first_bad_seq == seq


def test_entry_that_was_changed_with_its_hash_is_found_at_its_successor(transfer: Transfer) -> None:
    tamper("UPDATE transfers_auditentry SET actor = 'forger' WHERE seq = 7")
    fields = AuditEntry.objects.values(*HASHED_FIELDS).get(seq=7)
    tamper(f"UPDATE transfers_auditentry SET hash = '{hash_entry(fields)}' WHERE seq = 7")

    report = verify()

    assert [finding.seq for finding in report.findings] == [8]
    assert report.findings[0].problem == "Entry 8 is not tied to entry 7: one of them was changed."


@pytest.mark.parametrize(
    ("condition", "seq", "problem"),
    [
        ("seq = 1", 1, "Entry 1 is missing."),
        ("seq = 5", 5, "Entry 5 is missing."),
        ("seq BETWEEN 4 AND 9", 4, "Entries 4 to 9 are missing."),
    ],
)
def test_deleted_entries_are_found(transfer: Transfer, condition: str, seq: int, problem: str) -> None:
    tamper(*delete_entries(condition))

    report = verify()

    assert report.first_bad_seq == seq
    assert report.findings[0].problem == problem


def test_swapped_entries_are_found(transfer: Transfer) -> None:
    tamper(
        "UPDATE transfers_auditentry SET seq = 1000 WHERE seq = 8",
        "UPDATE transfers_auditentry SET seq = 8 WHERE seq = 9",
        "UPDATE transfers_auditentry SET seq = 9 WHERE seq = 1000",
    )

    report = verify()

    assert report.first_bad_seq == 8
    assert {finding.seq for finding in report.findings} == {8, 9, 10}


@pytest.mark.parametrize(("seq", "named"), [(13, 13), (20, 13), (0, None), (-3, None)])
def test_inserted_entry_is_found(transfer: Transfer, seq: int, named: int | None) -> None:
    tamper(
        f"INSERT INTO transfers_auditentry SELECT {seq}, recorded_at, actor, action, {transfer.pk}, call_id, outcome,"
        " detail_commit, prev_hash, hash FROM transfers_auditentry WHERE seq = 12"
    )

    report = verify()

    assert not report.is_clean
    assert report.first_bad_seq == named
    assert named is not None or report.findings[0].problem.endswith(f"its seq is {seq}.")


def test_cut_tail_is_found_by_an_anchor(transfer: Transfer) -> None:
    anchor = anchor_at(11)
    tamper(*delete_entries("seq > 8"))

    assert verify().is_clean
    report = verify(anchors=[anchor])

    assert [(finding.seq, finding.problem) for finding in report.findings] == [(9, "Entries 9 to 11 are missing.")]


def test_cut_tail_of_a_transfer_is_found_without_an_anchor(transfer: Transfer) -> None:
    tamper(*delete_entries("seq > 3"))

    report = verify()

    assert report.first_bad_seq == 3
    assert report.findings[0].problem == f"Transfer {transfer.pk} is answered, but its last entry, 3, says sending."


def test_rewritten_chain_is_found_by_the_first_anchor_after_the_change(transfer: Transfer) -> None:
    anchors = [anchor_at(3), anchor_at(9), anchor_at(12)]
    rewrite_from(8, actor="forger")

    assert verify().is_clean
    report = verify(anchors=anchors)

    assert [finding.seq for finding in report.findings] == [9, 12]


def test_anchor_of_a_deleted_entry_counts_as_met(transfer: Transfer) -> None:
    anchors = [anchor_at(5), anchor_at(12)]
    tamper(*delete_entries("seq = 5"))

    report = verify(anchors=anchors)

    assert report.anchors == 2
    assert report.first_bad_seq == 5


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transfers_auditdetail SET payload = '{\"n\":9}' WHERE entry_id = 9",
        f"UPDATE transfers_auditdetail SET salt = '{'0' * 64}' WHERE entry_id = 9",
        "UPDATE transfers_auditdetail SET salt = 'no hex digits' WHERE entry_id = 9",
        "UPDATE transfers_auditdetail SET salt = '' WHERE entry_id = 9",
        "DELETE FROM transfers_auditdetail WHERE entry_id = 9",
    ],
)
def test_changed_or_missing_detail_is_found(transfer: Transfer, statement: str) -> None:
    tamper(statement)

    report = verify()

    assert [finding.seq for finding in report.findings] == [9]
    assert "The detail of entry 9" in report.findings[0].problem


def test_swapped_details_are_found(transfer: Transfer) -> None:
    payload = AuditDetail.objects.get(pk=7)
    tamper(
        "UPDATE transfers_auditdetail SET (salt, payload) ="
        " (SELECT salt, payload FROM transfers_auditdetail WHERE entry_id = 10) WHERE entry_id = 7",
        f"UPDATE transfers_auditdetail SET salt = '{payload.salt}', payload = '{payload.payload}' WHERE entry_id = 10",
    )

    report = verify()

    assert [finding.seq for finding in report.findings] == [7, 10]


def test_detail_deleted_beside_the_named_ones_is_found(transfer: Transfer) -> None:
    audit_log.erase_details(actor="beat", rule="90 days", seqs=[1, 2, 5, 6])
    AuditDetail.objects.filter(pk__in=[3, 11]).delete()

    report = verify()

    assert [finding.seq for finding in report.findings] == [3, 11]
    assert report.erased_details == 6


def test_erasure_does_not_cover_its_own_detail_or_later_ones(transfer: Transfer) -> None:
    detail = {"ranges": [[1, 100]], "rule": "everything"}
    audit_log.record(actor="forger", action=AuditAction.AUDIT_DETAIL_ERASED, detail=detail)
    audit_log.record(actor="worker", action=AuditAction.CALL_TAKEN)
    AuditDetail.objects.filter(pk=14).delete()

    assert [finding.seq for finding in verify().findings] == [14]

    AuditDetail.objects.filter(pk=13).delete()

    assert [finding.seq for finding in verify().findings] == [13, 14]


@pytest.mark.parametrize("detail", [{}, {"ranges": 5}, {"ranges": [[1]]}, {"ranges": [["a", "b"]]}, {"ranges": [5]}])
def test_erasure_that_names_no_ranges_covers_nothing(transfer: Transfer, detail: dict[str, object]) -> None:
    AuditDetail.objects.filter(pk=4).delete()
    audit_log.record(actor="forger", action=AuditAction.AUDIT_DETAIL_ERASED, detail=detail)

    report = verify()

    assert [finding.seq for finding in report.findings] == [4]


def test_changed_erasure_covers_nothing(transfer: Transfer) -> None:
    audit_log.erase_details(actor="beat", rule="90 days", seqs=[2])
    tamper("UPDATE transfers_auditdetail SET payload = '{\"ranges\":[[1,12]]}' WHERE entry_id = 13")
    AuditDetail.objects.filter(pk=4).delete()

    report = verify()

    assert [finding.seq for finding in report.findings] == [2, 4, 13]


def test_transfer_whose_row_was_changed_is_found_at_its_last_entry(transfer: Transfer) -> None:
    transfer_guard.remove(connection)
    Transfer.objects.filter(pk=transfer.pk).update(state=TransferState.REJECTED)

    report = verify()

    assert [(finding.seq, finding.problem) for finding in report.findings] == [
        (6, f"Transfer {transfer.pk} is rejected, but its last entry, 6, says answered.")
    ]


def test_transfer_without_entries_is_found(transfer: Transfer) -> None:
    silent = make_transfer()
    audit_log.record(actor="tenios", action=AuditAction.TRANSFER_RINGING, transfer_id=silent.pk)

    report = verify()

    assert [finding.problem for finding in report.findings] == [
        f"Transfer {silent.pk} is requested, and no entry says how it came to be."
    ]
    assert report.first_bad_seq is None


def test_entries_outlive_their_transfer(transfer: Transfer) -> None:
    transfer.delete()

    report = verify()

    assert report.is_clean
    assert report.transfers == 0


UNREADABLE = {
    "sqlite": [
        "UPDATE transfers_auditentry SET recorded_at = 'yesterday' WHERE seq = 8",
        "UPDATE transfers_auditentry SET recorded_at = '2026-99-99 00:00:00' WHERE seq = 8",
        "UPDATE transfers_auditentry SET recorded_at = 5 WHERE seq = 8",
        "UPDATE transfers_auditentry SET actor = X'ff00' WHERE seq = 8",
        "UPDATE transfers_auditentry SET actor = CAST(X'ff00' AS TEXT) WHERE seq = 8",
        "UPDATE transfers_auditentry SET call_id = 'not a number' WHERE seq = 8",
        "UPDATE transfers_auditdetail SET payload = X'ff' WHERE entry_id = 8",
        "UPDATE transfers_auditdetail SET payload = CAST(X'ff' AS TEXT) WHERE entry_id = 8",
    ],
    "postgresql": [
        "UPDATE transfers_auditentry SET recorded_at = 'infinity' WHERE seq = 8",
        "UPDATE transfers_auditentry SET recorded_at = '0044-03-15 BC' WHERE seq = 8",
    ],
}


@pytest.mark.parametrize("statement", UNREADABLE[connection.vendor])
def test_value_that_our_code_cannot_write_is_found(transfer: Transfer, statement: str) -> None:
    tamper(statement)

    report = verify()

    assert report.first_bad_seq == 8
    assert {finding.seq for finding in report.findings} == {8}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="other databases hold numbers only in such a column")
@pytest.mark.parametrize("seq", ["'last'", "12.5"])
def test_seq_that_is_no_integer_is_found(transfer: Transfer, seq: str) -> None:
    tamper(
        "UPDATE transfers_auditentry SET recorded_at = 'yesterday' WHERE seq = 12",
        f"INSERT INTO transfers_auditentry SELECT {seq}, recorded_at, actor, action, transfer_id, call_id, outcome,"
        " detail_commit, prev_hash, hash FROM transfers_auditentry WHERE seq = 12",
    )

    report = verify()

    assert [finding.seq for finding in report.findings] == [12, None]
    assert report.findings[1].problem.startswith("An entry stands where none can be")


def test_part_of_the_chain_is_verified_from_its_predecessor_on(transfer: Transfer) -> None:
    report = verify(from_seq=4, to_seq=9, anchors=[anchor_at(3), anchor_at(9), anchor_at(12)])

    assert report.is_clean
    assert (report.first_seq, report.last_seq, report.entries) == (4, 9, 6)
    assert (report.transfers, report.anchors) == (None, 1)


def test_damage_outside_of_the_part_is_not_reported(transfer: Transfer) -> None:
    tamper("UPDATE transfers_auditentry SET actor = 'forger' WHERE seq IN (2, 11)")

    assert verify(from_seq=4, to_seq=9).is_clean
    assert verify(from_seq=2, to_seq=2).first_bad_seq == 2
    assert verify(from_seq=10).first_bad_seq == 11


@pytest.mark.parametrize(
    ("from_seq", "to_seq", "problem"),
    [
        (11, 15, "Entries 13 to 15 are missing."),
        (1, 13, "Entry 13 is missing."),
        (20, None, "Entry 19 is missing."),
    ],
)
def test_part_beyond_the_end_is_missing(transfer: Transfer, from_seq: int, to_seq: int | None, problem: str) -> None:
    report = verify(from_seq=from_seq, to_seq=to_seq)

    assert [finding.problem for finding in report.findings] == [problem]


def test_part_is_tied_to_its_predecessor(transfer: Transfer) -> None:
    tamper(f"UPDATE transfers_auditentry SET hash = '{'0' * 64}' WHERE seq = 6")

    report = verify(from_seq=7)

    assert [finding.seq for finding in report.findings] == [7]


def test_report_counts_all_findings_and_keeps_the_first_few(transfer: Transfer) -> None:
    for _ in range(20):
        audit_log.record(actor="worker", action=AuditAction.CALL_TAKEN)
    tamper("UPDATE transfers_auditentry SET actor = 'forger'")

    report = verify()

    assert report.problems == 32
    assert len(report.findings) == KEPT_FINDINGS
    assert report.first_bad_seq == 1


def test_verifying_while_others_write_raises_no_false_alarm(committed_db: None) -> None:
    is_over = threading.Event()

    def keep_writing() -> None:
        try:
            while not is_over.is_set():
                with transaction.atomic():
                    transfer = make_transfer(agent=None)
                    for action, outcome in STORY:
                        Transfer.objects.filter(pk=transfer.pk).update(state=outcome or F("state"))
                        audit_log.record(actor="worker", action=action, transfer_id=transfer.pk, outcome=outcome)
        finally:
            connection.close()

    writers = [threading.Thread(target=keep_writing) for _ in range(2)]
    for writer in writers:
        writer.start()
    reports = [verify() for _ in range(15)]
    is_over.set()
    for writer in writers:
        writer.join()

    assert [finding for report in reports for finding in report.findings] == []
    assert (AuditEntry.objects.aggregate(last=Max("seq"))["last"] or 0) > reports[0].last_seq
