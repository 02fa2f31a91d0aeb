"""What a verification found."""

from collections.abc import Iterable
from dataclasses import dataclass, field

KEPT_FINDINGS = 20


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was recorded: the seq it shows at, None where it is no entry, and a sentence."""

    seq: int | None
    problem: str


@dataclass
class Findings:
    """Counts all findings and keeps the first few: a chain rewritten as a whole has as many as entries."""

    count: int = 0
    first: list[Finding] = field(default_factory=list)

    def extend(self, findings: Iterable[Finding]) -> None:
        """Add findings, in the order in which they are to be told."""
        for finding in findings:
            self.count += 1
            if len(self.first) < KEPT_FINDINGS:
                self.first.append(finding)
