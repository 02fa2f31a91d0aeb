import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from transfers import audit_log
from transfers.audit_log import AuditAction


def test_head_is_printed_as_one_line(db: None) -> None:
    audit_log.record(actor="worker", action=AuditAction.CALL_TAKEN)
    head = audit_log.record(actor="worker", action=AuditAction.CALL_TAKEN)
    printed = StringIO()

    call_command("audit_anchor", stdout=printed)

    assert printed.getvalue().count("\n") == 1
    assert json.loads(printed.getvalue()) == {
        "seq": 2,
        "hash": head.hash,
        "recorded_at": head.recorded_at.isoformat(timespec="microseconds"),
    }


def test_empty_log_has_nothing_to_anchor(db: None) -> None:
    with pytest.raises(CommandError, match="no entry yet"):
        call_command("audit_anchor")
