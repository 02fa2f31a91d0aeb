"""`make chaos`: one run on one seed. The options come from the environment:

SEED random, TRANSFERS 100, DATABASE sqlite or postgresql, AGENTS who work at the same time 16, SENDERS 2: the number of
workers, and of sweepers, CALL_SECONDS 60 and 3 for each transfer: no call begins later.

Exit code 0: every promise was kept. 1: one was broken. 2: the run could not take place. A folder of the run keeps
`history.jsonl`, `final_state.json`, the logs of all processes, and on SQLite the database. It is in `var/chaos/`, or in
the folder that CHAOS_DIR names.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from scripts.chaos.options import InvalidOption, Options, read_options
from scripts.chaos.run import ChaosRun
from scripts.embedded_postgres import DURABLE_SETTINGS, PostgresServer, running_server
from scripts.embedded_redis import RedisDidNotStart, RedisNotFound
from scripts.messages.catalogue import compile_catalogues
from scripts.postgres_binaries import PostgresNotAvailable
from scripts.procfile import ROOT
from scripts.scratch_database import scratch_database
from scripts.stack.parts import StackDidNotStart


def main() -> int:
    """Run once. Return the exit code."""
    try:
        options = read_options(os.environ)
    except InvalidOption as refusal:
        print(refusal, file=sys.stderr)
        return 2
    folder = Path(os.environ.get("CHAOS_DIR") or ROOT / "var" / "chaos") / f"{options.database}-{options.seed}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    say(options.describe())
    say(f"kept in {folder}")
    compile_catalogues()
    try:
        return _run(options, folder)
    except (PostgresNotAvailable, RedisNotFound, RedisDidNotStart, StackDidNotStart) as error:
        print(error, file=sys.stderr)
        return 2


def _run(options: Options, folder: Path) -> int:
    with empty_database(options.database, folder) as (url, server):
        return ChaosRun(options=options, database_url=url, server=server, folder=folder, say=say).play()


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[tuple[str, PostgresServer | None]]:
    """Yield the DATABASE_URL of an empty database, and PostgreSQL's server. Raises PostgresNotAvailable."""
    with ExitStack() as resources:
        server = None
        if kind == "postgresql":
            log_path = folder / "postgres-server.log"
            server = resources.enter_context(running_server(log_path=log_path, settings=DURABLE_SETTINGS))
        like = server.url if server else "sqlite:"
        yield resources.enter_context(scratch_database(like=like, folder=folder)), server


def say(message: str) -> None:
    """Print one line of progress."""
    print(f"chaos: {message}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
