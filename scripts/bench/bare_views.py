"""What the product is compared with: the same rows with nothing around them. No part of the product."""

import uuid
from typing import cast

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from transfers import audit_log, tenios
from transfers.audit_log import AuditAction
from transfers.lifecycle import states
from transfers.lifecycle.execution import make_client
from transfers.models import Call, CallEvent, Transfer, User


def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that it runs."""
    return HttpResponse()


@csrf_exempt
def write_row(request: HttpRequest) -> HttpResponse:
    """Write one row with the body of the post."""
    CallEvent.objects.create(received_at=timezone.now(), kind="other", body=request.body.decode())
    return HttpResponse()


@login_required
def transfer_straight(request: HttpRequest, call_uuid: str) -> HttpResponse:
    """Write the rows of a transfer, make the request to TENIOS here, and write what came of it. No queue, no checks."""
    agent = cast(User, request.user)
    call = Call.objects.get(call_uuid=call_uuid)
    now = timezone.now()
    with transaction.atomic():
        transfer = Transfer.objects.create(
            call=call,
            agent=agent,
            agent_name=agent.display_name,
            destination_type=tenios.from_wire(request.POST["destination_type"]),
            destination=request.POST["destination"],
            request_key=uuid.uuid4(),
            requested_at=now,
            due_at=now,
        )
        audit_log.record(
            actor=str(agent.pseudonym),
            action=AuditAction.TRANSFER_REQUESTED,
            transfer_id=transfer.pk,
            call_id=call.pk,
            outcome=transfer.state,
        )
    _claim(transfer)
    make_client().transfer_call(
        call_uuid=call.call_uuid, destination_type=transfer.destination_type, destination=transfer.destination
    )
    states.move_transfer(transfer.pk, states.ACCEPT, actor="straight")
    return HttpResponse(status=204)


def _claim(transfer: Transfer) -> None:
    states.move_transfer(
        transfer.pk,
        states.CLAIM,
        actor="straight",
        changes={
            "attempt": F("attempt") + 1,
            "claim_token": uuid.uuid4(),
            "sent_at": Now(),
            "lease_until_at": Now() + states.LEASE,
        },
    )
