"""Addresses for monitoring: whether this process is alive, whether all parts work, and the metrics."""

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from transfers.operations.health import Level, SystemHealth, shared_health
from transfers.operations.heartbeats import LastHeartbeat
from transfers.operations.metrics import CONTENT_TYPE, render_metrics
from transfers.views.request_source import comes_from

PartReport = dict[str, bool | float | str | None]


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 (a view's signature)
    """Answer 200 as soon as the process serves requests. Needs neither the database nor Redis."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_GET
def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 (a view's signature)
    """Answer 200 while transfers are sent as usual, else 503, with the state of each part; within 2 s in any case."""
    health = shared_health.read()
    is_working = health.level == Level.WORKING
    body = {"level": health.level, "condition": health.condition, "parts": _parts(health)}
    return JsonResponse(body, status=200 if is_working else 503)


@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Return all metrics as Prometheus text. 403 unless `METRICS_SOURCES` has the sender, 503 without the database."""
    if not comes_from(request, settings.METRICS_SOURCES):
        return HttpResponse(status=403)
    health = shared_health.read()
    if not health.is_database_ok:
        return HttpResponse(status=503)
    try:
        return HttpResponse(render_metrics(health), content_type=CONTENT_TYPE)
    except Error:
        return HttpResponse(status=503)


def _parts(health: SystemHealth) -> dict[str, PartReport]:
    """Return whether each part works; None if that is unknown without the database."""
    gate = health.gate
    state = "stopped" if gate and gate.is_stopped else "paused" if gate and gate.is_paused else "open"
    return {
        "database": {"ok": health.is_database_ok},
        "redis": {"ok": health.is_redis_ok},
        "worker": _heartbeat_report(health.worker, is_known=health.is_database_ok),
        "sweeper": _heartbeat_report(health.sweeper, is_known=health.is_database_ok),
        "sending": {"ok": state == "open", "state": state} if gate else {"ok": None, "state": None},
    }


def _heartbeat_report(heartbeat: LastHeartbeat | None, *, is_known: bool) -> PartReport:
    if heartbeat is None:
        return {"ok": False if is_known else None, "age_seconds": None}
    return {"ok": heartbeat.is_fresh, "age_seconds": round(heartbeat.age_seconds, 1)}
