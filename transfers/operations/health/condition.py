"""What the state of the parts means for the next transfer."""

from dataclasses import dataclass
from enum import StrEnum

from transfers.lifecycle.gate import GateState
from transfers.operations.heartbeats import Beat


class Level(StrEnum):
    """How transfers fare. `delayed` goes out later, `unguarded` goes out but one that gets lost is not sent again."""

    WORKING = "working"
    DELAYED = "delayed"
    UNGUARDED = "unguarded"
    PAUSED = "paused"
    STOPPED = "stopped"


class Condition(StrEnum):
    """Why the level is what it is. Where several hold, the one that tells most about the next transfer."""

    WORKING = "working"
    WORKER_SILENT = "worker_silent"
    REDIS_AWAY = "redis_away"
    SWEEPER_SILENT = "sweeper_silent"
    PAUSED = "paused"
    NOBODY_SENDS = "nobody_sends"
    KEY_REFUSED = "key_refused"
    DATABASE_AWAY = "database_away"


LEVELS = {
    Condition.WORKING: Level.WORKING,
    Condition.WORKER_SILENT: Level.DELAYED,
    Condition.REDIS_AWAY: Level.DELAYED,
    Condition.SWEEPER_SILENT: Level.UNGUARDED,
    Condition.PAUSED: Level.PAUSED,
    Condition.NOBODY_SENDS: Level.STOPPED,
    Condition.KEY_REFUSED: Level.STOPPED,
    Condition.DATABASE_AWAY: Level.STOPPED,
}


@dataclass(frozen=True, kw_only=True)
class SystemHealth:
    """What one look saw. With the database away, beats and gate are not known and so None; so is Redis where
    the look was cut short.
    """

    is_database_ok: bool
    is_redis_ok: bool | None
    worker: Beat | None = None
    sweeper: Beat | None = None
    gate: GateState | None = None

    @property
    def condition(self) -> Condition:
        """Return what to say about the next transfer."""
        can_worker_send = bool(self.is_redis_ok and self.worker and self.worker.is_fresh)
        can_sweeper_send = bool(self.sweeper and self.sweeper.is_fresh)
        answers = (
            (Condition.DATABASE_AWAY, not self.is_database_ok),
            (Condition.KEY_REFUSED, self.gate is not None and self.gate.is_stopped),
            (Condition.NOBODY_SENDS, not can_worker_send and not can_sweeper_send),
            (Condition.PAUSED, self.gate is not None and self.gate.is_paused),
            (Condition.REDIS_AWAY, not self.is_redis_ok),
            (Condition.WORKER_SILENT, not can_worker_send),
            (Condition.SWEEPER_SILENT, not can_sweeper_send),
        )
        return next((condition for condition, holds in answers if holds), Condition.WORKING)

    @property
    def level(self) -> Level:
        """Return how transfers fare."""
        return LEVELS[self.condition]
