"""The administrators' page about the connection to TENIOS: its state, its disturbances, and the check of the key."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from transfers.audit_log import trail_check
from transfers.audit_log.texts import describe_entry
from transfers.lifecycle import execution
from transfers.lifecycle.gate import CheckAlreadyRunning, GateState, check_access_key, read_gate
from transfers.operations import connection_report
from transfers.operations.health import read_health
from transfers.tenios import KeyVerdict
from transfers.views.signed_in import SignedInRequest

CHECKED_ENTRIES = 100
"""How many of the newest audit entries the page checks: enough for a recent change, and few enough for each view."""


@never_cache
@require_GET
@login_required
@permission_required("transfers.manage_connection", raise_exception=True)
def connection(request: SignedInRequest) -> HttpResponse:
    """Show the state of the connection. Sends nothing to TENIOS."""
    health = read_health()
    gate = health.gate or GateState(read_at=timezone.now())
    posts = connection_report.count_posts()
    chain = trail_check.check_tail(CHECKED_ENTRIES)
    exchange = connection_report.read_last_exchange()
    last_check = connection_report.read_last_check()
    context = {
        "now": timezone.now(),
        "gate": gate,
        "tiles": connection_report.make_tiles(health=health, exchange=exchange, posts=posts, chain=chain),
        "last_check": describe_entry(last_check) if last_check else None,
        "queue": connection_report.read_queue(),
        "posts": [(post, connection_report.age_text(post.last_at)) for post in posts],
        "disturbances": connection_report.read_disturbances(gate),
        **_to_tenios(),
        **_from_tenios(request),
    }
    return render(request, "transfers/operations/connection.html", context)


@never_cache
@require_POST
@login_required
@permission_required("transfers.manage_connection", raise_exception=True)
def check_connection(request: SignedInRequest) -> HttpResponse:
    """Ask TENIOS once, within 6 s, whether it accepts the access key, and show the result on the page."""
    if settings.TENIOS_ACCESS_KEY:
        _check(request)
    else:
        messages.error(request, _("No access key is set (TENIOS_ACCESS_KEY). Nothing was asked."))
    return HttpResponseRedirect(reverse("transfers:connection"), status=303)


def _check(request: SignedInRequest) -> None:
    user = request.user
    try:
        check = check_access_key(
            client=execution.make_client(), actor=str(user.pseudonym), actor_name=user.display_name
        )
    except CheckAlreadyRunning:
        messages.warning(request, _("The access key is being checked at this moment. Look again in a few seconds."))
        return
    is_stopped = read_gate().is_stopped
    if check.verdict == KeyVerdict.ACCEPTED:
        messages.success(request, _("TENIOS takes the access key."))
    elif check.verdict == KeyVerdict.UNCLEAR:
        after = _("Sending stays stopped.") if is_stopped else _("Nothing was changed.")
        messages.warning(request, f"{_('There was no clear answer.')} {after}")
    elif is_stopped:
        messages.error(request, _("TENIOS refuses the access key. Sending stays stopped."))
    else:
        messages.error(
            request, _("TENIOS refuses the access key. Sending goes on until it refuses a transfer as well.")
        )


def _to_tenios() -> dict[str, object]:
    client = execution.make_client()
    return {
        "base_url": settings.TENIOS_BASE_URL,
        "masked_key": client.masked_key if settings.TENIOS_ACCESS_KEY else "",
        "deadline_seconds": client.deadline_seconds,
        "undo_seconds": settings.TRANSFER_UNDO_SECONDS,
    }


def _from_tenios(request: SignedInRequest) -> dict[str, object]:
    return {
        "post_address": request.build_absolute_uri(reverse("transfers:call-events")),
        "event_keys": len(settings.TENIOS_EVENT_KEYS),
        "event_sources": [str(network) for network in settings.TENIOS_EVENT_SOURCES],
    }
