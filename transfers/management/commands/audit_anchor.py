"""`manage.py audit_anchor`: the head of the audit chain as one line, to be kept elsewhere."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from transfers.audit_log.anchors import head_as_line


class Command(BaseCommand):
    """Prints one JSON line."""

    help = (
        "Print the last entry of the audit log as one JSON line: seq, hash, recorded_at. Append it to a file on another"
        " host; audit_verify --anchors reads such a file."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print the line; an empty audit log has nothing to anchor."""
        line = head_as_line()
        if not line:
            raise CommandError("The audit log has no entry yet.")
        self.stdout.write(line)
