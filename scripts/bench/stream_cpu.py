"""How much of a core the web process needs for 20 events a second, with 500 streams open and with none."""

import time

from scripts.bench.figures import alternate
from scripts.bench.intake import PostingAtRate
from scripts.bench.machine import cpu_seconds
from scripts.bench.streams import open_streams
from scripts.bench.system import BenchFailed, System, running_system
from scripts.bench.table import Goal, Line
from scripts.bench.wish import Bench

STREAMS, EVENTS_A_SECOND, PEOPLE = 500, 20, 50
LEAST_SHARE_SENT = 0.9


def stream_cpu(bench: Bench) -> list[Line]:
    """Compare a web process with its own self."""
    count = min(STREAMS, bench.wish.streams)
    with running_system(like=bench.like, folder=bench.folder) as system:
        keys = system.fill("people", str(PEOPLE), "agent")

        def with_streams() -> float:
            with open_streams(system.web.url, "/live/", count, session_keys=keys) as streams:
                share = _percent_of_a_core(system, bench.wish.seconds)
                streams.end()
                return share

        rounds = alternate(
            runs=bench.wish.runs,
            baseline=lambda: _percent_of_a_core(system, bench.wish.seconds),
            ours=with_streams,
        )
    baseline, ours = rounds.medians(float)
    what = f"CPU of the web process, {count} streams, {EVENTS_A_SECOND} events/s"
    return [Line(what, "% of a core", ours, baseline, [Goal(60, unit="% of a core")])]


def _percent_of_a_core(system: System, seconds: float) -> float:
    web = system.web
    with PostingAtRate(web.url, system.event_key, rate=EVENTS_A_SECOND) as posting:
        time.sleep(1)
        started_at, used, sent = time.monotonic(), cpu_seconds(web.pid), posting.sent
        time.sleep(seconds)
        passed, used, sent = time.monotonic() - started_at, cpu_seconds(web.pid) - used, posting.sent - sent
    if sent < LEAST_SHARE_SENT * EVENTS_A_SECOND * passed:
        raise BenchFailed(f"only {sent / passed:.1f} of {EVENTS_A_SECOND} events a second were taken")
    return used / passed * 100
