"""The page of TENIOS' SIP users: fetch them, compare them with the directory, apply what is ticked."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from transfers import tasks
from transfers.directory import editing, sip_users
from transfers.directory.sip_users import WAITING, Kind, Outcome
from transfers.operations import heartbeats
from transfers.operations.heartbeats import Part
from transfers.views.signed_in import SignedInRequest

MOST_SHOWN = 200
"""How many of each kind are shown. The others follow when these are decided."""

MOST_REFUSALS_SAID = 5


@never_cache
@require_GET
@login_required
@permission_required(editing.MANAGE, raise_exception=True)
def sip_users_page(request: SignedInRequest) -> HttpResponse:
    """Show the state of the fetch, and all users that differ between TENIOS and the directory."""
    items = sip_users.read_items()
    groups = [(kind, [item for item in items if item.kind == kind]) for kind in (*WAITING, Kind.KEPT, Kind.LEFT_OUT)]
    state = sip_users.read_fetch_state()
    worker = heartbeats.last_heartbeats()[Part.WORKER]
    context = {
        "state": state,
        "waiting": [(kind, found[:MOST_SHOWN], len(found)) for kind, found in groups if kind in WAITING and found],
        "decided": [(kind, found[:MOST_SHOWN], len(found)) for kind, found in groups if kind not in WAITING and found],
        "can_tick": any(item.kind not in (Kind.KEPT, Kind.SAME) for item in items),
        "same": sum(item.kind == Kind.SAME and item.row.gone_at is None for item in items),
        "has_key": bool(settings.TENIOS_ACCESS_KEY),
        "is_worker_silent": worker is None or not worker.is_fresh,
        "fetch_hours": settings.SIP_USER_FETCH_HOURS,
    }
    return render(request, "transfers/directory/sip_users.html", context)


@require_POST
@login_required
@permission_required(editing.MANAGE, raise_exception=True)
def fetch_sip_users(request: SignedInRequest) -> HttpResponse:
    """Request a fetch, and redirect to the page that shows its state. A worker asks TENIOS, not this request."""
    if settings.TENIOS_ACCESS_KEY:
        sip_users.ask_for_fetch()
        tasks.enqueue_sip_user_fetch()
    else:
        messages.error(request, _("No access key is set (TENIOS_ACCESS_KEY). Nothing was asked."))
    return _back_to_page()


@require_POST
@login_required
@permission_required(editing.MANAGE, raise_exception=True)
def decide_sip_users(request: SignedInRequest) -> HttpResponse:
    """Apply the ticked items (`item`), or decide against them (`decision` = `keep`)."""
    tokens = request.POST.getlist("item")[: 5 * MOST_SHOWN]
    if not tokens:
        messages.warning(request, _("Nothing was ticked, so nothing was changed."))
        return _back_to_page()
    if request.POST.get("decision") == "keep":
        outcome = sip_users.keep_items(tokens, by=request.user)
        done = ngettext("%(count)s left as it is.", "%(count)s left as they are.", outcome.done)
    else:
        outcome = sip_users.apply_items(tokens, by=request.user)
        done = ngettext("%(count)s change was taken over.", "%(count)s changes were taken over.", outcome.done)
    _say(request, outcome, done)
    return _back_to_page()


def _say(request: SignedInRequest, outcome: Outcome, done: str) -> None:
    if outcome.done:
        messages.success(request, done % {"count": outcome.done})
    if outcome.changed_meanwhile:
        text = ngettext(
            "%(count)s had changed since you looked, and was left alone. Look again.",
            "%(count)s had changed since you looked, and were left alone. Look again.",
            outcome.changed_meanwhile,
        )
        messages.warning(request, text % {"count": outcome.changed_meanwhile})
    for name, reason in outcome.refused[:MOST_REFUSALS_SAID]:
        messages.error(request, _("%(name)s was not taken over: %(reason)s") % {"name": name, "reason": reason})
    if (more := len(outcome.refused) - MOST_REFUSALS_SAID) > 0:
        text = ngettext("%(count)s more was refused.", "%(count)s more were refused.", more)
        messages.error(request, text % {"count": more})


def _back_to_page() -> HttpResponse:
    return HttpResponseRedirect(reverse("transfers:directory-sip-users"), status=303)
