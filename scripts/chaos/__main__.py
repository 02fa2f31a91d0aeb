"""`make chaos`: one run on one seed. SEED, TRANSFERS and DATABASE come from the environment.

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

from scripts.chaos.run import ChaosRun
from scripts.chaos.script import MOST_TRANSFERS
from scripts.embedded_postgres import running_postgres
from scripts.embedded_redis import RedisDidNotStart, RedisNotFound
from scripts.message_catalogue import compile_catalogues
from scripts.postgres_binaries import PostgresNotAvailable
from scripts.procfile import ROOT
from scripts.scratch_database import scratch_database
from scripts.stack_parts import StackDidNotStart

KINDS = ("sqlite", "postgresql")


def main() -> int:
    """Run once."""
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1_000_000))
    count = int(os.environ.get("TRANSFERS") or 100)
    kind = os.environ.get("DATABASE") or "sqlite"
    if kind not in KINDS or not 0 < count <= MOST_TRANSFERS:
        print(f"DATABASE is one of {', '.join(KINDS)}; TRANSFERS from 1 to {MOST_TRANSFERS}.", file=sys.stderr)
        return 2
    folder = Path(os.environ.get("CHAOS_DIR") or ROOT / "var" / "chaos") / f"{kind}-{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    say(f"SEED={seed} TRANSFERS={count} DATABASE={kind}, kept in {folder}")
    compile_catalogues()
    try:
        with empty_database(kind, folder) as url:
            return ChaosRun(seed=seed, count=count, database_url=url, folder=folder, say=say).play()
    except (PostgresNotAvailable, RedisNotFound, RedisDidNotStart, StackDidNotStart) as error:
        print(error, file=sys.stderr)
        return 2


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    """Give the DATABASE_URL of an empty database. Raises PostgresNotAvailable."""
    with ExitStack() as resources:
        like = "sqlite:"
        if kind == "postgresql":
            like = resources.enter_context(running_postgres(log_path=folder / "postgres-server.log"))
        yield resources.enter_context(scratch_database(like=like, folder=folder))


def say(message: str) -> None:
    """Print one line of progress."""
    print(f"chaos: {message}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
