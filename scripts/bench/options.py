"""The options of a run, read from the environment, and what each benchmark is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

DATABASES = {"sqlite": ("sqlite",), "postgresql": ("postgresql",), "both": ("sqlite", "postgresql")}


class InvalidOption(ValueError):
    """An option has an unknown or invalid value; the message names the valid ones."""


@dataclass(frozen=True)
class Options:
    """The benchmarks to run (none: all), the databases (none: each benchmark's own), and the sizes.

    `runs` counts rounds, `rows` the transfers of the history, `streams` the open streams. A load that runs for a fixed
    time runs for `seconds`.
    """

    only: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    runs: int = 5
    rows: int = 1_000_000
    streams: int = 5_000
    seconds: float = 10.0


@dataclass(frozen=True)
class Context:
    """What a benchmark is given. `server_url` is a DATABASE_URL: it tells the database and, if any, the server.

    `folder` takes databases and logs; `say` prints progress.
    """

    options: Options
    server_url: str
    folder: Path
    say: Callable[[str], None]


def read_options(environment: Mapping[str, str], *, known: tuple[str, ...]) -> Options:
    """Read ONLY, DATABASE, RUNS, ROWS, STREAMS, DURATION; empty means the default. Raises InvalidOption."""
    only = tuple(environment.get("ONLY", "").replace(",", " ").split())
    if unknown := set(only) - set(known):
        raise InvalidOption(f"ONLY={', '.join(sorted(unknown))} is unknown. There are: {', '.join(known)}.")
    database = environment.get("DATABASE", "")
    if database and database not in DATABASES:
        raise InvalidOption(f"DATABASE is one of {', '.join(DATABASES)}.")
    return Options(
        only=only,
        databases=DATABASES.get(database, ()),
        runs=_read_number(environment, "RUNS", Options.runs, least=1),
        rows=_read_number(environment, "ROWS", Options.rows, least=1_000),
        streams=_read_number(environment, "STREAMS", Options.streams, least=1),
        seconds=_read_number(environment, "DURATION", int(Options.seconds), least=1),
    )


def _read_number(environment: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise InvalidOption(f"{name} is a whole number from {least} on.")
    return int(text)
