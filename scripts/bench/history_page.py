"""A page of the history at a million transfers against ten thousand: every single filter, first page and deep page."""

from dataclasses import dataclass
from typing import Any

from scripts.bench.client import Visitor
from scripts.bench.figures import Rounds, alternate, p95
from scripts.bench.system import System, running_system
from scripts.bench.table import Goal, Line
from scripts.bench.wish import Bench

FEW = 10_000
REPEATS = 20

Pages = dict[tuple[str, str], list[float]]
"""By filter and place ("first", "deep"): the milliseconds of each fetch."""


@dataclass(frozen=True)
class Reader:
    """A supervisor before one history."""

    url: str
    session_key: str
    facts: dict[str, Any]

    def read(self) -> Pages:
        """Fetch each page some times."""
        pages: Pages = {}
        with Visitor(self.url, self.session_key) as visitor:
            visitor.get("/transfers/")
            for name, query in self.facts["filters"].items():
                for place, cursor in (("first", ""), ("deep", f"cursor={self.facts['cursor']}")):
                    path = f"/transfers/?{'&'.join(filter(None, (query, cursor)))}"
                    pages[name, place] = [visitor.get(path).seconds * 1000 for _time in range(REPEATS)]
        return pages


def history_page(bench: Bench) -> list[Line]:
    """Compare filter by filter; the table shows the worst ratio of each place, and every one is said."""
    few_folder, many_folder = bench.folder / "few", bench.folder / "many"
    with (
        running_system(like=bench.like, folder=few_folder) as few,
        running_system(like=bench.like, folder=many_folder) as many,
    ):
        small, large = _reader(few, min(FEW, bench.wish.rows)), _reader(many, bench.wish.rows)
        rounds = alternate(runs=bench.wish.runs, baseline=small.read, ours=large.read)
    lines = {page: _compare(bench, rounds, page) for page in rounds.ours[0]}
    for line in lines.values():
        bench.say(" · ".join(line.cells()))
    return [
        max(
            (line for (_name, at), line in lines.items() if at == place),
            key=lambda line: line.ours / (line.baseline or 1),
        )
        for place in ("first", "deep")
    ]


def _reader(system: System, count: int) -> Reader:
    (session_key,) = system.fill("people", "1", "supervisor")
    return Reader(system.web.url, session_key, system.fill("history", str(count)))


def _compare(bench: Bench, rounds: Rounds[Pages], page: tuple[str, str]) -> Line:
    name, place = page
    few, many = (p95([value for pages in side for value in pages[page]]) for side in (rounds.baseline, rounds.ours))
    what = f"history, {bench.wish.rows:,} transfers, {place} page, p95, filter: {name}"
    return Line(what, "ms", many, few, [Goal(1.5)])
