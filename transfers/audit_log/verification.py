"""Proving that the audit log is as it was recorded, or naming the first entry that is not."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from transfers.audit_log import guard
from transfers.audit_log.anchors import Anchor
from transfers.audit_log.chain_check import ChainCheck
from transfers.audit_log.findings import Finding, Findings
from transfers.audit_log.replay import transfers_unlike_their_entries
from transfers.models import Transfer


@dataclass(frozen=True)
class VerifyReport:
    """What was looked at and what is wrong.

    `transfers` is None when only a part of the chain was verified: its transfers cannot be replayed then.
    `findings` are the first few of `problems` in all.
    """

    first_seq: int
    last_seq: int
    entries: int
    erased_details: int
    transfers: int | None
    anchors: int
    problems: int
    findings: tuple[Finding, ...]

    @property
    def is_clean(self) -> bool:
        """Whether nothing at all was found."""
        return self.problems == 0

    @property
    def first_bad_seq(self) -> int | None:
        """The first entry of the chain that something is wrong with, else the first whose transfer is unlike it."""
        return next((finding.seq for finding in self.findings if finding.seq is not None), None)


def verify(
    *,
    from_seq: int = 1,
    to_seq: int | None = None,
    anchors: Sequence[Anchor] = (),
    found_elsewhere: Iterable[Finding] = (),
) -> VerifyReport:
    """Verify the chain between two seqs, both included, on one snapshot of the database while others go on writing.

    Of the whole chain it also compares each transfer with what its entries say. Anchors outside of the part are left
    out; `found_elsewhere` is told last. Raises django.db.Error when the database does not answer.
    """
    findings = Findings()
    with _one_snapshot():
        check = ChainCheck(from_seq=from_seq, to_seq=to_seq, anchors=anchors)
        findings.extend(check.run())
        transfers = None
        if from_seq == 1 and to_seq is None:
            transfers = Transfer.objects.count()
            findings.extend(transfers_unlike_their_entries())
        names = ", ".join(guard.missing_triggers(connection))
        findings.extend([Finding(None, f"The guard is not in force: {names}.")] if names else [])
    findings.extend(found_elsewhere)
    return VerifyReport(
        first_seq=from_seq,
        last_seq=check.last_seq,
        entries=check.entries,
        erased_details=check.erased_details,
        transfers=transfers,
        anchors=check.anchors_met,
        problems=findings.count,
        findings=tuple(findings.first),
    )


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """Let all reads see one moment, without keeping anybody from writing."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            # It only reads, so it holds nobody up while it reckons or its output waits to be read.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield
    else:
        with connection.cursor() as cursor:
            # `atomic` would begin IMMEDIATE and take the write lock.
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
