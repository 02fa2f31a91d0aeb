"""From the click to the request at TENIOS: queue and one worker, against a view that sends at once.

The clock starts when the web process receives the posted form, and stops when the whole request is at TENIOS. The time
to undo is 0. "One at a time" is the same on both sides: the next click comes after the request of the last one has
arrived and its result is recorded.
"""

import math
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from scripts.bench.baselines import RECEIVED_AT
from scripts.bench.client import Client
from scripts.bench.figures import Figure, Goal, Rounds, alternate, p50, p95
from scripts.bench.options import Context
from scripts.bench.stub_tenios import Stub, running_stub
from scripts.bench.system import PRODUCT, Server, System, running_system

ONE_BY_ONE, AT_ONCE, IN_PARALLEL = 60, 100, 20
WARM_UP = 20
RECORDING_SECONDS = 0.05
STAMPED = "scripts.bench.baselines.stamped:application"


@dataclass(frozen=True)
class Delays:
    """Milliseconds from each click to its request in one round; infinite when the request never arrived."""

    one_by_one: list[float]
    at_once: list[float]


@dataclass(frozen=True)
class Clicker:
    """Requests transfers at one web process."""

    system: System
    web: Server
    stub: Stub
    session_key: str
    path: str
    expected_status: int
    say: Callable[[str], None]

    def measure(self) -> Delays:
        """Click one at a time, then 20 at once. Each click is a transfer of another call."""
        calls = self.system.fill("connected_calls", str(ONE_BY_ONE + AT_ONCE))
        one_by_one = self._click(calls[:ONE_BY_ONE], 1)
        return Delays(one_by_one, self._click(calls[ONE_BY_ONE:], IN_PARALLEL))

    def warm_up(self) -> None:
        """Open connections and fill caches."""
        self._click(self.system.fill("connected_calls", str(WARM_UP)), 1)

    def _click(self, calls: Sequence[str], in_parallel: int) -> list[float]:
        shares = [calls[number::in_parallel] for number in range(in_parallel)]
        with ThreadPoolExecutor(in_parallel) as pool:
            clicks = pool.map(lambda share: list(self._click_each(share, is_one_by_one=in_parallel == 1)), shares)
            clicked_at = dict(pair for pairs in clicks for pair in pairs)
        arrived_at = self.stub.wait_for_arrivals(calls)
        if unsent := len(calls) - len(arrived_at):
            self.say(f"{unsent} of {len(calls)} clicks never reached TENIOS: too late to be sent")
        return [(arrived_at.get(call_uuid, math.inf) - clicked_at[call_uuid]) * 1000 for call_uuid in calls]

    def _click_each(self, calls: Sequence[str], *, is_one_by_one: bool) -> Iterator[tuple[str, float]]:
        with Client(self.web.url, self.session_key) as client:
            for call_uuid in calls:
                fields = {
                    "destination_type": "SIP_USER",
                    "destination": "bench.destination",
                    "request_key": str(uuid.uuid4()),
                }
                answer = client.post_form(self.path.format(call_uuid=call_uuid), fields, expect=self.expected_status)
                yield call_uuid, float(answer.headers[RECEIVED_AT])
                if is_one_by_one:
                    self.stub.wait_for_arrivals([call_uuid], interval=0.01)
                    time.sleep(RECORDING_SECONDS)


def click_to_wire(context: Context) -> list[Figure]:
    """Measure both, one at a time and 20 at once."""
    with running_stub() as stub:
        environment = {"TENIOS_BASE_URL": stub.url, "TRANSFER_UNDO_SECONDS": "0"}
        with running_system(
            server_url=context.server_url, folder=context.folder, processes=("worker",), extra_env=environment
        ) as system:
            rounds = _measure(context, system, stub)
    single = rounds.medians(lambda delays: p50(delays.one_by_one))
    parallel = rounds.medians(lambda delays: p95(delays.at_once))
    return [
        Figure("click to wire, one at a time, p50", "ms", single[1], single[0], [Goal(2.0)]),
        Figure("click to wire, 20 at once, p95", "ms", parallel[1], parallel[0], [Goal(1.5)]),
    ]


def _measure(context: Context, system: System, stub: Stub) -> Rounds[Delays]:
    (session_key,) = system.fill("people", "1", "agent")
    with (
        system.serving(STAMPED, STAMPED_APPLICATION=PRODUCT.replace(":", ".")) as product,
        system.serving(STAMPED, DJANGO_SETTINGS_MODULE="scripts.bench.baselines.settings") as plain,
    ):
        baseline = Clicker(system, plain, stub, session_key, "/direct/{call_uuid}", 204, context.say)
        ours = Clicker(system, product, stub, session_key, "/calls/{call_uuid}/transfer/", 303, context.say)
        baseline.warm_up()
        ours.warm_up()
        return alternate(runs=context.options.runs, baseline=baseline.measure, ours=ours.measure)
