"""Reads the final state after the last fault, when no transfer is under way any more."""

import time

from scripts.chaos.final_state import FinalState
from scripts.chaos.simulator import Simulator
from scripts.chaos.system import System
from scripts.chaos.workload.client import Client

LAST_EVENTS_SECONDS = 3
DETAIL_PAGES_READ = 20
"""The newest transfers whose detail pages are read; the list of all transfers is read completely."""


def collect_final_state(
    *,
    system: System,
    simulator: Simulator,
    reader: Client,
    sweepers: tuple[str, ...],
) -> FinalState:
    """End all calls, read the pages once more as the supervisor `reader`, verify the audit log, and read the rest."""
    database = system.database
    simulator.hang_up_all()
    time.sleep(LAST_EVENTS_SECONDS)
    reader.read_history()
    for transfer_id in sorted(database.read_states())[-DETAIL_PAGES_READ:]:
        reader.read_detail(transfer_id)
    audit = system.run_python("manage.py", "audit_verify")
    return FinalState(
        rows=database.read_rows(),
        requests=simulator.read_ledger(),
        was_answered=simulator.read_legs(system.stack.env["TENIOS_ACCESS_KEY"]),
        stops=database.read_stops(),
        audit_exit_code=audit.returncode,
        audit_report=audit.stdout + audit.stderr,
        sweepers=sweepers,
    )
