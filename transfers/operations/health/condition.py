"""What the state of the parts means for the next transfer."""

from dataclasses import dataclass
from enum import StrEnum

from transfers.lifecycle.gate import GateState
from transfers.operations.heartbeats import LastHeartbeat


class Level(StrEnum):
    """What happens to the next transfer. `delayed`: sent later. `unguarded`: sent, but nothing detects a lost one."""

    WORKING = "working"
    DELAYED = "delayed"
    UNGUARDED = "unguarded"
    PAUSED = "paused"
    STOPPED = "stopped"


class Condition(StrEnum):
    """The reason for the level. If several apply, the one that matters most for the next transfer."""

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
    """The state of all parts. Without the database, heartbeats and gate are unknown (None).

    `is_redis_ok` is None if the read took longer than its time limit.
    """

    is_database_ok: bool
    is_redis_ok: bool | None
    worker: LastHeartbeat | None = None
    sweeper: LastHeartbeat | None = None
    gate: GateState | None = None

    @property
    def condition(self) -> Condition:
        """The first condition that applies, in the order of importance for the next transfer."""
        can_worker_send = bool(self.is_redis_ok and self.worker and self.worker.is_fresh)
        can_sweeper_send = bool(self.sweeper and self.sweeper.is_fresh)
        by_importance = (
            (Condition.DATABASE_AWAY, not self.is_database_ok),
            (Condition.KEY_REFUSED, self.gate is not None and self.gate.is_stopped),
            (Condition.NOBODY_SENDS, not can_worker_send and not can_sweeper_send),
            (Condition.PAUSED, self.gate is not None and self.gate.is_paused),
            (Condition.REDIS_AWAY, not self.is_redis_ok),
            (Condition.WORKER_SILENT, not can_worker_send),
            (Condition.SWEEPER_SILENT, not can_sweeper_send),
        )
        return next((condition for condition, applies in by_importance if applies), Condition.WORKING)

    @property
    def level(self) -> Level:
        """The level that follows from the condition."""
        return LEVELS[self.condition]
