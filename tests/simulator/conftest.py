"""An account with a clock that the test controls, and a simulator behind a real socket."""

import heapq
import itertools
import random
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from simulator.account import Account
from simulator.calls import Call
from simulator.ledger import Ledger
from simulator.options import Options
from simulator.orders import Orders
from simulator.scheduling import Timer
from simulator.server import Simulator
from simulator.transfer_endpoint import TransferEndpoint

ACCESS_KEY = "00000000-1111-2222-3333-444444444444"
EVENT_KEY = "secret-from-portal"
TLS = ssl.create_default_context()  # loaded once: it takes longer than most tests
TARGET = "+493023125640"
ONE_CALL = ["CALL_START", "BLOCK_END/ANNOUNCEMENT", "INITIATE_FORWARD", "FORWARD_ANSWER"]
"""The posts of a call until it is connected."""
BEGIN = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


class ManualClock:
    """A scheduler whose time changes only by `advance`."""

    def __init__(self) -> None:
        self._now = 100.0
        self._due: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()

    def monotonic(self) -> float:
        return self._now

    def utc_now(self) -> datetime:
        return BEGIN + timedelta(seconds=self._now - 100.0)

    def call_later(self, seconds: float, action: Callable[[], None]) -> Timer:
        timer = Timer(action)
        heapq.heappush(self._due, (self._now + seconds, next(self._order), timer))
        return timer

    def advance(self, seconds: float) -> None:
        end = self._now + seconds
        while self._due and self._due[0][0] <= end:
            self._now, _, timer = heapq.heappop(self._due)
            if not timer.is_cancelled:
                timer.action()
        self._now = end


class Stage:
    """An account without sockets: its clock, its posts, and the endpoint for transfers."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.posts: list[dict[str, Any]] = []
        self.options = Options()
        self.account = Account(
            scheduler=self.clock,
            rng=random.Random(7),
            post_event=self.posts.append,
            options=self.options,
            event_key=EVENT_KEY,
        )
        self.orders, self.ledger = Orders(), Ledger()
        self.endpoint = TransferEndpoint(
            account=self.account, orders=self.orders, ledger=self.ledger, access_key=ACCESS_KEY, wait=self.clock.advance
        )

    def transfer(self, call: Call, *, outcome: str | None = "answered", **changes: Any) -> None:
        """Transfer a call to TARGET, which rings for five seconds."""
        fields = {"destination_type": "EXTERNALNUMBER", "destination": TARGET, "ring_seconds": 5, **changes}
        self.account.transfer(call, outcome=outcome, **fields)

    def post_types(self, call_uuid: str | None = None) -> list[str]:
        """Return the posts, as requestType or requestType/blockType."""
        return [
            "/".join(filter(None, (post["requestType"], post.get("blockType"))))
            for post in self.posts
            if call_uuid in (None, post["variables"]["call_uuid"])
        ]

    def request_transfer(self, **fields: Any) -> tuple[int, str]:
        """Request a transfer as a client would; return status and body."""
        outgoing, entry = self.endpoint.handle({"access_key": ACCESS_KEY, **fields})
        assert "access_key" not in (entry.fields or {})
        return outgoing.answer.status, outgoing.answer.body.decode()

    def records(self) -> list[dict[str, Any]]:
        """Return all records that are visible now."""
        year = timedelta(days=365)
        return self.account.records.select(start=BEGIN - year, end=BEGIN + year, at=self.clock.monotonic())

    def record_of(self, destination: str) -> dict[str, Any]:
        """Return the record of the only leg to `destination`."""
        [record] = [record for record in self.records() if record["destination_number"] == destination]
        return record


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A simulator behind a real socket whose legs are answered or fail after 20 ms."""
    options = Options(ring_seconds_min=0.02, ring_seconds_max=0.02, no_answer_seconds=0.02, cdr_delay_seconds=0.0)
    with Simulator(access_key=ACCESS_KEY, event_key=EVENT_KEY, options=options, seed=3) as running:
        yield running


@pytest.fixture
def client(simulator: Simulator) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=simulator.url, trust_env=False, verify=TLS, timeout=5) as client:
        yield client


@pytest.fixture
def call_uuid(simulator: Simulator) -> str:
    return simulator.account.start_call(agent="ada").call_uuid
