"""How many transfers a second one worker process sends when TENIOS takes 200 ms for each."""

import statistics

from scripts.bench.figures import Figure, Goal
from scripts.bench.options import Context
from scripts.bench.stub_tenios import Stub, running_stub
from scripts.bench.system import BenchFailed, System, running_system
from scripts.procfile import process_command

ANSWER_SECONDS = 0.2
TRANSFERS_PER_THREAD = 8
"""More would wait for longer than a transfer may wait before it is sent."""


def worker_throughput(context: Context) -> list[Figure]:
    """Compare with the highest possible rate: all threads always wait for TENIOS."""
    threads = worker_threads()
    with running_stub(answer_seconds=ANSWER_SECONDS) as stub:
        environment = {"TENIOS_BASE_URL": stub.url, "TRANSFER_UNDO_SECONDS": "0"}
        with running_system(
            server_url=context.server_url, folder=context.folder, processes=("worker",), extra_env=environment
        ) as system:
            _transfers_per_second(context, system, stub, threads)  # warms up the worker's threads
            count = threads * TRANSFERS_PER_THREAD
            rates = [_transfers_per_second(context, system, stub, count) for _round in range(context.options.runs)]
    what = f"worker, {threads} threads, TENIOS takes 200 ms"
    best = threads / ANSWER_SECONDS
    return [Figure(what, "transfers/s", statistics.median(rates), best, [Goal(0.8, is_least=True)])]


def _transfers_per_second(context: Context, system: System, stub: Stub, count: int) -> float:
    """Return how many a second were sent. A transfer that waited for too long is not sent and does not count."""
    arrivals = stub.wait_for_arrivals(system.fill("due_transfers", str(count))).values()
    if not arrivals:
        raise BenchFailed("no request reached TENIOS")
    if len(arrivals) < count:
        context.say(f"{count - len(arrivals)} of {count} transfers waited for too long and were not sent")
    return len(arrivals) / (max(arrivals) + ANSWER_SECONDS - min(arrivals))


def worker_threads() -> int:
    """Return how many transfers the Procfile's worker sends at the same time. Raises BenchFailed."""
    words = process_command("worker")[-1].split()
    if "-c" not in words:
        raise BenchFailed("the Procfile does not say how many threads the worker has")
    return int(words[words.index("-c") + 1])
