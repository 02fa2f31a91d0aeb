"""The error pages: 503 while the database does not answer, else 500 for our own mistakes.

A commit may have been made although its answer was lost, so no page says that nothing was recorded.
"""

import sys
from dataclasses import dataclass

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.views import defaults

from transfers import tenios
from transfers.base.database import is_database_trouble
from transfers.models import DestinationType

RETRY_AFTER_SECONDS = 5
_FORM_FIELDS = ("call_uuid", "choice", "destination_type", "destination", "note", "q", "kind", "request_key")


@dataclass(frozen=True)
class KeptForm:
    """A posted transfer form. The page shows it, and its button posts it again."""

    fields: dict[str, str]

    @property
    def destination_kind(self) -> str:
        """The type of the destination in the language of the reader; empty for an unknown type."""
        try:
            return str(DestinationType(tenios.from_wire(self.fields["destination_type"])).label)
        except (KeyError, tenios.UnknownDestinationType):
            return ""


class _TokenCheck(CsrfViewMiddleware):
    """Django's check without its error page, which needs the database for the name of the user."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:  # noqa: ARG002 (Django's signature)
        return HttpResponse(status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an uncaught exception (`handler500`): 503 while the database does not answer, else 500."""
    if is_database_trouble(sys.exc_info()[1]):
        return _unavailable(request)
    return defaults.server_error(request)


def _unavailable(request: HttpRequest) -> HttpResponse:
    """Render the page without the database, so without the session and the user."""
    context = {
        "kept": _kept_form(request),
        "is_post": request.method == "POST",
        "address": request.get_full_path(),
        "csrf_token": get_token(request),
    }
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS), "Cache-Control": "no-store"}
    return HttpResponse(render_to_string("503.html", context), status=503, headers=headers)


def _kept_form(request: HttpRequest) -> KeptForm | None:
    """Return the posted transfer form; None for another form, one without a request key, or one of another site."""
    if request.method != "POST" or not _is_transfer_form(request) or not _is_from_our_page(request):
        return None
    fields = {name: request.POST[name] for name in _FORM_FIELDS if request.POST.get(name)}
    return KeptForm(fields) if fields.get("request_key") else None


def _is_transfer_form(request: HttpRequest) -> bool:
    try:
        return resolve(request.path_info).view_name == "transfers:transfer-panel"
    except Resolver404:
        return False


def _is_from_our_page(request: HttpRequest) -> bool:
    """Check the CSRF token. The usual check has not run if the database failed before the view."""
    try:
        refusal = _TokenCheck(lambda _request: HttpResponse()).process_view(request, server_error, (), {})
        return refusal is None and request.POST is not None
    except (SuspiciousOperation, UnreadablePostError):
        return False
