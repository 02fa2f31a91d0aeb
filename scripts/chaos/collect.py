"""Gathers what the checker compares, when all is quiet again."""

import subprocess
import time
from collections.abc import Callable

from scripts.chaos.database import Database
from scripts.chaos.evidence import Evidence
from scripts.chaos.person import Person
from scripts.chaos.tenios import Simulator

LAST_POSTS_SECONDS = 3
DETAILS_READ = 20
"""How many transfers' own pages are read, of the newest; the list of all transfers is read whole."""


def collect_evidence(
    *,
    database: Database,
    simulator: Simulator,
    access_key: str,
    reader: Person,
    run_python: Callable[..., subprocess.CompletedProcess[str]],
    sweepers: tuple[str, ...],
) -> Evidence:
    """End all calls, let `reader`, a supervisor, read the pages once more, verify the audit log, and read the rest."""
    simulator.hang_up_all()
    time.sleep(LAST_POSTS_SECONDS)
    reader.read_history()
    for transfer_id in sorted(database.read_states())[-DETAILS_READ:]:
        reader.read_detail(transfer_id)
    audit = run_python("manage.py", "audit_verify")
    return Evidence(
        rows=database.read_rows(),
        requests=simulator.read_ledger(),
        was_answered=simulator.read_legs(access_key),
        stops=database.read_stops(),
        audit_exit_code=audit.returncode,
        audit_report=audit.stdout + audit.stderr,
        sweepers=sweepers,
    )
