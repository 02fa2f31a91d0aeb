"""What the tests of questions and limits share: asking, requesting, and a TENIOS that accepts every transfer."""

import uuid

import httpx
from django.utils import timezone

from transfers.lifecycle import approvals, requests
from transfers.lifecycle.execution import execute_transfer
from transfers.models import Approval, Call, Transfer, User
from transfers.tenios import TeniosClient

LONDON = "+442079460123"
COLOGNE = "+492215540030"


def ask(user: User, call: Call, address: str = LONDON, **overrides: object) -> Approval:
    values = {"destination_type": "external_number", "note": "", "request_key": uuid.uuid4(), **overrides}
    return approvals.ask_supervisors(user=user, call_uuid=call.call_uuid, address=address, **values)  # type: ignore[arg-type]


def request(user: User, call: Call, address: str, *, request_key: uuid.UUID | None = None) -> Transfer:
    return requests.request_transfer(
        user=user,
        call_uuid=call.call_uuid,
        destination_type="external_number",
        address=address,
        note="",
        request_key=request_key or uuid.uuid4(),
    )


class CountingTenios:
    """Answers every transfer with success, and remembers what came."""

    def __init__(self) -> None:
        self.destinations: list[str] = []
        transport = httpx.MockTransport(self._answer)
        self.client = TeniosClient(access_key="key", base_url="http://127.0.0.1", transport=transport)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.destinations.append(request.read().decode())
        return httpx.Response(200, json={"success": True})

    def send(self, transfer: Transfer) -> Transfer:
        Transfer.objects.filter(pk=transfer.pk).update(due_at=timezone.now())
        execute_transfer(transfer.pk, actor="worker", client=self.client)
        return Transfer.objects.get(pk=transfer.pk)
