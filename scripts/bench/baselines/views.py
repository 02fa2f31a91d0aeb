"""The baselines in Django: views that write the same rows as the product, with nothing around them."""

import uuid
from importlib import import_module
from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from transfers import audit_log, tenios
from transfers.audit_log import AuditAction
from transfers.lifecycle import states
from transfers.lifecycle.execution import make_client
from transfers.models import Call, CallEvent, Transfer, User

ACTOR = "baseline"


def answer_health(_request: HttpRequest) -> HttpResponse:
    """Answer that the server runs."""
    return HttpResponse()


@csrf_exempt
def write_row(request: HttpRequest) -> HttpResponse:
    """Store the body of the request in one row."""
    CallEvent.objects.create(received_at=timezone.now(), kind="other", body=request.body.decode())
    return HttpResponse()


@login_required
def transfer_directly(request: HttpRequest, call_uuid: str) -> HttpResponse:
    """Write the rows of a transfer, send the request to TENIOS at once, and record that it was accepted.

    There is no queue and there are no checks.
    """
    agent, call = cast(User, request.user), Call.objects.get(call_uuid=call_uuid)
    transfer = _create_transfer(request, agent, call)
    _claim(transfer)
    make_client().transfer_call(
        call_uuid=call.call_uuid, destination_type=transfer.destination_type, destination=transfer.destination
    )
    states.move_transfer(transfer.pk, states.ACCEPT, actor=ACTOR)
    return HttpResponse(status=204)


def _create_transfer(request: HttpRequest, agent: User, call: Call) -> Transfer:
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
    return transfer


def _claim(transfer: Transfer) -> None:
    states.move_transfer(
        transfer.pk,
        states.CLAIM,
        actor=ACTOR,
        changes={
            "attempt": F("attempt") + 1,
            "claim_token": uuid.uuid4(),
            "sent_at": Now(),
            "lease_until_at": Now() + states.LEASE,
        },
    )


def _product_addresses() -> list[URLPattern | URLResolver]:
    """Return the product's addresses: its middleware looks some of them up."""
    return import_module("tenios_dashboard.urls").urlpatterns if settings.MIDDLEWARE else []


urlpatterns = [
    path("healthz", answer_health),
    path("row", write_row),
    path("direct/<str:call_uuid>", transfer_directly),
    *_product_addresses(),
]
