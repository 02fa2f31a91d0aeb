"""A TENIOS that answers as a test wants, and a transfer that is due to be sent to it."""

import json
from collections.abc import Callable
from datetime import timedelta

import httpx
from django.utils import timezone

from tests.factories import make_call, make_transfer
from transfers.models import Transfer, User
from transfers.tenios import TeniosClient, TransferAnswer

KEY = "11112222-3333-4444-5555-666677778888"


class Wire:
    """Stands for TENIOS: answers as told and keeps what it was sent."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.bodies: list[dict[str, str]] = []
        self._answer = answer
        self.client = TeniosClient(access_key=KEY, base_url="https://tenios.test", transport=httpx.MockTransport(self))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(json.loads(request.content))
        return self._answer(request)


class Meanwhile(TeniosClient):
    """A client in whose request something else happens before the answer is read."""

    def __init__(self, wire: Wire, happens: Callable[[], object]) -> None:
        super().__init__(access_key=KEY, base_url="https://tenios.test", transport=httpx.MockTransport(wire))
        self._happens = happens

    def transfer_call(self, **request: str) -> TransferAnswer:
        self._happens()
        return super().transfer_call(**request)


def answering(status: int, body: object) -> Wire:
    return Wire(lambda _request: httpx.Response(status, json=body))


def failing(error: type[httpx.TransportError]) -> Wire:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error("as told", request=request)

    return Wire(fail)


def make_due(user: User, **overrides: object) -> Transfer:
    now = timezone.now()
    values = {"requested_at": now - timedelta(seconds=3), "due_at": now - timedelta(milliseconds=50), **overrides}
    values.setdefault("call", make_call(agent=user))
    return make_transfer(agent=user, **values)
