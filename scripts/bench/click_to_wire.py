"""From the click to the request at TENIOS: through the queue and one worker, against the same rows and request at once.

The clock starts when the web process takes the posted form, and stops when the whole request is at TENIOS. Grace 0.
One at a time means on both sides: the next click comes when the one before is at TENIOS and written down.
"""

import math
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from scripts.bench.client import Visitor
from scripts.bench.figures import Rounds, alternate, p50, p95
from scripts.bench.stamped import RECEIVED_AT
from scripts.bench.system import Served, System, running_system
from scripts.bench.table import Goal, Line
from scripts.bench.wire import Wire, running_wire
from scripts.bench.wish import Bench

ONE_BY_ONE, AT_ONCE, IN_PARALLEL = 60, 100, 20
WARM_UP = 20
WRITING_SECONDS = 0.05
STRAIGHT = "scripts.bench.straight_settings"


@dataclass(frozen=True)
class Clicks:
    """Milliseconds from click to wire of one round; infinite for a click that never got there."""

    one_by_one: list[float]
    at_once: list[float]


@dataclass(frozen=True)
class Clicker:
    """Clicks through transfers at one web process."""

    system: System
    web: Served
    wire: Wire
    session_key: str
    path: str
    expected_status: int
    say: Callable[[str], None]

    def play(self) -> Clicks:
        """Click some one after the other, then some at once; each is a transfer of a call of its own."""
        calls = self.system.fill("talking_calls", str(ONE_BY_ONE + AT_ONCE))
        one_by_one = self._click(calls[:ONE_BY_ONE], 1)
        return Clicks(one_by_one, self._click(calls[ONE_BY_ONE:], IN_PARALLEL))

    def warm_up(self) -> None:
        """Let connections and caches come to life."""
        self._click(self.system.fill("talking_calls", str(WARM_UP)), 1)

    def _click(self, calls: Sequence[str], in_parallel: int) -> list[float]:
        shares = [calls[number::in_parallel] for number in range(in_parallel)]
        with ThreadPoolExecutor(in_parallel) as pool:
            clicks = pool.map(lambda mine: list(self._click_each(mine, is_one_by_one=in_parallel == 1)), shares)
            clicked_at = dict(pair for share in clicks for pair in share)
        arrived_at = self.wire.arrived(calls)
        if unsent := len(calls) - len(arrived_at):
            self.say(f"{unsent} of {len(calls)} clicks never reached TENIOS: too late to be sent")
        return [(arrived_at.get(call_uuid, math.inf) - clicked_at[call_uuid]) * 1000 for call_uuid in calls]

    def _click_each(self, calls: Sequence[str], *, is_one_by_one: bool) -> Iterator[tuple[str, float]]:
        with Visitor(self.web.url, self.session_key) as visitor:
            for call_uuid in calls:
                fields = {
                    "destination_type": "SIP_USER",
                    "destination": "bench.destination",
                    "request_key": str(uuid.uuid4()),
                }
                answer = visitor.post_form(self.path.format(call_uuid=call_uuid), fields, expect=self.expected_status)
                yield call_uuid, float(answer.headers[RECEIVED_AT])
                if is_one_by_one:
                    self.wire.arrived([call_uuid], interval=0.01)
                    time.sleep(WRITING_SECONDS)


def click_to_wire(bench: Bench) -> list[Line]:
    """Measure both, one at a time and 20 at once."""
    with running_wire() as wire:
        environment = {"TENIOS_BASE_URL": wire.url, "TRANSFER_UNDO_SECONDS": "0"}
        with running_system(
            like=bench.like, folder=bench.folder, processes=("worker",), extra_env=environment
        ) as system:
            rounds = _measure(bench, system, wire)
    single = rounds.medians(lambda clicks: p50(clicks.one_by_one))
    parallel = rounds.medians(lambda clicks: p95(clicks.at_once))
    return [
        Line("click to wire, one at a time, p50", "ms", single[1], single[0], [Goal(2.0)]),
        Line("click to wire, 20 at once, p95", "ms", parallel[1], parallel[0], [Goal(1.5)]),
    ]


def _measure(bench: Bench, system: System, wire: Wire) -> Rounds[Clicks]:
    (session_key,) = system.fill("people", "1", "agent")
    with (
        system.serving("scripts.bench.stamped_product:application") as product,
        system.serving("scripts.bench.bare_django:application", DJANGO_SETTINGS_MODULE=STRAIGHT) as bare,
    ):
        straight = Clicker(system, bare, wire, session_key, "/straight/{call_uuid}", 204, bench.say)
        ours = Clicker(system, product, wire, session_key, "/calls/{call_uuid}/transfer/", 303, bench.say)
        straight.warm_up()
        ours.warm_up()
        return alternate(runs=bench.wish.runs, baseline=straight.play, ours=ours.play)
