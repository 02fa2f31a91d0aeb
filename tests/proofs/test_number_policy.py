"""5,000 numbers of all regions and types through form and worker: exactly the allowed ones are sent."""

import json
import uuid

import httpx
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from tests.factories import make_call, make_transfer
from tests.proofs.figures import how_many, report
from tests.proofs.number_sample import ALLOWED, DENIED, Sample, make_samples
from transfers.lifecycle import execution
from transfers.models import NumberRule, Transfer, TransferState, User
from transfers.tenios import TeniosClient

IN_ALL = 5_000
COUNT = how_many(usual=60, full=IN_ALL)


class Wire:
    """A TENIOS that accepts everything and records the numbers."""

    def __init__(self) -> None:
        self.numbers: list[str] = []
        self.client = TeniosClient(
            access_key=str(uuid.uuid4()), base_url="https://tenios.test", transport=httpx.MockTransport(self)
        )

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.numbers.append(json.loads(request.content)["destination"])
        return httpx.Response(200, json={"success": True})


def post(client: Client, ada: User, sample: Sample) -> int:
    """Request a transfer like an agent who typed the number. Return the status of the answer."""
    call = make_call(agent=ada)
    fields = {"destination_type": "EXTERNALNUMBER", "destination": sample.spelt, "request_key": str(uuid.uuid4())}
    return client.post(reverse("transfers:transfer-panel", args=[call.call_uuid]), fields).status_code


def execute(transfer: Transfer, wire: Wire) -> str:
    """Execute the transfer like the worker. Return its state."""
    execution.execute_transfer(transfer.pk, actor="worker", client=wire.client)
    transfer.refresh_from_db()
    return f"{transfer.state} {transfer.cancel_reason}".strip()


def slip_past_the_form(ada: User, sample: Sample) -> Transfer:
    """Create a transfer that is due now, without the checks of the form."""
    return make_transfer(
        agent=ada,
        call=make_call(agent=ada),
        destination_type="external_number",
        destination=sample.number,
        due_at=timezone.now(),
    )


def test_nothing_outside_the_policy_is_sent_and_nothing_inside_refused(
    client: Client, ada: User, settings: Settings
) -> None:
    settings.TRANSFER_UNDO_SECONDS = 0
    NumberRule.objects.bulk_create(NumberRule(starts_with=each, verdict="deny") for each in DENIED)
    NumberRule.objects.bulk_create(NumberRule(starts_with=each, verdict="allow") for each in ALLOWED)
    client.force_login(ada)
    samples = make_samples(COUNT, of=IN_ALL, seed=5)
    by_form, by_worker = Wire(), Wire()
    answers, ends = [], []

    for sample in samples:
        answers.append((sample, post(client, ada, sample)))
        requested = Transfer.objects.filter(state=TransferState.REQUESTED).first()
        if requested is not None:
            execute(requested, by_form)
        ends.append((sample, execute(slip_past_the_form(ada, sample), by_worker)))

    inside = [sample.number for sample in samples if sample.is_inside]
    assert [(sample, got) for sample, got in answers if got != (303 if sample.is_inside else 422)] == []
    wanted = {True: TransferState.ACCEPTED.value, False: "cancelled destination_refused"}
    assert [(sample, got) for sample, got in ends if got != wanted[sample.is_inside]] == []
    assert by_form.numbers == inside
    assert by_worker.numbers == inside
    assert len(samples) == COUNT
    assert len(inside) > COUNT // 6
    regions, types = {sample.region for sample in samples}, {sample.number_type for sample in samples}
    report(
        f"{COUNT} numbers of {len(regions - {''})} regions and {len(types)} types through form and worker: "
        f"{len(inside)} inside the policy, 0 of them refused; {COUNT - len(inside)} outside, 0 of them sent"
    )
