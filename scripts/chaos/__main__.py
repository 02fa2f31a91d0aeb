"""`make chaos`: one run on one seed. What is asked of it comes from the environment:

SEED by chance, TRANSFERS 100, DATABASE sqlite or postgresql, AGENTS at once 16, SENDERS 2: so many workers and as many
sweepers, CALL_SECONDS 60 and 3 for each call: none begins later.

Ends with 0 when every promise was kept, 1 when one was broken, 2 when nothing could be tried. What was seen stays in a
folder of the run: `history.jsonl`, `evidence.json`, the logs of all processes, and on SQLite the database. It lies in
`var/chaos/` unless CHAOS_DIR names another place.
"""

import os
import random
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from scripts.chaos.plan import Plan
from scripts.chaos.run import ChaosRun
from scripts.chaos.script import MOST_TRANSFERS
from scripts.embedded_postgres import DURABLE_SETTINGS, PostgresServer, running_server
from scripts.embedded_redis import RedisDidNotStart, RedisNotFound
from scripts.message_catalogue import compile_catalogues
from scripts.postgres_binaries import PostgresNotAvailable
from scripts.procfile import ROOT
from scripts.scratch_database import scratch_database
from scripts.stack_parts import StackDidNotStart

KINDS = ("sqlite", "postgresql")


def main() -> int:
    """Run once."""
    count = _number("TRANSFERS", 100)
    plan = Plan(
        seed=_number("SEED", random.SystemRandom().randrange(1_000_000)),
        count=count,
        agents=_number("AGENTS", 16),
        senders=_number("SENDERS", 2),
        seconds=_number("CALL_SECONDS", 60 + 3 * count),
    )
    kind = os.environ.get("DATABASE") or "sqlite"
    if kind not in KINDS or not 0 < plan.count <= MOST_TRANSFERS or min(plan.agents, plan.senders) < 1:
        print(f"DATABASE is one of {', '.join(KINDS)}; TRANSFERS from 1 to {MOST_TRANSFERS}.", file=sys.stderr)
        return 2
    folder = Path(os.environ.get("CHAOS_DIR") or ROOT / "var" / "chaos") / f"{kind}-{plan.seed}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    say(f"SEED={plan.seed} TRANSFERS={plan.count} DATABASE={kind} AGENTS={plan.agents} SENDERS={plan.senders}")
    say(f"kept in {folder}")
    compile_catalogues()
    try:
        with empty_database(kind, folder) as (url, server):
            return ChaosRun(plan=plan, database_url=url, server=server, folder=folder, say=say).play()
    except (PostgresNotAvailable, RedisNotFound, RedisDidNotStart, StackDidNotStart) as error:
        print(error, file=sys.stderr)
        return 2


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[tuple[str, PostgresServer | None]]:
    """Give the DATABASE_URL of an empty database, and PostgreSQL's server. Raises PostgresNotAvailable."""
    with ExitStack() as resources:
        server = None
        if kind == "postgresql":
            log_path = folder / "postgres-server.log"
            server = resources.enter_context(running_server(log_path=log_path, settings=DURABLE_SETTINGS))
        like = server.url if server else "sqlite:"
        yield resources.enter_context(scratch_database(like=like, folder=folder)), server


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


def say(message: str) -> None:
    """Print one line of progress."""
    print(f"chaos: {message}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
