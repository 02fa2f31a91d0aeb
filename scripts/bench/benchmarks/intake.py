"""How many events of TENIOS one web process stores in a second, against a plain view that writes one row for each."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from scripts.bench.client import Client
from scripts.bench.events import endless_events
from scripts.bench.figures import Figure, Goal, alternate
from scripts.bench.options import Context
from scripts.bench.system import running_system

IN_PARALLEL = 8
WARM_UP_SECONDS = 1.0
PLAIN_DJANGO = {"DJANGO_SETTINGS_MODULE": "scripts.bench.baselines.settings", "BENCH_WITHOUT_MIDDLEWARE": "1"}


def intake(context: Context) -> list[Figure]:
    """Post the events of whole calls over eight connections."""
    with (
        running_system(server_url=context.server_url, folder=context.folder) as system,
        system.serving("scripts.bench.baselines.stamped:application", **PLAIN_DJANGO) as plain,
    ):

        def measure(url: str, path: str, seconds: float) -> Callable[[], float]:
            return lambda: _events_per_second(url, path, system.event_key, seconds)

        for url, path in ((plain.url, "/row"), (system.web.url, "/tenios/events/")):
            measure(url, path, WARM_UP_SECONDS)()
        rounds = alternate(
            runs=context.options.runs,
            baseline=measure(plain.url, "/row", context.options.seconds / 2),
            ours=measure(system.web.url, "/tenios/events/", context.options.seconds / 2),
        )
    baseline, ours = rounds.medians(float)
    return [Figure("intake of one web process", "posts/s", ours, baseline, [Goal(0.5, is_least=True)])]


def _events_per_second(url: str, path: str, event_key: str, seconds: float) -> float:
    until = time.monotonic() + seconds
    started_at = time.monotonic()
    with ThreadPoolExecutor(IN_PARALLEL) as pool:
        sent = sum(pool.map(lambda _number: _send_until(url, path, event_key, until), range(IN_PARALLEL)))
    return sent / (time.monotonic() - started_at)


def _send_until(url: str, path: str, event_key: str, until: float) -> int:
    with Client(url) as tenios:
        for count, event in enumerate(endless_events(event_key)):
            if time.monotonic() >= until:
                return count
            tenios.post_json(path, event)
    return 0
