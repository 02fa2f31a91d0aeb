"""What open boards cost the web process: memory, threads, database connections, and processor time."""

import statistics
import time
from dataclasses import dataclass

import psycopg

from scripts.bench.events import SendingAtRate
from scripts.bench.figures import Figure, Goal, Rounds, alternate
from scripts.bench.machine import cpu_seconds, raise_open_files_limit, resident_bytes, thread_count
from scripts.bench.open_streams import open_streams
from scripts.bench.options import Context
from scripts.bench.system import PRODUCT, BenchFailed, Server, System, running_system

SPARE_FILES, PEOPLE, WARM_UP, SETTLE_SECONDS = 200, 100, 50, 2.0
CPU_STREAMS, CPU_PEOPLE, EVENTS_PER_SECOND = 500, 50, 20
LEAST_SHARE_SENT = 0.9


@dataclass(frozen=True)
class Cost:
    """What a number of streams has added: KiB for each stream; threads and database connections for all."""

    kib_each: float
    threads: int
    connections: int


def stream_memory(context: Context) -> list[Figure]:
    """Open the requested number of streams in fresh processes, against a bare ASGI stream.

    The limit of open files may allow fewer.
    """
    allowed = raise_open_files_limit() - SPARE_FILES
    count = min(context.options.streams, allowed)
    if count < context.options.streams:
        context.say(f"the limit of open files allows {count} streams instead of {context.options.streams}")
    rounds = _measure_memory(context, count)
    baseline, product = rounds.medians(lambda cost: cost.kib_each)
    if min(baseline, product) <= 0:
        raise BenchFailed(f"{count} streams are too few to see their memory")
    threads = statistics.median(cost.threads for cost in rounds.ours)
    figures = [
        Figure(f"memory of each of {count:,} signed-in streams", "KiB", product, baseline, [Goal(2.0)]),
        Figure(f"threads that {count:,} streams add", "threads", threads, None, [Goal(1, unit="threads")]),
    ]
    if context.server_url.startswith("postgres"):
        connections = statistics.median(cost.connections for cost in rounds.ours)
        what, goal = f"database connections that {count:,} streams add", Goal(1, unit="connections")
        figures.append(Figure(what, "connections", connections, None, [goal]))
    return figures


def _measure_memory(context: Context, count: int) -> Rounds[Cost]:
    with running_system(server_url=context.server_url, folder=context.folder, processes=()) as system:
        keys = system.fill("people", str(PEOPLE), "agent")

        def baseline() -> Cost:
            with system.serving("scripts.bench.baselines.event_stream:application") as web:
                return _measure_cost(system, web, "/stream", count, [""])

        def ours() -> Cost:
            with system.serving(PRODUCT) as web:
                return _measure_cost(system, web, "/live/", count, keys)

        return alternate(runs=context.options.runs, baseline=baseline, ours=ours)


def _measure_cost(system: System, web: Server, path: str, count: int, keys: list[str]) -> Cost:
    """Open and close some streams first: what only the first streams load does not count as a cost of each."""
    connections = _count_connections(system)
    threads = thread_count(web.pid)
    with open_streams(web.url, path, max(1, min(WARM_UP, count // 20)), session_keys=keys) as few:
        few.close()
    time.sleep(SETTLE_SECONDS / 2)
    before = resident_bytes(web.pid)
    with open_streams(web.url, path, count, session_keys=keys) as streams:
        time.sleep(SETTLE_SECONDS)
        cost = Cost(
            (resident_bytes(web.pid) - before) / 1024 / count,
            thread_count(web.pid) - threads,
            _count_connections(system) - connections,
        )
        streams.close()
    return cost


def _count_connections(system: System) -> int:
    """Return how many connections the database has, without the one that asks; always 0 for SQLite."""
    url = system.env["DATABASE_URL"]
    if not url.startswith("postgres"):
        return 0
    with psycopg.connect(url) as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def stream_cpu(context: Context) -> list[Figure]:
    """Compare a web process that stores 20 events a second with 500 open streams and with none."""
    count = min(CPU_STREAMS, context.options.streams)
    with running_system(server_url=context.server_url, folder=context.folder) as system:
        keys = system.fill("people", str(CPU_PEOPLE), "agent")

        def with_streams() -> float:
            with open_streams(system.web.url, "/live/", count, session_keys=keys) as streams:
                share = _percent_of_a_core(system, context.options.seconds)
                streams.close()
                return share

        rounds = alternate(
            runs=context.options.runs,
            baseline=lambda: _percent_of_a_core(system, context.options.seconds),
            ours=with_streams,
        )
    baseline, ours = rounds.medians(float)
    what = f"CPU of the web process, {count} streams, {EVENTS_PER_SECOND} events/s"
    return [Figure(what, "% of a core", ours, baseline, [Goal(60, unit="% of a core")])]


def _percent_of_a_core(system: System, seconds: float) -> float:
    web = system.web
    with SendingAtRate(web.url, system.event_key, rate=EVENTS_PER_SECOND) as sending:
        time.sleep(1)
        started_at, used, sent = time.monotonic(), cpu_seconds(web.pid), sending.sent
        time.sleep(seconds)
        passed, used, sent = time.monotonic() - started_at, cpu_seconds(web.pid) - used, sending.sent - sent
    if sent < LEAST_SHARE_SENT * EVENTS_PER_SECOND * passed:
        raise BenchFailed(f"only {sent / passed:.1f} of {EVENTS_PER_SECOND} events a second were taken")
    return used / passed * 100
