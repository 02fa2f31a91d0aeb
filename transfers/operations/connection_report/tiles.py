"""The four tiles of the Connection page: requests to TENIOS, its call events, worker and sweeper, the audit chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from transfers.audit_log.trail_check import TrailReport
from transfers.lifecycle.gate import GateState
from transfers.operations.connection_report.exchanges import Exchange
from transfers.operations.connection_report.posts import PostCount
from transfers.operations.health import SystemHealth
from transfers.operations.heartbeats import LastHeartbeat

GOOD, DOUBTFUL, BAD, NEUTRAL = "answered", "unknown", "failed", "idle"
"""The tones of a tile: the transfer states whose colours it has."""

_ICONS = {GOOD: "check-circle", DOUBTFUL: "alert", BAD: "x-circle", NEUTRAL: "question"}


@dataclass(frozen=True)
class Tile:
    """One part: its tone, its name, its state in one word or number, and a sentence."""

    tone: str
    title: str
    value: str
    note: str

    @property
    def icon(self) -> str:
        """The name of the tone's icon."""
        return _ICONS[self.tone]


def make_tiles(
    *, health: SystemHealth, exchange: Exchange | None, posts: Sequence[PostCount], chain: TrailReport | None
) -> list[Tile]:
    """Return the four tiles in the active language."""
    gate = health.gate or GateState(read_at=timezone.now())
    return [_interface(gate, exchange), _call_events(posts), _senders(health), _chain(chain)]


def _interface(gate: GateState, exchange: Exchange | None) -> Tile:
    title = _("TENIOS interface")
    if gate.stopped_at:
        note = _("TENIOS refused the access key (%(code)s), %(time)s")
        return Tile(BAD, title, _("Stopped"), note % {"code": gate.stop_code, "time": _clock(gate.stopped_at)})
    if gate.is_paused:
        note = _("TENIOS asked us to wait; transfers are sent again in %(seconds)s s")
        return Tile(DOUBTFUL, title, _("Paused"), note % {"seconds": gate.pause_seconds_left})
    if exchange is None:
        return Tile(NEUTRAL, title, pgettext("sending", "Open"), _("nothing was sent within seven days"))
    if exchange.http_status is None:
        note = _("the last request, %(time)s, got no answer")
        return Tile(DOUBTFUL, title, pgettext("sending", "Open"), note % {"time": _clock(exchange.at)})
    if exchange.is_key_refused:
        return Tile(
            DOUBTFUL,
            title,
            pgettext("sending", "Open"),
            _("but a check of the key was refused, %(time)s") % {"time": _clock(exchange.at)},
        )
    value = _("%(milliseconds)s ms") % {"milliseconds": round(exchange.seconds * 1000)}
    note = _("last answer %(time)s: HTTP %(status)s")
    tone = GOOD if exchange.http_status < 500 else DOUBTFUL
    return Tile(tone, title, value, note % {"time": _clock(exchange.at), "status": exchange.http_status})


def _call_events(posts: Sequence[PostCount]) -> Tile:
    title = _("Call events")
    if not posts:
        return Tile(NEUTRAL, title, _("None"), _("no post of TENIOS within seven days"))
    note = _("last: %(type)s; %(count)s today") % {
        "type": posts[0].request_type or "–",
        "count": number_format(sum(each.today for each in posts), force_grouping=True),
    }
    return Tile(GOOD, title, age_text(posts[0].last_at), note)


def _senders(health: SystemHealth) -> Tile:
    title = _("Worker and sweeper")
    is_worker_ok = health.worker is not None and health.worker.is_fresh
    is_sweeper_ok = health.sweeper is not None and health.sweeper.is_fresh
    if not is_worker_ok and not is_sweeper_ok:
        value, tone = _("Both silent"), BAD
    elif not is_worker_ok:
        value, tone = _("Worker silent"), DOUBTFUL
    elif not is_sweeper_ok:
        value, tone = _("Sweeper silent"), DOUBTFUL
    elif not health.is_redis_ok:
        value, tone = _("Redis silent"), DOUBTFUL
    else:
        value, tone = _("Both at work"), GOOD
    note = _("last sign of life: worker %(worker)s, sweeper %(sweeper)s")
    ages = {"worker": _heartbeat_text(health.worker), "sweeper": _heartbeat_text(health.sweeper)}
    return Tile(tone, title, value, note % ages)


def _chain(report: TrailReport | None) -> Tile:
    title = _("Audit chain")
    if report is None:
        return Tile(NEUTRAL, title, "0", _("no entries yet"))
    entries = number_format(report.last_seq, force_grouping=True)
    if report.bad_seqs:
        note = _("entries; not as recorded: %(bad)s. Run audit_verify.") % {"bad": ", ".join(map(str, report.bad_seqs))}
        return Tile(BAD, title, entries, note)
    if not report.is_contiguous:
        return Tile(BAD, title, entries, _("entries, but some of the last are missing. Run audit_verify."))
    note = ngettext(
        "entries; the last one is as recorded", "entries; the last %(count)s are as recorded", report.entries
    )
    return Tile(GOOD, title, entries, note % {"count": report.entries})


def _heartbeat_text(heartbeat: LastHeartbeat | None) -> str:
    return _("never") if heartbeat is None else _ago(heartbeat.age_seconds)


def age_text(at: datetime) -> str:
    """Return how long ago that was, in the largest unit that fits, such as "3 min ago"."""
    return _ago((timezone.now() - at).total_seconds())


def _ago(seconds: float) -> str:
    age = timedelta(seconds=max(0.0, seconds))
    if age < timedelta(minutes=1):
        return _("%(count)s s ago") % {"count": int(age.total_seconds())}
    if age < timedelta(hours=1):
        return _("%(count)s min ago") % {"count": age // timedelta(minutes=1)}
    if age < timedelta(days=1):
        return _("%(count)s h ago") % {"count": age // timedelta(hours=1)}
    days = age // timedelta(days=1)
    return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days}


def _clock(at: datetime) -> str:
    """Return the local time to the second, with the day if it is not today."""
    local = timezone.localtime(at)
    is_today = local.date() == timezone.localdate()
    return date_format(local, "H:i:s" if is_today else pgettext("date format", "D j M, H:i:s"))
