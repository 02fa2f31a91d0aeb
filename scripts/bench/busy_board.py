"""The board with 1,000 calls against the board with 10: time of the whole page, and its size as a proxy sends it."""

from dataclasses import dataclass

from scripts.bench.client import Visitor
from scripts.bench.figures import alternate, p50
from scripts.bench.system import running_system
from scripts.bench.table import Goal, Line
from scripts.bench.wish import Bench

FEW, MANY = 10, 1_000
PAGES, WARM_UP = 10, 3


@dataclass(frozen=True)
class Pages:
    """Milliseconds of each page, and its kilobytes compressed."""

    milliseconds: list[float]
    kilobytes: float


def busy_board(bench: Bench) -> list[Line]:
    """Two systems, one page."""
    few_folder, many_folder = bench.folder / "few", bench.folder / "many"
    with (
        running_system(like=bench.like, folder=few_folder) as few,
        running_system(like=bench.like, folder=many_folder) as many,
    ):
        sessions = {}
        for system, count in ((few, FEW), (many, MANY)):
            (sessions[system],) = system.fill("people", "1", "supervisor")
            system.fill("board_calls", str(count))
        rounds = alternate(
            runs=bench.wish.runs,
            baseline=lambda: _fetch(few.web.url, sessions[few]),
            ours=lambda: _fetch(many.web.url, sessions[many]),
        )
    time_few, time_many = rounds.medians(lambda pages: p50(pages.milliseconds))
    size_few, size_many = rounds.medians(lambda pages: pages.kilobytes)
    return [
        Line(f"board with {MANY:,} calls (baseline: {FEW}), time", "ms", time_many, time_few, [Goal(8.0)]),
        Line(f"board with {MANY:,} calls, gzip", "KB", size_many, size_few, [Goal(150, unit="KB")]),
    ]


def _fetch(url: str, session_key: str) -> Pages:
    with Visitor(url, session_key) as visitor:
        answers = [visitor.get("/") for _page in range(WARM_UP + PAGES)][WARM_UP:]
    return Pages([answer.seconds * 1000 for answer in answers], answers[0].compressed_bytes / 1000)
