"""The benchmarks: the name of each for `ONLY=`, the databases it runs on by itself, and how long it may take."""

from collections.abc import Callable
from dataclasses import dataclass

from scripts.bench.benchmarks.busy_board import busy_board
from scripts.bench.benchmarks.click_to_wire import click_to_wire
from scripts.bench.benchmarks.cold_demo import cold_demo
from scripts.bench.benchmarks.event_to_screen import event_to_screen
from scripts.bench.benchmarks.history_page import history_page
from scripts.bench.benchmarks.intake import intake
from scripts.bench.benchmarks.picker_search import picker_search
from scripts.bench.benchmarks.stream_cost import stream_cpu, stream_memory
from scripts.bench.benchmarks.worker_throughput import worker_throughput
from scripts.bench.figures import Figure
from scripts.bench.options import Context, Options

SQLITE, POSTGRESQL = "sqlite", "postgresql"
BOTH = (SQLITE, POSTGRESQL)


@dataclass(frozen=True)
class Benchmark:
    """One benchmark. It is ended after `seconds`. `databases` are those it runs on when none is asked for."""

    measure: Callable[[Context], list[Figure]]
    seconds: int
    databases: tuple[str, ...] = (SQLITE,)

    def databases_for(self, options: Options) -> tuple[str, ...]:
        """Return the databases to run on. The demo brings its own database, whatever is asked for."""
        return self.databases if not options.databases or self.measure is cold_demo else options.databases


BENCHMARKS: dict[str, Benchmark] = {
    "click": Benchmark(click_to_wire, 600, BOTH),
    "screen": Benchmark(event_to_screen, 600),
    "streams": Benchmark(stream_memory, 1200, (POSTGRESQL,)),
    "cpu": Benchmark(stream_cpu, 600),
    "intake": Benchmark(intake, 400, BOTH),
    "board": Benchmark(busy_board, 400),
    "history": Benchmark(history_page, 2400, BOTH),
    "worker": Benchmark(worker_throughput, 300, BOTH),
    "picker": Benchmark(picker_search, 400, BOTH),
    "demo": Benchmark(cold_demo, 1200),
}
