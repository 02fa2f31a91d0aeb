"""From when on a wait or a talk is long, and from when on too long. Board and wallboard use the same limits."""

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings


class Level(StrEnum):
    """How long something has taken: empty (as usual), `amber` (long), `red` (too long)."""

    USUAL = ""
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The seconds from which on something is long, and too long; 0 seconds mean never."""

    amber_seconds: int
    red_seconds: int

    def level_of(self, seconds: float) -> Level:
        """Return the level of a duration. A limit is reached at exactly its number of seconds."""
        if self.red_seconds and seconds >= self.red_seconds:
            return Level.RED
        if self.amber_seconds and seconds >= self.amber_seconds:
            return Level.AMBER
        return Level.USUAL


def waiting_limit() -> Limit:
    """Return the limit for calls that wait for a person: ringing, in a menu, being forwarded."""
    return Limit(amber_seconds=settings.WAITING_AMBER_SECONDS, red_seconds=settings.WAITING_RED_SECONDS)


def talking_limit() -> Limit:
    """Return the limit for calls on which somebody talks."""
    return Limit(amber_seconds=settings.TALKING_AMBER_SECONDS, red_seconds=settings.TALKING_RED_SECONDS)
