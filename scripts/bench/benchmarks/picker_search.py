"""The search of the transfer picker in 10,000 destinations. The goal is absolute: people notice no delay of 50 ms."""

from urllib.parse import urlencode

from scripts.bench.client import Client
from scripts.bench.figures import Figure, Goal, alternate, p95
from scripts.bench.options import Context
from scripts.bench.system import System, running_system

ENTRIES = 10_000
USED = 300
REPEATS = 5
KINDS = {"right": "as people type", "wrong": "with one typing error"}


def picker_search(context: Context) -> list[Figure]:
    """Search as people type, correctly and with a typing error; the baseline is the directory of the demo."""
    with (
        running_system(server_url=context.server_url, folder=context.folder / "few") as few,
        running_system(server_url=context.server_url, folder=context.folder / "many") as many,
    ):
        searches = many.fill("directory", str(ENTRIES))
        pickers = _Picker(few), _Picker(many)
        many.fill("used_destinations", str(USED))
        return [
            _compare(context, *pickers, what=f"picker search {description}", searches=searches[kind])
            for kind, description in KINDS.items()
        ]


class _Picker:
    """The picker of one call in one system."""

    def __init__(self, system: System) -> None:
        (self._session_key,) = system.fill("people", "1", "agent")
        (call_uuid,) = system.fill("connected_calls", "1")
        self._url = system.web.url
        self._path = f"/calls/{call_uuid}/transfer/options/"

    def search(self, texts: list[str]) -> list[float]:
        """Search for each text some times; return the milliseconds of each answer."""
        with Client(self._url, self._session_key) as client:
            client.get(self._path, headers={"HX-Request": "true"})
            return [
                client.get(f"{self._path}?{urlencode({'q': text})}", headers={"HX-Request": "true"}).seconds * 1000
                for text in texts
                for _time in range(REPEATS)
            ]


def _compare(context: Context, few: _Picker, many: _Picker, *, what: str, searches: list[str]) -> Figure:
    rounds = alternate(
        runs=context.options.runs, baseline=lambda: few.search(searches), ours=lambda: many.search(searches)
    )
    baseline, ours = rounds.medians(p95)
    goal = Goal(50, unit="ms")
    return Figure(f"{what}, {ENTRIES:,} destinations (baseline: the demo's), p95", "ms", ours, baseline, [goal])
