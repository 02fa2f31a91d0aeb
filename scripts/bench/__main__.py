"""`make bench`: runs the benchmarks, and prints one table.

    make bench ONLY=intake,click RUNS=5 DATABASE=postgresql ROWS=100000 STREAMS=1000 DURATION=10

Without ONLY all benchmarks run. Without DATABASE (sqlite, postgresql, both) each runs on the databases where the
database matters. Exit code 0: all were run, whether the goals are reached or not. 1: one could not be run. 2: an option
is invalid. The logs of the measured systems stay in `var/bench/`, or in the folder that BENCH_DIR names.
"""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType

from scripts.bench.benchmarks import BENCHMARKS, POSTGRESQL
from scripts.bench.figures import Figure, render_table
from scripts.bench.machine import describe_database, describe_machine
from scripts.bench.options import Context, InvalidOption, Options, read_options
from scripts.embedded_postgres import DURABLE_SETTINGS, running_server
from scripts.messages.catalogue import compile_catalogues
from scripts.procfile import ROOT

FOLDER = Path(os.environ.get("BENCH_DIR") or ROOT / "var" / "bench")


class TookTooLong(BaseException):
    """A benchmark exceeded its time. Not an `Exception`, so that no handler in the measured code catches it."""


@dataclass
class Results:
    """The results so far: the figures, which benchmarks could not be run and why, and the databases used."""

    figures: list[Figure] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    databases: set[str] = field(default_factory=set)


def main() -> int:
    """Run the chosen benchmarks, print the table, return the exit code."""
    try:
        options = read_options(os.environ, known=tuple(BENCHMARKS))
    except InvalidOption as refusal:
        print(refusal, file=sys.stderr)
        return 2
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    compile_catalogues()
    machine, results = describe_machine(), Results()
    for name in options.only or BENCHMARKS:
        for database in BENCHMARKS[name].databases_for(options):
            _run(name, database, options, results)
    _print_results(results, machine=machine, runs=options.runs)
    return 1 if results.failures else 0


def _run(name: str, database: str, options: Options, results: Results) -> None:
    """Run one benchmark on one database. After a failure the other benchmarks still run."""
    say(f"{name} on {database} ...")
    try:
        with _at_most(BENCHMARKS[name].seconds):
            measured = _measure(name, database, options, results)
            figures = [replace(figure, what=f"{figure.what} ({database})") for figure in measured]
            summaries = [" · ".join(figure.cells()) for figure in figures]
    except (Exception, TookTooLong) as error:
        results.failures.append(f"{name} on {database}: {type(error).__name__}: {error}")
        say(results.failures[-1])
        return
    results.figures.extend(figures)
    for summary in summaries:
        say(summary)


def _measure(name: str, database: str, options: Options, results: Results) -> list[Figure]:
    folder = FOLDER / f"{name}-{database}"
    with ExitStack() as resources:
        server_url = "sqlite:"
        if database == POSTGRESQL:
            # Commits reach the disk, as in production and as on SQLite.
            server = running_server(log_path=folder / "postgres-server.log", settings=DURABLE_SETTINGS)
            server_url = resources.enter_context(server).url
        results.databases.add(describe_database(server_url))
        folder.mkdir(parents=True, exist_ok=True)
        return BENCHMARKS[name].measure(Context(options=options, server_url=server_url, folder=folder, say=say))


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """Raise TookTooLong in the block when it takes longer."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise TookTooLong(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _print_results(results: Results, *, machine: str, runs: int) -> None:
    if results.figures:
        databases = ", ".join(sorted(results.databases))
        print(f"\n{render_table(results.figures)}\n\n{machine}; {databases}; medians of {runs} rounds")
    for failure in results.failures:
        print(f"Could not be run: {failure}", file=sys.stderr)


def say(message: str) -> None:
    """Print one line of progress."""
    print(f"bench: {message}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
