"""The search of the transfer picker at 10,000 destinations. The measure is people's: 50 ms feel like none."""

from urllib.parse import urlencode

from scripts.bench.client import Visitor
from scripts.bench.figures import alternate, p95
from scripts.bench.system import System, running_system
from scripts.bench.table import Goal, Line
from scripts.bench.wish import Bench

ENTRIES = 10_000
USED = 300
REPEATS = 5
KINDS = {"right": "as people type", "wrong": "with one typing error"}


def picker_search(bench: Bench) -> list[Line]:
    """Type what people type, rightly and with a typing error; the baseline is the directory of the demo."""
    few_folder, many_folder = bench.folder / "few", bench.folder / "many"
    with (
        running_system(like=bench.like, folder=few_folder) as few,
        running_system(like=bench.like, folder=many_folder) as many,
    ):
        searches = many.fill("directory", str(ENTRIES))
        keys = {system: _enter(system) for system in (few, many)}
        many.fill("used_destinations", str(USED))
        return [
            _line(bench, few, many, keys, what=f"picker search {words}", searches=searches[kind])
            for kind, words in KINDS.items()
        ]


def _line(
    bench: Bench, few: System, many: System, keys: dict[System, tuple[str, str]], *, what: str, searches: list[str]
) -> Line:
    rounds = alternate(
        runs=bench.wish.runs,
        baseline=lambda: _search(few, *keys[few], searches),
        ours=lambda: _search(many, *keys[many], searches),
    )
    baseline, ours = rounds.medians(p95)
    goal = Goal(50, unit="ms")
    return Line(f"{what}, {ENTRIES:,} destinations (baseline: the demo's), p95", "ms", ours, baseline, [goal])


def _enter(system: System) -> tuple[str, str]:
    (session_key,) = system.fill("people", "1", "agent")
    (call_uuid,) = system.fill("talking_calls", "1")
    return session_key, call_uuid


def _search(system: System, session_key: str, call_uuid: str, searches: list[str]) -> list[float]:
    path = f"/calls/{call_uuid}/transfer/options/"
    with Visitor(system.web.url, session_key) as visitor:
        visitor.get(path, headers={"HX-Request": "true"})
        return [
            visitor.get(f"{path}?{urlencode({'q': text})}", headers={"HX-Request": "true"}).seconds * 1000
            for text in searches
            for _time in range(REPEATS)
        ]
