"""Which fault comes when: drawn from the seed, for each target independently."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scripts.stack.parts import kind_of

Seconds = tuple[float, float]
TargetFaults = tuple[Seconds, dict[str, Seconds]]
"""The pause before each fault, in seconds (from, to), and the kinds of fault with their duration (from, to)."""

_NO_DURATION = (0.0, 0.0)
_PROCESSES: dict[str, TargetFaults] = {
    "web": ((15, 35), {"kill": _NO_DURATION, "freeze": (1, 5)}),
    "worker": ((6, 16), {"kill": _NO_DURATION, "freeze": (1, 10)}),
    "sweeper": ((8, 18), {"kill": _NO_DURATION, "freeze": (1, 10)}),
    "beat": ((20, 50), {"kill": _NO_DURATION, "freeze": (1, 10)}),
}
_SURROUNDINGS: dict[str, TargetFaults] = {
    "redis": ((4, 11), {"kill": _NO_DURATION, "freeze": (1, 8), "flush": _NO_DURATION}),
    "tenios": ((5, 12), {"refuse": (0.5, 3), "freeze": (1, 7), "delay": (2, 4), "restless posts": (3, 8)}),
    "key": ((15, 45), {"refused key": (1, 4)}),
}
_DATABASES: dict[str, TargetFaults] = {
    "sqlite": ((4, 10), {"lock": (0.5, 3)}),
    "postgresql": ((6, 14), {"shut": (0.5, 3), "stop": (0.5, 3), "kill": (0.5, 3)}),
}


@dataclass(frozen=True)
class PlannedFault:
    """A fault of this kind, for so many seconds, after a pause since the last fault of the same target."""

    pause: float
    kind: str
    seconds: float


def make_targets(*, processes: Sequence[str], database: str) -> dict[str, TargetFaults]:
    """Return the targets of a run by their names. Each process is one; a second worker (`worker.2`) is another one.

    `database` is the kind: `sqlite` or `postgresql`.
    """
    own = {name: _PROCESSES[kind_of(name)] for name in processes if kind_of(name) in _PROCESSES}
    return own | _SURROUNDINGS | {"database": _DATABASES[database]}


def draw_faults(*, seed: int, target: str, faults: TargetFaults) -> Iterator[PlannedFault]:
    """Yield the faults of a target without end; the same seed gives the same faults."""
    rng = random.Random(f"{target} {seed}")  # noqa: S311 - it must be repeatable
    pause, kinds = faults
    while True:
        kind = rng.choice(list(kinds))
        yield PlannedFault(pause=rng.uniform(*pause), kind=kind, seconds=rng.uniform(*kinds[kind]))
