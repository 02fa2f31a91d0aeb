"""The board with 1,000 calls against the board with 10: time of the whole page, and its size when compressed."""

from dataclasses import dataclass

from scripts.bench.client import Client
from scripts.bench.figures import Figure, Goal, alternate, p50
from scripts.bench.options import Context
from scripts.bench.system import running_system

FEW, MANY = 10, 1_000
PAGES, WARM_UP = 10, 3


@dataclass(frozen=True)
class Pages:
    """The milliseconds of each page, and the compressed kilobytes of one."""

    milliseconds: list[float]
    kilobytes: float


def busy_board(context: Context) -> list[Figure]:
    """Compare the same page of two systems."""
    with (
        running_system(server_url=context.server_url, folder=context.folder / "few") as few,
        running_system(server_url=context.server_url, folder=context.folder / "many") as many,
    ):
        sessions = {}
        for system, count in ((few, FEW), (many, MANY)):
            (sessions[system],) = system.fill("people", "1", "supervisor")
            system.fill("board_calls", str(count))
        rounds = alternate(
            runs=context.options.runs,
            baseline=lambda: _fetch(few.web.url, sessions[few]),
            ours=lambda: _fetch(many.web.url, sessions[many]),
        )
    time_few, time_many = rounds.medians(lambda pages: p50(pages.milliseconds))
    size_few, size_many = rounds.medians(lambda pages: pages.kilobytes)
    return [
        Figure(f"board with {MANY:,} calls (baseline: {FEW}), time", "ms", time_many, time_few, [Goal(8.0)]),
        Figure(f"board with {MANY:,} calls, gzip", "KB", size_many, size_few, [Goal(150, unit="KB")]),
    ]


def _fetch(url: str, session_key: str) -> Pages:
    with Client(url, session_key) as client:
        answers = [client.get("/") for _page in range(WARM_UP + PAGES)][WARM_UP:]
    return Pages([answer.seconds * 1000 for answer in answers], answers[0].compressed_bytes / 1000)
