from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from transfers.lifecycle.gate import GateState
from transfers.operations.health import Condition, Level, SystemHealth
from transfers.operations.heartbeats import LastHeartbeat

NOW = datetime(2026, 11, 23, 13, 7, 20, tzinfo=UTC)
FRESH, SILENT = LastHeartbeat(NOW, 1.0), LastHeartbeat(NOW, 11.0)
OPEN = GateState(read_at=NOW)
STOPPED = GateState(read_at=NOW, stopped_at=NOW)
PAUSED = GateState(read_at=NOW, paused_until_at=NOW + timedelta(seconds=20))
STOPPED_AND_PAUSED = GateState(read_at=NOW, stopped_at=NOW, paused_until_at=NOW + timedelta(seconds=20))


def health(**changes: Any) -> SystemHealth:
    """The health while all works, with the changes that the test names."""
    return SystemHealth(
        **{"is_database_ok": True, "is_redis_ok": True, "worker": FRESH, "sweeper": FRESH, "gate": OPEN, **changes}
    )


@pytest.mark.parametrize(
    ("changes", "condition", "level"),
    [
        ({}, Condition.WORKING, Level.WORKING),
        ({"worker": SILENT}, Condition.WORKER_SILENT, Level.DELAYED),
        ({"worker": None}, Condition.WORKER_SILENT, Level.DELAYED),
        ({"is_redis_ok": False}, Condition.REDIS_AWAY, Level.DELAYED),
        ({"is_redis_ok": False, "worker": SILENT}, Condition.REDIS_AWAY, Level.DELAYED),
        ({"sweeper": SILENT}, Condition.SWEEPER_SILENT, Level.UNGUARDED),
        ({"sweeper": None}, Condition.SWEEPER_SILENT, Level.UNGUARDED),
        ({"worker": SILENT, "sweeper": SILENT}, Condition.NOBODY_SENDS, Level.STOPPED),
        ({"worker": None, "sweeper": None}, Condition.NOBODY_SENDS, Level.STOPPED),
        ({"is_redis_ok": False, "sweeper": SILENT}, Condition.NOBODY_SENDS, Level.STOPPED),
        ({"gate": PAUSED}, Condition.PAUSED, Level.PAUSED),
        ({"gate": PAUSED, "worker": SILENT}, Condition.PAUSED, Level.PAUSED),
        ({"gate": PAUSED, "worker": SILENT, "sweeper": SILENT}, Condition.NOBODY_SENDS, Level.STOPPED),
        ({"gate": STOPPED}, Condition.KEY_REFUSED, Level.STOPPED),
        ({"gate": STOPPED_AND_PAUSED}, Condition.KEY_REFUSED, Level.STOPPED),
        ({"gate": STOPPED, "worker": SILENT, "sweeper": SILENT}, Condition.KEY_REFUSED, Level.STOPPED),
        (
            {"is_database_ok": False, "worker": None, "sweeper": None, "gate": None},
            Condition.DATABASE_AWAY,
            Level.STOPPED,
        ),
        (
            {"is_database_ok": False, "is_redis_ok": None, "worker": None, "sweeper": None, "gate": None},
            Condition.DATABASE_AWAY,
            Level.STOPPED,
        ),
    ],
)
def test_condition_and_level_follow_from_the_parts(changes: dict[str, Any], condition: Condition, level: Level) -> None:
    assert health(**changes).condition == condition
    assert health(**changes).level == level
