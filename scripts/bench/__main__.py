"""`make bench`: measures, and prints one table.

    make bench ONLY=intake,click RUNS=5 DATABASE=postgresql ROWS=100000 STREAMS=1000 SECONDS=10

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


class TookTooLong(Exception):
    """A row did not end in its time."""


def main() -> int:
    """Run the rows that are asked for."""
    try:
        wish = environment_wish(known=tuple(CATALOGUE))
    except InvalidWish as refusal:
        print(refusal, file=sys.stderr)
        return 2
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    compile_catalogues()
    machine = describe_machine()
    lines: list[Line] = []
    failed: list[str] = []
    databases: set[str] = set()
    for name in wish.only or CATALOGUE:
        for kind in CATALOGUE[name].databases_for(wish):
            _run_row(name, kind, wish, lines, failed, databases)
    if lines:
        print(f"\n{render_table(lines)}\n\n{machine}; {', '.join(sorted(databases))}; medians of {wish.runs} rounds")
    for problem in failed:
        print(f"Could not be run: {problem}", file=sys.stderr)
    return 1 if failed else 0


def _run_row(name: str, kind: str, wish: Wish, lines: list[Line], failed: list[str], databases: set[str]) -> None:
    row = CATALOGUE[name]
    say(f"{name} on {kind} ...")
    try:
        with ExitStack() as resources:
            resources.enter_context(_at_most(row.seconds))
            folder = FOLDER / f"{name}-{kind}"
            like = "sqlite:"
            if kind == POSTGRESQL:
                # As in production, what was committed is on disk: so it is on SQLite.
                log_path = folder / "postgres-server.log"
                like = resources.enter_context(running_server(log_path=log_path, settings=DURABLE_SETTINGS)).url
            databases.add(describe_database(like))
            folder.mkdir(parents=True, exist_ok=True)
            found = row.measure(Bench(wish=wish, like=like, folder=folder, say=say))
    except (Exception, TookTooLong) as error:  # one row must not take the others with it
        failed.append(f"{name} on {kind}: {type(error).__name__}: {error}")
        say(failed[-1])
        return
    marked = [Line(f"{line.what} ({kind})", line.unit, line.ours, line.baseline, line.goals) for line in found]
    for line in marked:
        say(" · ".join(line.cells()))
    lines.extend(marked)


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
