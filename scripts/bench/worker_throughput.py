"""How many transfers a second one worker process gets through when TENIOS takes 200 ms for each."""

import statistics

from scripts.bench.system import BenchFailed, System, running_system
from scripts.bench.table import Goal, Line
from scripts.bench.wire import Wire, running_wire
from scripts.bench.wish import Bench
from scripts.procfile import process_command

ANSWER_SECONDS = 0.2
WAVES = 8
"""So many times its threads; more would wait for longer than a request may before it is sent."""


def worker_throughput(bench: Bench) -> list[Line]:
    """Measure it against the most that is possible: all threads always waiting for TENIOS."""
    threads = worker_threads()
    with running_wire(answer_seconds=ANSWER_SECONDS) as wire:
        environment = {"TENIOS_BASE_URL": wire.url, "TRANSFER_UNDO_SECONDS": "0"}
        with running_system(
            like=bench.like, folder=bench.folder, processes=("worker",), extra_env=environment
        ) as system:
            _transfers_a_second(bench, system, wire, threads)  # the worker's threads come to life
            rates = [_transfers_a_second(bench, system, wire, threads * WAVES) for _round in range(bench.wish.runs)]
    what = f"worker, {threads} threads, TENIOS takes 200 ms"
    best = threads / ANSWER_SECONDS
    return [Line(what, "transfers/s", statistics.median(rates), best, [Goal(0.8, is_least=True)])]


def _transfers_a_second(bench: Bench, system: System, wire: Wire, count: int) -> float:
    """Return how many a second came through. What waited for too long is not sent any more, and does not count."""
    came = wire.arrived(system.fill("due_transfers", str(count))).values()
    if not came:
        raise BenchFailed("no request reached TENIOS")
    if len(came) < count:
        bench.say(f"{count - len(came)} of {count} transfers waited for too long and were not sent")
    return len(came) / (max(came) + ANSWER_SECONDS - min(came))


def worker_threads() -> int:
    """Return how many transfers the worker of the Procfile sends at the same time. Raises BenchFailed."""
    words = process_command("worker")[-1].split()
    if "-c" not in words:
        raise BenchFailed("the Procfile does not say how many threads the worker has")
    return int(words[words.index("-c") + 1])
