"""Receives the call events that TENIOS posts (docs/tenios-api.md §4.1). No request body causes a 500."""

import hmac
import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from transfers.calls import NotStored, store_call_event
from transfers.tenios import InvalidCallEvent, parse_call_event
from transfers.views.request_source import comes_from

MAX_BODY_BYTES = 64 * 1024

logger = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def call_events(request: HttpRequest) -> HttpResponse:
    """Store and apply one event: 200 stored, 400 no JSON object, 403 wrong key or source, 413 too large, 503 failed."""
    if not _is_from_allowed_source(request):
        return HttpResponse(status=403)
    body = _read_body(request)
    if body is None:
        return HttpResponse(status=413)
    try:
        posted = parse_call_event(body, forward_answer_types=settings.TENIOS_FORWARD_ANSWER_TYPES)
    except InvalidCallEvent as problem:
        return JsonResponse({"error": str(problem)}, status=400)
    if not _is_known_key(posted.access_key):
        return HttpResponse(status=403)
    try:
        event = store_call_event(posted)
    except NotStored as problem:
        logger.error("call event not stored: %s", problem)
        return HttpResponse(status=503)
    logger.info("call event %s stored as %s", event.kind, event.pk)
    return JsonResponse({})


def _is_from_allowed_source(request: HttpRequest) -> bool:
    return not settings.TENIOS_EVENT_SOURCES or comes_from(request, settings.TENIOS_EVENT_SOURCES)


def _read_body(request: HttpRequest) -> bytes | None:
    """Return the body, or None if it is longer than allowed.

    On ASGI, Django has received the whole body before any view runs, so the proxy must limit what arrives.
    """
    if _content_length(request) > MAX_BODY_BYTES:
        return None
    try:
        body = request.read(MAX_BODY_BYTES + 1)
    except (UnreadablePostError, RawPostDataException, OSError):
        return b""
    return body if len(body) <= MAX_BODY_BYTES else None


def _content_length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or ""
    return int(length) if length.isdecimal() and len(length) < 20 else 0


def _is_known_key(key: str) -> bool:
    """Compare with every accepted key in constant time. As bytes, because non-ASCII texts would raise."""
    given = key.encode(errors="surrogatepass")
    matches = [hmac.compare_digest(given, known.encode()) for known in settings.TENIOS_EVENT_KEYS]
    return any(matches)
