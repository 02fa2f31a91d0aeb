"""What an open board costs the web process: memory, threads, database connections; against a bare ASGI stream."""

import statistics
import time
from dataclasses import dataclass

import psycopg

from scripts.bench.figures import alternate
from scripts.bench.machine import open_files_limit, resident_bytes, thread_count
from scripts.bench.streams import open_streams
from scripts.bench.system import BenchFailed, Served, System, running_system
from scripts.bench.table import Goal, Line
from scripts.bench.wish import Bench

SPARE_FILES, PEOPLE, WARM_UP, SETTLE_SECONDS = 200, 100, 50, 2.0


@dataclass(frozen=True)
class Cost:
    """What so many streams have added: KiB each; threads and database connections in all."""

    kib_each: float
    threads: int
    connections: int


def stream_memory(bench: Bench) -> list[Line]:
    """Open as many as asked for, or as many as the limit of open files allows, in fresh processes each time."""
    allowed = open_files_limit() - SPARE_FILES
    count = min(bench.wish.streams, allowed)
    if count < bench.wish.streams:
        bench.say(f"the limit of open files allows {count} streams instead of {bench.wish.streams}")
    with running_system(like=bench.like, folder=bench.folder, processes=()) as system:
        keys = system.fill("people", str(PEOPLE), "agent")

        def bare() -> Cost:
            with system.serving("scripts.bench.bare_streams:application") as web:
                return _cost_of(system, web, "/stream", count, [""])

        def ours() -> Cost:
            with system.serving("tenios_dashboard.asgi:application") as web:
                return _cost_of(system, web, "/live/", count, keys)

        rounds = alternate(runs=bench.wish.runs, baseline=bare, ours=ours)
    baseline, product = rounds.medians(lambda cost: cost.kib_each)
    if min(baseline, product) <= 0:
        raise BenchFailed(f"{count} streams are too few to see their memory")
    threads, connections = (statistics.median(figures) for figures in _in_all(rounds.ours))
    lines = [
        Line(f"memory of each of {count:,} signed-in streams", "KiB", product, baseline, [Goal(2.0)]),
        Line(f"threads that {count:,} streams add", "threads", threads, None, [Goal(1, unit="threads")]),
    ]
    if bench.like.startswith("postgres"):
        what, goal = f"database connections that {count:,} streams add", Goal(1, unit="connections")
        lines.append(Line(what, "connections", connections, None, [goal]))
    return lines


def _in_all(costs: list[Cost]) -> tuple[list[int], list[int]]:
    return [cost.threads for cost in costs], [cost.connections for cost in costs]


def _cost_of(system: System, web: Served, path: str, count: int, keys: list[str]) -> Cost:
    """Open and close some first: what the first ones load is no cost of each."""
    connections = _connections(system)
    threads = thread_count(web.pid)
    with open_streams(web.url, path, max(1, min(WARM_UP, count // 20)), session_keys=keys) as few:
        few.end()
    time.sleep(SETTLE_SECONDS / 2)
    before = resident_bytes(web.pid)
    with open_streams(web.url, path, count, session_keys=keys) as streams:
        time.sleep(SETTLE_SECONDS)
        cost = Cost(
            (resident_bytes(web.pid) - before) / 1024 / count,
            thread_count(web.pid) - threads,
            _connections(system) - connections,
        )
        streams.end()
    return cost


def _connections(system: System) -> int:
    """Return how many connections the database has, without the one that asks; 0 where nobody counts them."""
    url = system.env["DATABASE_URL"]
    if not url.startswith("postgres"):
        return 0
    with psycopg.connect(url) as connection:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        row = connection.execute(asked).fetchone()
    return int(row[0]) if row else 0
