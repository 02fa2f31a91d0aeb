"""Starts calls at the pace of people, so that a board has something to show."""

from . import fiction
from .account import Account
from .calls import Call

MOST_LIVE_CALLS = 8
MOST_CALLS_PER_MINUTE = 600.0
_TALK_SECONDS = (20.0, 180.0)
_FIRST_CALL_AFTER = 1.0


class Traffic:
    """Starts calls for agents and colleagues: one at a time for each, at most MOST_LIVE_CALLS together."""

    def __init__(self, *, account: Account, calls_per_minute: float = 0.0) -> None:
        self._account = account
        self._generation = 0
        self.calls_per_minute = 0.0
        self.change_pace(calls_per_minute)

    def change_pace(self, calls_per_minute: float) -> None:
        """Start this many calls per minute from now on; 0 stops the traffic."""
        with self._account.lock:
            self.calls_per_minute = calls_per_minute
            self._generation += 1
            if calls_per_minute > 0:
                self._plan_next(min(_FIRST_CALL_AFTER, 60 / calls_per_minute))

    def start_one(self) -> Call | None:
        """Start a call for a free SIP user; return None when nobody is free or MOST_LIVE_CALLS are running."""
        account = self._account
        with account.lock:
            free = account.free_sip_users((*account.agents, *fiction.COLLEAGUES))
            if not free or len(account.calls) >= MOST_LIVE_CALLS:
                return None
            return account.start_call(
                agent=account.rng.choice(free),
                answered=False,
                talk_seconds=account.rng.uniform(*_TALK_SECONDS),
                is_traffic=True,
            )

    def _plan_next(self, seconds: float) -> None:
        generation = self._generation
        self._account.scheduler.call_later(seconds, lambda: self._tick(generation))

    def _tick(self, generation: int) -> None:
        with self._account.lock:
            if generation != self._generation:
                return
            self.start_one()
            self._plan_next(60 / self.calls_per_minute * self._account.rng.uniform(0.5, 1.5))
