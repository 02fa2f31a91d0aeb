"""`make test`: the whole suite on SQLite and, where a server binary is found, at the same time on PostgreSQL.

Slow stories that no database changes are told once, where both are tested: each says on which (`told_on_...`).

    python -m scripts.run_tests [pytest's arguments]

FULL_PROOFS=1 in the environment gives `tests/proofs` their full measure, which takes up to some hours.

What could not be run and why is said before; the closing lines of both runs stand at the end, a failed run's last.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from scripts.chromium import ChromiumNotFound, ensure_chromium
from scripts.embedded_postgres import running_postgres
from scripts.messages.catalogue import compile_catalogues
from scripts.postgres_binaries import PostgresNotAvailable
from scripts.procfile import ROOT
from scripts.pytest_run import PytestRun
from scripts.stack.environment import inherited_environment

TEST_DIR = ROOT / "var" / "test"
WHOLE_RUN_SECONDS = 6 * 3600 if os.environ.get("FULL_PROOFS") == "1" else 40 * 60


def main() -> int:
    """Run the suite. Return 0 only when every run was good."""
    compile_catalogues()
    arguments = sys.argv[1:]
    environment = inherited_environment(with_settings=False) | browser_environment()
    with ExitStack() as resources:
        sqlite = f"sqlite:///{database_file('sqlite')}"
        try:
            postgresql = resources.enter_context(running_postgres(log_path=TEST_DIR / "postgres-server.log"))
            runs = [
                make_run("SQLite", sqlite, ["-m", "not told_on_postgresql", *arguments], environment),
                make_run("PostgreSQL", postgresql, ["-m", "not told_on_sqlite", *arguments], environment),
            ]
        except PostgresNotAvailable as error:
            print(f"Not tested on PostgreSQL: {error}", flush=True)
            runs = [make_run("SQLite", sqlite, arguments, environment)]
        for run in runs:
            resources.callback(run.stop)
            run.start()
        print(f"Testing on {' and '.join(run.name for run in runs)} at the same time.", flush=True)
        for number, run in enumerate(runs):
            run.wait(seconds=WHOLE_RUN_SECONDS, show=number == 0)
    for run in runs[1:]:
        print(f"\nOutput of the run on {run.name}:\n{run.output}", flush=True)
    print_closing_lines(runs)
    return 0 if all(run.is_good for run in runs) else 1


def browser_environment() -> dict[str, str]:
    """Return where the browser is, or why there is none: the browser tests then skip with that reason."""
    try:
        return {"CHROMIUM_PATH": str(ensure_chromium())}
    except ChromiumNotFound as error:
        print(f"Browser tests are left out: {error}", flush=True)
        return {"NO_CHROMIUM_REASON": str(error)}


def database_file(name: str) -> Path:
    """Return the SQLite file of a run, with its folder made."""
    (TEST_DIR / name).mkdir(parents=True, exist_ok=True)
    return TEST_DIR / name / "test.sqlite3"


def make_run(name: str, url: str, arguments: list[str], environment: Mapping[str, str]) -> PytestRun:
    """Return a run of pytest on one database, in a folder of its own."""
    folder = TEST_DIR / name.lower()
    folder.mkdir(parents=True, exist_ok=True)
    own = {
        "DATABASE_URL": url,
        "ENV_FILE": os.devnull,
        "VAR_DIR": str(folder),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis"),
        "PYTHONUNBUFFERED": "1",
    }
    base = [f"--basetemp={folder / 'tmp'}", "-ra", "--durations=20"]
    return PytestRun(
        name=name, arguments=[*base, *arguments], env={**environment, **own}, log_path=folder / "pytest.log"
    )


def print_closing_lines(runs: list[PytestRun]) -> None:
    """Print each run's own closing line; the last line of all belongs to a failed run if there is one."""
    for run in sorted(runs, key=lambda run: not run.is_good):
        print(f"\n{run.name}:" + (f" {run.problem}" if run.problem else ""))
        print(run.closing_line or f"pytest ended without a closing line: see {run.output[-300:]!r}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
