"""What the nemesis breaks, and when: drawn from the seed."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scripts.stack_parts import kind_of

Seconds = tuple[float, float]
Lane = tuple[Seconds, dict[str, Seconds]]
"""Seconds of peace before each fault (from, to), and the faults with the seconds they last (from, to)."""

_AT_ONCE = (0.0, 0.0)
_PROCESSES: dict[str, Lane] = {
    "web": ((15, 35), {"kill": _AT_ONCE, "freeze": (1, 5)}),
    "worker": ((6, 16), {"kill": _AT_ONCE, "freeze": (1, 10)}),
    "sweeper": ((8, 18), {"kill": _AT_ONCE, "freeze": (1, 10)}),
    "beat": ((20, 50), {"kill": _AT_ONCE, "freeze": (1, 10)}),
}
_SURROUNDINGS: dict[str, Lane] = {
    "redis": ((4, 11), {"kill": _AT_ONCE, "freeze": (1, 8), "flush": _AT_ONCE}),
    "tenios": ((5, 12), {"refuse": (0.5, 3), "freeze": (1, 7), "delay": (2, 4), "restless posts": (3, 8)}),
    "key": ((15, 45), {"refused key": (1, 4)}),
}
_DATABASES: dict[str, Lane] = {
    "sqlite": ((4, 10), {"lock": (0.5, 3)}),
    "postgresql": ((6, 14), {"shut": (0.5, 3), "stop": (0.5, 3), "kill": (0.5, 3)}),
}


@dataclass(frozen=True)
class Blow:
    """One fault of a lane: so long after the last one, of this kind, for so many seconds."""

    peace: float
    kind: str
    seconds: float


def make_lanes(*, processes: Sequence[str], database: str) -> dict[str, Lane]:
    """Return the lanes of a run by their names: each process has its own, a second worker (`worker.2`) as well.

    `database` is the kind: `sqlite` or `postgresql`.
    """
    own = {name: _PROCESSES[kind_of(name)] for name in processes if kind_of(name) in _PROCESSES}
    return own | _SURROUNDINGS | {"database": _DATABASES[database]}


def draw_blows(*, seed: int, lane: str, faults: Lane) -> Iterator[Blow]:
    """Yield the faults of a lane without end; the same seed gives the same ones."""
    rng = random.Random(f"{lane} {seed}")  # noqa: S311 - repeatable is what it is for
    peace, kinds = faults
    while True:
        kind = rng.choice(list(kinds))
        yield Blow(peace=rng.uniform(*peace), kind=kind, seconds=rng.uniform(*kinds[kind]))
