"""`manage.py audit_verify`: proves that the audit log was not changed, or names the first entry that was."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from transfers.audit_log.anchors import UnreadableAnchorsError, read_anchors
from transfers.audit_log.findings import Finding
from transfers.audit_log.verification import VerifyReport, verify
from transfers.lifecycle import guard

TAMPERED = 1
CANNOT_TELL = 2


class Command(BaseCommand):
    """Ends with 0 when all is as recorded, 1 when something was changed, 2 when that cannot be told."""

    help = (
        "Verify the audit log: hashes, order, details, erasures, anchors, and each transfer against its entries."
        " Exit code 0: all is as recorded; 1: something was changed; 2: cannot tell."
    )
    requires_system_checks = []  # One that fails would end with 1 and read as tampering.

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--from", dest="from_seq", type=int, default=1, metavar="N", help="first entry, default 1")
        parser.add_argument("--to", dest="to_seq", type=int, metavar="N", help="last entry, which must exist")
        parser.add_argument("--anchors", type=Path, metavar="FILE", help="lines printed by audit_anchor")
        parser.add_argument("--json", action="store_true", help="print the report as one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Verify and print the report."""
        report = self._verify(from_seq=options["from_seq"], to_seq=options["to_seq"], anchors_file=options["anchors"])
        self.stdout.write(_as_json(report) if options["json"] else _as_text(report))
        if not report.is_clean:
            seq = report.first_bad_seq
            where = "it shows at no single entry" if seq is None else f"the first bad entry is {seq}"
            raise CommandError(f"The audit log is not as it was recorded; {where}.", returncode=TAMPERED)

    def _verify(self, *, from_seq: int, to_seq: int | None, anchors_file: Path | None) -> VerifyReport:
        if from_seq < 1 or (to_seq is not None and to_seq < from_seq):
            raise CommandError("--from and --to must name entries in ascending order, from 1.", returncode=CANNOT_TELL)
        try:
            anchors = read_anchors(anchors_file) if anchors_file else []
            return verify(from_seq=from_seq, to_seq=to_seq, anchors=anchors, found_elsewhere=_of_transfer_guard())
        except UnreadableAnchorsError as error:
            raise CommandError(f"Cannot tell: {error}", returncode=CANNOT_TELL) from error
        except Exception as error:
            # Whatever kept us from looking must not read as tampering, nor as proof that all is well.
            kind = error.__class__.__name__
            raise CommandError(
                f"Cannot tell: the audit log could not be read ({kind}).", returncode=CANNOT_TELL
            ) from error


def _of_transfer_guard() -> list[Finding]:
    names = ", ".join(guard.missing_triggers(connection))
    return [Finding(None, f"The guard of the transfers is not in force: {names}.")] if names else []


def _as_json(report: VerifyReport) -> str:
    return json.dumps({**asdict(report), "is_clean": report.is_clean, "first_bad_seq": report.first_bad_seq})


def _as_text(report: VerifyReport) -> str:
    read = f"Entries {report.first_seq} to {report.last_seq}" if report.entries else "No entries"
    lines = [f"{read} read, {report.erased_details} of them with an erased detail; {report.anchors} anchors compared."]
    lines.append(
        "A part was verified: transfers were not compared with their entries."
        if report.transfers is None
        else f"{report.transfers} transfers compared with their entries."
    )
    if not report.anchors:
        lines.append("Without an anchor, a cut tail or a chain rewritten as a whole need not show.")
    lines += [finding.problem for finding in report.findings]
    if report.problems > len(report.findings):
        lines.append(f"… {report.problems - len(report.findings)} more.")
    lines += ["All is as it was recorded."] if report.is_clean else []
    return "\n".join(lines)
