"""Calls that keep coming at a human pace, so that a board has something to show."""

from . import fiction
from .calls import Call
from .world import World

MOST_LIVE_CALLS = 8
MOST_CALLS_PER_MINUTE = 600.0
_TALK_SECONDS = (20.0, 180.0)
_FIRST_CALL_AFTER = 1.0


class Traffic:
    """Starts calls for the agents and their colleagues: one at a time for each, MOST_LIVE_CALLS altogether."""

    def __init__(self, *, world: World, calls_per_minute: float = 0.0) -> None:
        self._world = world
        self._generation = 0
        self.calls_per_minute = 0.0
        self.change_pace(calls_per_minute)

    def change_pace(self, calls_per_minute: float) -> None:
        """Let this many calls come per minute from now on; 0 stops them."""
        with self._world.lock:
            self.calls_per_minute = calls_per_minute
            self._generation += 1
            if calls_per_minute > 0:
                self._plan_next(min(_FIRST_CALL_AFTER, 60 / calls_per_minute))

    def start_one(self) -> Call | None:
        """Start a call for somebody who is free; None when nobody is or enough calls run."""
        world = self._world
        with world.lock:
            free = world.free_sip_users((*world.agents, *fiction.COLLEAGUES))
            if not free or len(world.calls) >= MOST_LIVE_CALLS:
                return None
            return world.start_call(
                agent=world.rng.choice(free),
                answered=False,
                talk_seconds=world.rng.uniform(*_TALK_SECONDS),
                is_traffic=True,
            )

    def _plan_next(self, seconds: float) -> None:
        generation = self._generation
        self._world.scheduler.call_later(seconds, lambda: self._tick(generation))

    def _tick(self, generation: int) -> None:
        with self._world.lock:
            if generation != self._generation:
                return
            self.start_one()
            self._plan_next(60 / self.calls_per_minute * self._world.rng.uniform(0.5, 1.5))
