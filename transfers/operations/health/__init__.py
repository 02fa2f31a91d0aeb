"""Whether transfers go out, as far as it can be known from here: each part, and the one condition that follows.

What is known are signs of life. A part that gives none may be dead, frozen or cut off: the words say no more than that.

    texts           `describe`: what people read about a condition
    bounded_look    `lookout.look`: a look that is bounded in time, shared by all who ask meanwhile; `recent_health`
    reading         `read_health`: one look
    condition       what the state of the parts means for the next transfer
"""

from transfers.operations.health.bounded_look import lookout, recent_health
from transfers.operations.health.condition import Condition, Level, SystemHealth
from transfers.operations.health.reading import read_health
from transfers.operations.health.texts import Notice, describe

__all__ = ["Condition", "Level", "Notice", "SystemHealth", "describe", "lookout", "read_health", "recent_health"]
