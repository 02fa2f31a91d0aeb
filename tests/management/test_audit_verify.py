import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from transfers import audit_log
from transfers.audit_log import AuditAction, guard


@pytest.fixture
def chain(db: None) -> None:
    for number in range(5):
        audit_log.record(actor="worker", action=AuditAction.CALL_TAKEN, detail={"n": number})
    connection.check_constraints()


def run(*arguments: str) -> tuple[int, str, str]:
    """Run the command; give its exit code, what it printed and what it complained about."""
    printed = StringIO()
    try:
        call_command("audit_verify", *arguments, stdout=printed)
    except CommandError as error:
        return error.returncode, printed.getvalue(), str(error)
    return 0, printed.getvalue(), ""


def forge(seq: int) -> None:
    guard.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE transfers_auditentry SET actor = 'forger' WHERE seq = %s", [seq])
    guard.install(connection)


def anchors_file(folder: Path, *lines: str) -> str:
    path = folder / "anchors.jsonl"
    path.write_text("\n".join(lines))
    return str(path)


def test_untouched_log_ends_with_zero_and_says_what_was_read(chain: None) -> None:
    code, printed, _ = run()

    assert code == 0
    assert printed.splitlines() == [
        "Entries 1 to 5 read, 0 of them with an erased detail; 0 anchors compared.",
        "0 transfers compared with their entries.",
        "Without an anchor, a cut tail or a chain rewritten as a whole need not show.",
        "All is as it was recorded.",
    ]


def test_changed_entry_ends_with_one_and_is_named(chain: None) -> None:
    forge(3)

    code, printed, complaint = run()

    assert code == 1
    assert "Entry 3 was changed: its hash is not that of its content." in printed
    assert "All is as it was recorded" not in printed
    assert complaint == "The audit log is not as it was recorded; the first bad entry is 3."


def test_switched_off_guard_ends_with_one(chain: None) -> None:
    guard.remove(connection)

    code, printed, complaint = run()

    assert code == 1
    assert "The guard is not in force: audit_" in printed
    assert complaint == "The audit log is not as it was recorded; it shows at no single entry."


def test_report_as_json_is_one_object(chain: None) -> None:
    forge(2)

    code, printed, _ = run("--json")

    report = json.loads(printed)
    assert code == 1
    assert (report["is_clean"], report["first_bad_seq"], report["entries"]) == (False, 2, 5)
    assert report["findings"] == [
        {"seq": 2, "problem": "Entry 2 was changed: its hash is not that of its content."},
    ]


def test_part_says_that_transfers_were_left_out(chain: None) -> None:
    forge(5)

    code, printed, _ = run("--from", "2", "--to", "4")

    assert code == 0
    assert printed.startswith("Entries 2 to 4 read")
    assert "A part was verified: transfers were not compared with their entries." in printed


def test_printed_anchor_is_met_by_the_chain_it_was_taken_from(chain: None, tmp_path: Path) -> None:
    line = StringIO()
    call_command("audit_anchor", stdout=line)
    audit_log.record(actor="worker", action=AuditAction.CALL_TAKEN)

    code, printed, _ = run("--anchors", anchors_file(tmp_path, line.getvalue(), ""))

    assert code == 0
    assert "1 anchors compared" in printed


def test_anchor_of_another_chain_ends_with_one(chain: None, tmp_path: Path) -> None:
    other = json.dumps({"seq": 4, "hash": "0" * 64, "recorded_at": "2026-05-03T12:00:00.000000+00:00"})

    code, _, complaint = run("--anchors", anchors_file(tmp_path, other))

    assert code == 1
    assert complaint.endswith("the first bad entry is 4.")


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        "7",
        '{"seq": 4}',
        '{"seq": "4", "hash": "' + "0" * 64 + '"}',
        '{"seq": true, "hash": "' + "0" * 64 + '"}',
        '{"seq": 0, "hash": "' + "0" * 64 + '"}',
        '{"seq": 4, "hash": "short"}',
        "[" * 100_000,
    ],
    ids=range(9),
)
def test_line_that_is_no_anchor_ends_with_two(chain: None, tmp_path: Path, line: str) -> None:
    code, printed, complaint = run("--anchors", anchors_file(tmp_path, "", line))

    assert (code, printed) == (2, "")
    assert complaint == "Cannot tell: Line 2 of the file of anchors is no anchor."


def test_unreadable_file_of_anchors_ends_with_two(chain: None, tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")

    assert run("--anchors", str(tmp_path / "missing"))[0] == 2
    assert run("--anchors", str(tmp_path))[0] == 2
    assert run("--anchors", str(tmp_path / "binary"))[0] == 2


@pytest.mark.parametrize("arguments", [("--from", "0"), ("--from", "5", "--to", "4")])
def test_impossible_part_ends_with_two(chain: None, arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2


@pytest.mark.parametrize("url", ["postgres://nobody:secret@127.0.0.1:9/none", "sqlite:///{folder}/empty.sqlite3"])
def test_database_that_cannot_be_read_ends_with_two(tmp_path: Path, url: str) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": url.format(folder=tmp_path),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }

    done = subprocess.run(
        [sys.executable, "manage.py", "audit_verify"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.strip() == "CommandError: Cannot tell: the audit log could not be read (OperationalError)."
