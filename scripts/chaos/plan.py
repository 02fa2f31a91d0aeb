"""What is asked of a run."""

from dataclasses import dataclass

from scripts.stack_parts import kind_of


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is asked of a run: seed, calls, agents at once, and how many workers and as many sweepers there are.

    No call begins later than `seconds` after the first.
    """

    seed: int
    count: int
    agents: int
    senders: int
    seconds: int

    @property
    def processes(self) -> list[str]:
        """The processes of the run by their names."""
        further = [f"{kind}.{number}" for number in range(2, self.senders + 1) for kind in ("worker", "sweeper")]
        return ["web", "worker", "sweeper", *further, "beat", "simulator"]

    @property
    def sweepers(self) -> tuple[str, ...]:
        """The names of the sweepers."""
        return tuple(name for name in self.processes if kind_of(name) == "sweeper")
