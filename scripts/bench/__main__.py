"""`make bench`: measures, and prints one table.

    make bench ONLY=intake,click RUNS=5 DATABASE=postgresql ROWS=100000 STREAMS=1000 DURATION=10

Without ONLY all rows run, without DATABASE (sqlite, postgresql, both) each on those where it matters. Ends with 0, goal
or not; with 1 when a row could not be run; with 2 when something is asked for that there is not. Logs of the systems
that were measured stay in `var/bench/` unless BENCH_DIR names another place.
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

from scripts.bench.catalogue import CATALOGUE, POSTGRESQL
from scripts.bench.machine import describe_database, describe_machine
from scripts.bench.table import Line, render_table
from scripts.bench.wish import Bench, InvalidWish, Wish, environment_wish
from scripts.embedded_postgres import DURABLE_SETTINGS, running_server
from scripts.message_catalogue import compile_catalogues
from scripts.procfile import ROOT

FOLDER = Path(os.environ.get("BENCH_DIR") or ROOT / "var" / "bench")


class TookTooLong(BaseException):
    """A row did not end in its time. No `Exception`: what is measured must not take it for trouble of its own."""


@dataclass
class Results:
    """What the rows gave so far: lines of the table, what could not be run and why, the databases that were used."""

    lines: list[Line] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    databases: set[str] = field(default_factory=set)


def main() -> int:
    """Run the rows that are asked for, print the table, return the exit code."""
    try:
        wish = environment_wish(known=tuple(CATALOGUE))
    except InvalidWish as refusal:
        print(refusal, file=sys.stderr)
        return 2
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    compile_catalogues()
    machine, results = describe_machine(), Results()
    for name in wish.only or CATALOGUE:
        for kind in CATALOGUE[name].databases_for(wish):
            _run_row(name, kind, wish, results)
    if results.lines:
        databases = ", ".join(sorted(results.databases))
        print(f"\n{render_table(results.lines)}\n\n{machine}; {databases}; medians of {wish.runs} rounds")
    for problem in results.failed:
        print(f"Could not be run: {problem}", file=sys.stderr)
    return 1 if results.failed else 0


def _run_row(name: str, kind: str, wish: Wish, results: Results) -> None:
    """Run one row on one database; when it fails, the others still get their turn."""
    say(f"{name} on {kind} ...")
    try:
        with _at_most(CATALOGUE[name].seconds):
            lines = [replace(line, what=f"{line.what} ({kind})") for line in _measure(name, kind, wish, results)]
            told = [" · ".join(line.cells()) for line in lines]
    except (Exception, TookTooLong) as error:
        results.failed.append(f"{name} on {kind}: {type(error).__name__}: {error}")
        say(results.failed[-1])
        return
    results.lines.extend(lines)
    for text in told:
        say(text)


def _measure(name: str, kind: str, wish: Wish, results: Results) -> list[Line]:
    folder = FOLDER / f"{name}-{kind}"
    with ExitStack() as resources:
        like = "sqlite:"
        if kind == POSTGRESQL:
            # As in production, what was committed is on disk: so it is on SQLite.
            server = running_server(log_path=folder / "postgres-server.log", settings=DURABLE_SETTINGS)
            like = resources.enter_context(server).url
        results.databases.add(describe_database(like))
        folder.mkdir(parents=True, exist_ok=True)
        return CATALOGUE[name].measure(Bench(wish=wish, like=like, folder=folder, say=say))


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise TookTooLong(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def say(message: str) -> None:
    """Print one line of progress."""
    print(f"bench: {message}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
