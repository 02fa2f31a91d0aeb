"""A page of the history with a million transfers against ten thousand: each filter, first page and deep page."""

from dataclasses import dataclass
from typing import Any

from scripts.bench.client import Client
from scripts.bench.figures import Figure, Goal, Rounds, alternate, p95
from scripts.bench.options import Context
from scripts.bench.system import System, running_system

FEW = 10_000
REPEATS = 20

Pages = dict[tuple[str, str], list[float]]
"""By filter and place ("first", "deep"): the milliseconds of each request."""


@dataclass(frozen=True)
class Reader:
    """A supervisor who reads the history of one system. `history` is the result of `data.history`."""

    url: str
    session_key: str
    history: dict[str, Any]

    def read(self) -> Pages:
        """Fetch each page several times."""
        pages: Pages = {}
        with Client(self.url, self.session_key) as client:
            client.get("/transfers/")
            for name, query in self.history["filters"].items():
                for place, cursor in (("first", ""), ("deep", f"cursor={self.history['cursor']}")):
                    path = f"/transfers/?{'&'.join(filter(None, (query, cursor)))}"
                    pages[name, place] = [client.get(path).seconds * 1000 for _time in range(REPEATS)]
        return pages


def history_page(context: Context) -> list[Figure]:
    """Compare filter by filter. Print every figure; return the worst ratio of each place for the table."""
    with (
        running_system(server_url=context.server_url, folder=context.folder / "few") as few,
        running_system(server_url=context.server_url, folder=context.folder / "many") as many,
    ):
        small, large = _make_reader(few, min(FEW, context.options.rows)), _make_reader(many, context.options.rows)
        rounds = alternate(runs=context.options.runs, baseline=small.read, ours=large.read)
    figures = {page: _compare(context, rounds, page) for page in rounds.ours[0]}
    for figure in figures.values():
        context.say(" · ".join(figure.cells()))
    return [
        max(
            (figure for (_name, at), figure in figures.items() if at == place),
            key=lambda figure: figure.ours / (figure.baseline or 1),
        )
        for place in ("first", "deep")
    ]


def _make_reader(system: System, count: int) -> Reader:
    (session_key,) = system.fill("people", "1", "supervisor")
    return Reader(system.web.url, session_key, system.fill("history", str(count)))


def _compare(context: Context, rounds: Rounds[Pages], page: tuple[str, str]) -> Figure:
    name, place = page
    few, many = (p95([value for pages in side for value in pages[page]]) for side in (rounds.baseline, rounds.ours))
    what = f"history, {context.options.rows:,} transfers, {place} page, p95, filter: {name}"
    return Figure(what, "ms", many, few, [Goal(1.5)])
