"""The rows there are: their names, on which databases they run by themselves, and how long each may take."""

from collections.abc import Callable
from dataclasses import dataclass

from scripts.bench.busy_board import busy_board
from scripts.bench.click_to_wire import click_to_wire
from scripts.bench.cold_demo import cold_demo
from scripts.bench.event_to_screen import event_to_screen
from scripts.bench.history_page import history_page
from scripts.bench.intake import intake
from scripts.bench.picker_search import picker_search
from scripts.bench.stream_cpu import stream_cpu
from scripts.bench.stream_memory import stream_memory
from scripts.bench.table import Line
from scripts.bench.wish import Bench, Wish
from scripts.bench.worker_throughput import worker_throughput

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True)
class Row:
    """One benchmark. `seconds` bounds it, whatever it waits for; `databases` are those it runs on by itself."""

    measure: Callable[[Bench], list[Line]]
    seconds: int
    databases: tuple[str, ...] = (SQLITE,)

    def databases_for(self, wish: Wish) -> tuple[str, ...]:
        """Return the databases to run on: those that are asked for, else its own. The demo always has its own."""
        return self.databases if not wish.databases or self.measure is cold_demo else wish.databases


BOTH = (SQLITE, POSTGRESQL)
CATALOGUE: dict[str, Row] = {
    "click": Row(click_to_wire, 600, BOTH),
    "screen": Row(event_to_screen, 600),
    "streams": Row(stream_memory, 1200, (POSTGRESQL,)),
    "cpu": Row(stream_cpu, 600),
    "intake": Row(intake, 400, BOTH),
    "board": Row(busy_board, 400),
    "history": Row(history_page, 2400, BOTH),
    "worker": Row(worker_throughput, 300, BOTH),
    "picker": Row(picker_search, 400, BOTH),
    "demo": Row(cold_demo, 1200),
}
