"""Whether transfers are sent now: the state of each part, and the one condition that follows from all of them.

Only heartbeats are known. A part without one may have crashed, hang, or be cut off. The texts claim no more.

    texts      `describe`: what people read about a condition
    shared     `shared_health`: reads with a time limit, one read for all who wait; `recent_health` for pages
    reading    `read_health`: reads all parts once
    condition  what the state of the parts means for the next transfer
"""

from transfers.operations.health.condition import Condition, Level, SystemHealth
from transfers.operations.health.reading import read_health
from transfers.operations.health.shared import recent_health, shared_health
from transfers.operations.health.texts import Notice, describe

__all__ = ["Condition", "Level", "Notice", "SystemHealth", "describe", "read_health", "recent_health", "shared_health"]
