"""The stub of TENIOS from outside: started, and asked when requests reached it."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from scripts.bench.client import Visitor
from scripts.bench.system import BenchFailed, helper_process
from scripts.net import LOOPBACK, free_port, wait_until

ARRIVAL_SECONDS = 15


@dataclass(frozen=True)
class Wire:
    """The end of the wire."""

    url: str

    def arrivals(self) -> dict[str, float]:
        """Return by call when the request for it was there whole (monotonic seconds)."""
        with Visitor(self.url) as visitor:
            return dict(json.loads(visitor.get("/arrivals").body))

    def arrived(self, call_uuids: Collection[str], *, interval: float = 0.2) -> dict[str, float]:
        """Wait until all these calls' requests are there, or for 15 s; return of those that are when each came.

        Looks again after `interval` seconds.
        """
        wanted = set(call_uuids)
        wait_until(lambda: wanted <= self.arrivals().keys(), seconds=ARRIVAL_SECONDS, interval=interval)
        return {call_uuid: at for call_uuid, at in self.arrivals().items() if call_uuid in wanted}


@contextmanager
def running_wire(*, answer_seconds: float = 0.0) -> Iterator[Wire]:
    """Run a stub of TENIOS that answers after so many seconds."""
    port = free_port()
    with helper_process("stub_tenios", str(port), str(answer_seconds)) as helper:
        if not helper.stdout or helper.stdout.readline().strip() != "ready":
            raise BenchFailed("the stub of TENIOS did not start")
        yield Wire(f"http://{LOOPBACK}:{port}")
