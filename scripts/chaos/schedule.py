"""When the nemesis breaks what, drawn from the seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

# lane -> seconds of peace before each fault (from, to), and the faults with the seconds they last (from, to)
SCHEDULE: dict[str, tuple[tuple[float, float], dict[str, tuple[float, float]]]] = {
    "worker": ((3, 9), {"kill": (0, 0), "freeze": (1, 12)}),
    "sweeper": ((6, 14), {"kill": (0, 0), "freeze": (1, 12)}),
    "redis": ((3, 9), {"kill": (0, 0), "freeze": (1, 8), "flush": (0, 0)}),
    "database": ((4, 10), {"disturb": (0.5, 3)}),
    "tenios": ((5, 12), {"refuse": (0.5, 3), "freeze": (1, 7), "delay": (2, 4), "restless posts": (3, 8)}),
}


@dataclass(frozen=True)
class Blow:
    """One fault of a lane: so long after the last one, of this kind, for so many seconds."""

    peace: float
    kind: str
    seconds: float


def draw_blows(*, seed: int, lane: str) -> Iterator[Blow]:
    """Yield the faults of a lane without end; the same seed gives the same ones."""
    rng = random.Random(f"{lane} {seed}")  # noqa: S311 - repeatable is what it is for
    peace, kinds = SCHEDULE[lane]
    while True:
        kind = rng.choice(list(kinds))
        yield Blow(peace=rng.uniform(*peace), kind=kind, seconds=rng.uniform(*kinds[kind]))
