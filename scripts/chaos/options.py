"""The options of a run, read from the environment."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from scripts.chaos.workload.scenario import MOST_SCENARIOS
from scripts.stack.parts import kind_of

DATABASES = ("sqlite", "postgresql")


class InvalidOption(ValueError):
    """An option has an invalid value; the message names the valid ones."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The seed, the database, and the numbers of transfers, of agents who work at the same time, and of senders.

    `senders` is the number of workers, and of sweepers. No call begins later than `seconds` after the first.
    """

    seed: int
    database: str = "sqlite"
    transfers: int
    agents: int
    senders: int
    seconds: int

    @property
    def processes(self) -> list[str]:
        """The names of the run's processes."""
        further = [f"{kind}.{number}" for number in range(2, self.senders + 1) for kind in ("worker", "sweeper")]
        return ["web", "worker", "sweeper", *further, "beat", "simulator"]

    @property
    def sweepers(self) -> tuple[str, ...]:
        """The names of the sweepers."""
        return tuple(name for name in self.processes if kind_of(name) == "sweeper")

    def describe(self) -> str:
        """Return the options as they are set in the environment."""
        return (
            f"SEED={self.seed} TRANSFERS={self.transfers} DATABASE={self.database} AGENTS={self.agents} "
            f"SENDERS={self.senders}"
        )


def read_options(environment: Mapping[str, str]) -> Options:
    """Read SEED, DATABASE, TRANSFERS, AGENTS, SENDERS, CALL_SECONDS; empty means the default. Raises InvalidOption."""

    def read_number(name: str, default: int) -> int:
        return int(environment.get(name) or default)

    transfers = read_number("TRANSFERS", 100)
    options = Options(
        seed=read_number("SEED", random.SystemRandom().randrange(1_000_000)),
        database=environment.get("DATABASE") or "sqlite",
        transfers=transfers,
        agents=read_number("AGENTS", 16),
        senders=read_number("SENDERS", 2),
        seconds=read_number("CALL_SECONDS", 60 + 3 * transfers),
    )
    is_possible = 0 < transfers <= MOST_SCENARIOS and min(options.agents, options.senders) >= 1
    if options.database not in DATABASES or not is_possible:
        raise InvalidOption(f"DATABASE is one of {', '.join(DATABASES)}; TRANSFERS from 1 to {MOST_SCENARIOS}.")
    return options
