"""When a wait or a talk has become long, and when too long: one answer for the board and the wallboard."""

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings


class Level(StrEnum):
    """How long is long: `` (as usual), `amber` (long), `red` (too long)."""

    USUAL = ""
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """From how many seconds on something is long, and from how many too long; 0 seconds: never."""

    amber_seconds: int
    red_seconds: int

    def level_of(self, seconds: float) -> Level:
        """Return how long this many seconds are; exactly at a limit counts as reached."""
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
