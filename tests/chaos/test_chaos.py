"""A short run of `make chaos` on each database: everything around the transfers breaks, no promise does."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.procfile import ROOT
from tests.proofs.figures import report

LONGEST_SECONDS = 600
# A busy machine plays fewer calls in this time, and no promise is about how many.
SECONDS_OF_CALLS = 120
ORDERS = {"SEED": "20", "TRANSFERS": "40", "AGENTS": "10", "CALL_SECONDS": str(SECONDS_OF_CALLS)}


def count_in(output: str, pattern: str) -> int:
    found = re.search(pattern, output, flags=re.MULTILINE)
    assert found, output
    return int(found[1])


@pytest.mark.flow
@pytest.mark.timeout(LONGEST_SECONDS + 20)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_no_promise_is_broken_while_everything_around_the_transfers_breaks(database: str, tmp_path: Path) -> None:
    environment = os.environ | ORDERS | {"DATABASE": database, "CHAOS_DIR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-m", "scripts.chaos"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    transfers = count_in(done.stdout, r"^transfers +(\d+)")
    moved = count_in(done.stdout, r"^requests +\d+, (\d+) moved")
    faults = count_in(done.stdout, r"^faults +(\d+)")
    assert min(transfers, moved, faults) > 0
    report(f"chaos on {database}: {transfers} transfers, {moved} moved, {faults} faults: 0 promises broken")
