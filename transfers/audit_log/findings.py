"""What a verification found."""

from collections.abc import Iterable
from dataclasses import dataclass, field

KEPT_FINDINGS = 20


@dataclass(frozen=True)
class Finding:
    """One problem as a sentence, and the seq of the entry that shows it; None if no entry does."""

    seq: int | None
    problem: str


@dataclass
class Findings:
    """Counts all findings and keeps the first few: a rewritten chain has as many findings as entries."""

    count: int = 0
    first: list[Finding] = field(default_factory=list)

    def extend(self, findings: Iterable[Finding]) -> None:
        """Add findings, in the order in which they are reported."""
        for finding in findings:
            self.count += 1
            if len(self.first) < KEPT_FINDINGS:
                self.first.append(finding)
