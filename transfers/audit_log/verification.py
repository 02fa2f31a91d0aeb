"""Verifies that the audit log is as it was recorded, and names the first entry that is not."""

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
    """What was verified and what is wrong.

    `transfers` is None if only a part of the chain was verified, because transfers cannot be compared then.
    `findings` are the first few of all `problems`.
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
        """Whether no problem was found."""
        return self.problems == 0

    @property
    def first_bad_seq(self) -> int | None:
        """The seq of the first finding that names an entry; None if no finding does."""
        return next((finding.seq for finding in self.findings if finding.seq is not None), None)


def verify(
    *,
    from_seq: int = 1,
    to_seq: int | None = None,
    anchors: Sequence[Anchor] = (),
    found_elsewhere: Iterable[Finding] = (),
) -> VerifyReport:
    """Verify the chain between two seqs, both included, on one snapshot, while other processes keep writing.

    If that is the whole chain, each transfer is compared with its entries as well. Anchors outside of the part are
    ignored. `found_elsewhere` is added at the end. Raises django.db.Error if the database does not answer.
    """
    findings, transfers = Findings(), None
    with _one_snapshot():
        check = ChainCheck(from_seq=from_seq, to_seq=to_seq, anchors=anchors)
        findings.extend(check.run())
        if from_seq == 1 and to_seq is None:
            transfers = Transfer.objects.count()
            findings.extend(transfers_unlike_their_entries())
        findings.extend(_missing_triggers())
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


def _missing_triggers() -> Iterator[Finding]:
    names = ", ".join(guard.missing_triggers(connection))
    if names:
        yield Finding(None, f"The guard is not in force: {names}.")


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """Let all queries read one snapshot, without blocking writers."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            # It only reads, so it blocks no other process while it computes, or while its output waits for a reader.
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
