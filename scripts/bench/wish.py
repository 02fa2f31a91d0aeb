"""What a run is asked for, from the environment."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

DATABASES = {"sqlite": ("sqlite",), "postgresql": ("postgresql",), "both": ("sqlite", "postgresql")}


class InvalidWish(ValueError):
    """The environment asks for something that does not exist; the message says what may be asked."""


@dataclass(frozen=True)
class Wish:
    """`runs` rounds; `rows` of the history, `streams` to open, `seconds` of a load that runs by the clock."""

    only: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    runs: int = 5
    rows: int = 1_000_000
    streams: int = 5_000
    seconds: float = 10.0


@dataclass(frozen=True)
class Bench:
    """What one benchmark gets: the wish, a database server (a DATABASE_URL of its kind), a folder, and who listens."""

    wish: Wish
    like: str
    folder: Path
    say: Callable[[str], None]


def read_wish(environment: Mapping[str, str], *, known: tuple[str, ...]) -> Wish:
    """Read ONLY, DATABASE, RUNS, ROWS, STREAMS, DURATION; empty is the default. Raises InvalidWish."""
    only = tuple(name for name in environment.get("ONLY", "").replace(",", " ").split() if name)
    if unknown := set(only) - set(known):
        raise InvalidWish(f"ONLY={', '.join(sorted(unknown))} is unknown. There are: {', '.join(known)}.")
    database = environment.get("DATABASE", "")
    if database and database not in DATABASES:
        raise InvalidWish(f"DATABASE is one of {', '.join(DATABASES)}.")
    return Wish(
        only=only,
        databases=DATABASES.get(database, ()),
        runs=_number(environment, "RUNS", Wish.runs, least=1),
        rows=_number(environment, "ROWS", Wish.rows, least=1_000),
        streams=_number(environment, "STREAMS", Wish.streams, least=1),
        seconds=_number(environment, "DURATION", int(Wish.seconds), least=1),
    )


def environment_wish(*, known: tuple[str, ...]) -> Wish:
    """Read the wish from this process's environment. Raises InvalidWish."""
    return read_wish(os.environ, known=known)


def _number(environment: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise InvalidWish(f"{name} is a whole number from {least} on.")
    return int(text)
