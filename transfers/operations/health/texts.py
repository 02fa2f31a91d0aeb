"""What people read about the health: the facts, what they mean for the caller, and what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from transfers.operations.health.condition import Condition, Level, SystemHealth
from transfers.operations.heartbeats import LastHeartbeat


@dataclass(frozen=True)
class Notice:
    """The text of the bar on every page, in the reader's language. While all works, `text` is empty."""

    condition: Condition
    level: Level
    title: str
    text: str

    @property
    def is_working(self) -> bool:
        """Whether there is nothing to show."""
        return self.level == Level.WORKING

    @property
    def is_urgent(self) -> bool:
        """Whether agents with a caller on the phone must act differently."""
        return self.level in (Level.PAUSED, Level.STOPPED)


def describe(health: SystemHealth) -> Notice:
    """Return the notice about this health in the active language."""
    condition = health.condition
    title, text = _WORDS[condition](health)
    return Notice(condition, health.level, title, text)


def _working(_health: SystemHealth) -> tuple[str, str]:
    return _("Transfers are sent as usual again."), ""


def _worker_silent(health: SystemHealth) -> tuple[str, str]:
    return _not_reported(health.worker), _slower()


def _redis_away(_health: SystemHealth) -> tuple[str, str]:
    return _("An internal connection is down."), _slower()


def _slower() -> str:
    return _("Transfer as usual; it takes about 2 seconds longer.")


def _sweeper_silent(health: SystemHealth) -> tuple[str, str]:
    advice = _("Transfer as usual, and stay with your caller until TENIOS has accepted.")
    title = _("Transfers are sent, but their outcome is not monitored at the moment.")
    return title, f"{_not_reported(health.sweeper)} {advice}"


def _nobody_sends(health: SystemHealth) -> tuple[str, str]:
    fact = _not_reported(health.worker) if health.is_redis_ok else _("An internal connection is down.")
    return _("Transfers are probably not sent."), f"{fact} {_stay()} {_('Tell your administrator.')}"


def _key_refused(health: SystemHealth) -> tuple[str, str]:
    stopped_at = health.gate.stopped_at if health.gate else None
    fact = _("Refused at %(time)s.") % {"time": _clock(stopped_at)} if stopped_at else ""
    advice = f"{_stay()} {_('An administrator has to check the key.')}"
    return _("TENIOS refuses our access key: no transfers are sent."), f"{fact} {advice}".strip()


def _paused(health: SystemHealth) -> tuple[str, str]:
    until_at = health.gate.paused_until_at if health.gate else None
    title = _("TENIOS asks us to wait until %(time)s.") % {"time": _clock(until_at or timezone.now())}
    return title, _("No transfers are sent until then. Stay with your caller, and transfer after that.")


def _database_away(_health: SystemHealth) -> tuple[str, str]:
    under_way = _("What is on its way already may still go through.")
    title = _("The database does not answer: no transfers can be asked for.")
    return title, f"{under_way} {_stay()} {_('Tell your administrator.')}"


def _stay() -> str:
    return _("Stay with your caller, and transfer from your phone if you can.")


def _not_reported(heartbeat: LastHeartbeat | None) -> str:
    """Say since when a part is silent. Its name would mean nothing to agents; the Connection page shows it."""
    if heartbeat is None:
        return _("An internal service has not reported yet.")
    return _("An internal service has not reported since %(time)s.") % {"time": _clock(heartbeat.at)}


def _clock(at: datetime) -> str:
    """Return the local time to the second, with the date if it is not today's."""
    local = timezone.localtime(at)
    clock = date_format(local, "H:i:s")
    return clock if local.date() == timezone.localdate() else f"{date_format(local, 'SHORT_DATE_FORMAT')}, {clock}"


_WORDS: dict[Condition, Callable[[SystemHealth], tuple[str, str]]] = {
    Condition.WORKING: _working,
    Condition.WORKER_SILENT: _worker_silent,
    Condition.REDIS_AWAY: _redis_away,
    Condition.SWEEPER_SILENT: _sweeper_silent,
    Condition.PAUSED: _paused,
    Condition.NOBODY_SENDS: _nobody_sends,
    Condition.KEY_REFUSED: _key_refused,
    Condition.DATABASE_AWAY: _database_away,
}
