"""For operations: is this process alive, does every part do its work, and what was counted?"""

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from transfers.operations.health import Level, SystemHealth, lookout
from transfers.operations.heartbeats import Beat
from transfers.operations.metrics import CONTENT_TYPE, render_metrics
from transfers.views.request_source import comes_from

PartReport = dict[str, bool | float | str | None]


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 (a view's signature)
    """Answer as soon as the process serves requests; asks nobody else."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_GET
def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 (a view's signature)
    """Answer 200 while transfers go out as usual, else 503, with each part; within 2 s whatever is away."""
    health = lookout.look()
    is_working = health.level == Level.WORKING
    body = {"level": health.level, "condition": health.condition, "parts": _parts(health)}
    return JsonResponse(body, status=200 if is_working else 503)


@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Return all figures as Prometheus text: 403 for whom `METRICS_SOURCES` does not name, 503 without the database."""
    if not comes_from(request, settings.METRICS_SOURCES):
        return HttpResponse(status=403)
    health = lookout.look()
    if not health.is_database_ok:
        return HttpResponse(status=503)
    try:
        return HttpResponse(render_metrics(health), content_type=CONTENT_TYPE)
    except Error:
        return HttpResponse(status=503)


def _parts(health: SystemHealth) -> dict[str, PartReport]:
    """Return for each part whether it is well; None where this cannot be known without the database."""
    gate = health.gate
    state = "stopped" if gate and gate.is_stopped else "paused" if gate and gate.is_paused else "open"
    return {
        "database": {"ok": health.is_database_ok},
        "redis": {"ok": health.is_redis_ok},
        "worker": _beating(health.worker, is_known=health.is_database_ok),
        "sweeper": _beating(health.sweeper, is_known=health.is_database_ok),
        "sending": {"ok": state == "open", "state": state} if gate else {"ok": None, "state": None},
    }


def _beating(beat: Beat | None, *, is_known: bool) -> PartReport:
    if beat is None:
        return {"ok": False if is_known else None, "age_seconds": None}
    return {"ok": beat.is_fresh, "age_seconds": round(beat.age_seconds, 1)}
