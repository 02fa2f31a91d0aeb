"""`make proofs`: the full measure of every proof, and a page of what they counted.

ONLY=races,chaos picks some; all take some hours. Each figure is printed and written into docs/proofs.md with its
database, day and commit; a proof that is not run keeps its older lines. Exits with 1 when one fails.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scripts.procfile import ROOT

PAGE = ROOT / "docs" / "proofs.md"
LONGEST_SECONDS = 24 * 3600
CHAOS_SEEDS = (1, 2, 3, 4, 5)
CHAOS_TRANSFERS = 1000
DATABASES = ("sqlite", "postgresql")
TESTS = {
    "crash-points": "tests/proofs/crash",
    "state-machine": "tests/proofs/machine",
    "races": "tests/proofs/test_races.py",
    "redelivery": "tests/proofs/test_redelivery.py",
    "numbers": "tests/proofs/test_number_policy.py",
    "sqlite-writers": "tests/proofs/test_sqlite_writers.py",
}
SQLITE_ONLY = {"sqlite-writers"}
_HEAD = """# What the proofs counted

Written by `make proofs`, which plays each proof in its full measure. What each one proves:
[reliability.md](reliability.md).

| proof | database | figure | day | commit |
| --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Figure:
    """One line of the page."""

    proof: str
    database: str
    text: str
    day: str
    commit: str

    def as_row(self) -> str:
        """Return the line as a row of the table."""
        return f"| {self.proof} | {self.database} | {self.text} | {self.day} | {self.commit} |"


def main() -> int:
    """Run the chosen proofs; return 1 when one failed."""
    chosen = os.environ.get("ONLY", "").split(",") if os.environ.get("ONLY") else [*TESTS, "chaos"]
    if unknown := set(chosen) - {*TESTS, "chaos"}:
        print(f"Unknown: {', '.join(sorted(unknown))}. Known: {', '.join([*TESTS, 'chaos'])}.", file=sys.stderr)
        return 2
    failed, commit = [], _commit()
    for proof in chosen:
        for database in DATABASES[:1] if proof in SQLITE_ONLY else DATABASES:
            figures = list(_chaos_figures(database) if proof == "chaos" else _test_figures(proof, database))
            if not figures:
                failed.append(f"{proof} on {database}")
            else:
                _write(proof, database, figures, commit)
    print(f"failed: {', '.join(failed)}" if failed else "every promise was kept")
    return 1 if failed else 0


def _test_figures(proof: str, database: str) -> Iterator[str]:
    """Play one proof of the test suite; yield its figures, or none when it failed."""
    done = _run(
        [
            "make",
            "--no-print-directory",
            f"test-{database}",
            f"ARGS={TESTS[proof]} --session-timeout={LONGEST_SECONDS}",
        ],
        FULL_PROOFS="1",
    )
    if done.returncode == 0:
        yield from re.findall(rf"^{database}: (.+)$", done.stdout, flags=re.MULTILINE)


def _chaos_figures(database: str) -> Iterator[str]:
    """Play the fault injection on each seed; yield one figure a run, or none of any run when one broke a promise."""
    runs = [_run(_CHAOS, SEED=str(seed), TRANSFERS=str(CHAOS_TRANSFERS), DATABASE=database) for seed in CHAOS_SEEDS]
    if all(run.returncode == 0 for run in runs):
        for seed, run in zip(CHAOS_SEEDS, runs, strict=True):
            counts = dict(re.findall(r"^(transfers|faults) +(\d+)", run.stdout, flags=re.MULTILINE))
            yield f"seed {seed}: {counts['transfers']} transfers, {counts['faults']} faults, 0 promises broken"


_CHAOS = [sys.executable, "-m", "scripts.chaos"]


def _run(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command, show what it prints, and return it."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout, flush=True)
    return done


def _write(proof: str, database: str, figures: list[str], commit: str) -> None:
    """Replace the lines of one proof on one database."""
    day = datetime.now(tz=UTC).date().isoformat()
    rows = [row for row in _rows_of(PAGE) if not row.startswith(f"| {proof} | {database} |")]
    rows += [Figure(proof, database, text, day, commit).as_row() for text in figures]
    PAGE.write_text(_HEAD + "\n".join(sorted(rows)) + "\n")


def _rows_of(page: Path) -> list[str]:
    text = page.read_text() if page.exists() else _HEAD
    return text.removeprefix(_HEAD).splitlines()


def _commit() -> str:
    """Return the short id of the commit, marked where files differ from it."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=8"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
