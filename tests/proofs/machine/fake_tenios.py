"""A TENIOS in memory: the requests it got, the callers it moved, and what it reports about that now, later or never.

Its ledger is the truth that verdicts are compared with.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import httpx
from django.utils import timezone

from transfers.tenios import CallRecord, TeniosClient, TransferAnswer


@dataclass
class Leg:
    """Where a request moved the caller. `is_told` is true once a post reported that it rings."""

    uuid: str
    call_uuid: str
    destination: str
    transfer_id: int
    started_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    is_told: bool = False


@dataclass
class Request:
    """A request that arrived, and whether it was answered with success. Without a leg the caller was not moved."""

    transfer_id: int
    was_accepted: bool
    leg: Leg | None


@dataclass(frozen=True)
class Behaviour:
    """One way to answer. `answer` raises network errors. `moves_late`: TENIOS moves the caller after our timeout."""

    moves: bool
    answer: Callable[[httpx.Request], httpx.Response]
    arrives: bool = True
    moves_late: bool = False


def _failing(error: type[httpx.TransportError]) -> Callable[[httpx.Request], httpx.Response]:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error("as told", request=request)

    return fail


def _saying(status: int, body: object, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _request: httpx.Response(status, json=body, headers=headers)


LATE = timedelta(seconds=5)
"""How long TENIOS may take to act: less than our timeout."""

_SUCCESS = {"success": True}
_REFUSAL = {"success": False, "error_code": "CALL_UUID_NOT_FOUND"}
BEHAVIOURS = {
    "accepts": Behaviour(True, _saying(200, _SUCCESS)),
    "accepts and does nothing": Behaviour(False, _saying(200, _SUCCESS)),
    "refuses": Behaviour(False, _saying(400, _REFUSAL)),
    "asks to wait": Behaviour(False, _saying(429, {}, **{"Retry-After": "3"})),
    "fails, moved": Behaviour(True, _saying(500, {})),
    "fails, not moved": Behaviour(False, _saying(500, {})),
    "answer lost, moved": Behaviour(True, _failing(httpx.ReadTimeout)),
    "answer lost, moved late": Behaviour(True, _failing(httpx.ReadTimeout), moves_late=True),
    "answer lost, not moved": Behaviour(False, _failing(httpx.ReadTimeout)),
    "out of reach": Behaviour(False, _failing(httpx.ConnectError), arrives=False),
}


@dataclass
class FakeTenios:
    """One account with its running calls (by their ids), the requests it got, and the legs they made."""

    running: list[str] = field(default_factory=list)
    ended_at: dict[str, datetime] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    _late: list[tuple[datetime, Request, dict[str, str]]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def client(self, transfer_id: int, behaviour: Behaviour, *, on_its_way: Callable[[], None]) -> TeniosClient:
        """Return a client with this behaviour. `on_its_way` is called between the action and the answer."""

        def receive(request: httpx.Request) -> httpx.Response:
            if behaviour.arrives:
                return self._act(transfer_id, httpx.Response(200, content=request.content).json(), behaviour, request)
            return behaviour.answer(request)

        return _Client(transport=httpx.MockTransport(receive), on_its_way=on_its_way)

    def _act(
        self, transfer_id: int, fields: dict[str, str], behaviour: Behaviour, request: httpx.Request
    ) -> httpx.Response:
        arrived = Request(transfer_id, was_accepted=False, leg=None)
        self.requests.append(arrived)
        if fields["call_uuid"] not in self.running:
            return _saying(400, _REFUSAL)(request)
        if behaviour.moves_late:
            self._late.append((timezone.now() + LATE, arrived, fields))
        elif behaviour.moves:
            self._move(arrived, fields)
        answer = behaviour.answer(request)
        arrived.was_accepted = answer.status_code == 200
        return answer

    def catch_up(self) -> None:
        """Move the callers of late requests that are due now."""
        due = [late for late in self._late if late[0] <= timezone.now()]
        self._late = [late for late in self._late if late not in due]
        for _, arrived, fields in due:
            if fields["call_uuid"] in self.running:
                self._move(arrived, fields)

    def _move(self, arrived: Request, fields: dict[str, str]) -> None:
        self.end_legs(fields["call_uuid"])
        arrived.leg = Leg(
            uuid=f"leg-{next(self._numbers)}",
            call_uuid=fields["call_uuid"],
            destination=fields["destination"],
            transfer_id=arrived.transfer_id,
            started_at=timezone.now(),
        )
        self.legs.append(arrived.leg)

    def end_legs(self, call_uuid: str) -> None:
        """End all legs of a call."""
        for leg in self.legs:
            if leg.call_uuid == call_uuid and leg.ended_at is None:
                leg.ended_at = timezone.now()

    def hang_up(self, call_uuid: str) -> None:
        """End the call of the caller."""
        self.end_legs(call_uuid)
        self.running.remove(call_uuid)
        self.ended_at[call_uuid] = timezone.now()

    def records(self, call_uuid: str) -> list[CallRecord]:
        """Return the records of a call: one for each ended leg, and the caller's own after the call ended."""
        own = [_record(leg) for leg in self.legs if leg.call_uuid == call_uuid and leg.ended_at is not None]
        ended_at = self.ended_at.get(call_uuid)
        return own if ended_at is None else [_callers_record(call_uuid, ended_at), *own]


class _Client(TeniosClient):
    def __init__(self, *, transport: httpx.MockTransport, on_its_way: Callable[[], None]) -> None:
        super().__init__(access_key="key-of-the-machine", base_url="https://tenios.test", transport=transport)
        self._on_its_way = on_its_way

    def transfer_call(self, *, call_uuid: str, destination_type: str, destination: str) -> TransferAnswer:
        answer = super().transfer_call(call_uuid=call_uuid, destination_type=destination_type, destination=destination)
        self._on_its_way()
        return answer


def _record(leg: Leg) -> CallRecord:
    return CallRecord(
        leg_uuid=leg.uuid,
        main_leg_uuid=leg.call_uuid,
        destination_type="sip_user",
        is_inbound=False,
        destination=leg.destination,
        started_at=leg.started_at,
        answered_at=leg.answered_at,
        ended_at=leg.ended_at,
        hangup_cause="NORMAL_CLEARING" if leg.answered_at else "USER_BUSY",
    )


def _callers_record(call_uuid: str, ended_at: datetime) -> CallRecord:
    return CallRecord(
        leg_uuid=call_uuid,
        main_leg_uuid="",
        destination_type=None,
        is_inbound=True,
        destination="+492214710100",
        started_at=ended_at - timedelta(hours=1),
        answered_at=ended_at - timedelta(hours=1),
        ended_at=ended_at,
        hangup_cause="NORMAL_CLEARING",
    )
