"""What a run says at its end: the counts, the times, and each broken promise."""

from collections import Counter
from collections.abc import Iterable, Sequence

from scripts.chaos.case import Case, Violation


def describe_run(case: Case, violations: Sequence[Violation], *, skipped: int) -> str:
    """Return the closing lines of a run, the verdict last."""
    history, evidence = case.history, case.evidence
    states = Counter(row.state for row in evidence.rows)
    behaviours = Counter(request.behaviour for request in evidence.requests)
    faults = Counter(f"{fault.target} {fault.kind}" for fault in history.faults)
    answers = Counter(str(post.status or "no answer") for post in history.posts)
    told = [seconds for row in evidence.rows if (seconds := case.seconds_to_tell(row))]
    lines = [
        f"transfers       {len(evidence.rows)}: {_counts(states)}",
        f"went unknown    {sum('unknown' in row.path for row in evidence.rows)}, settled since by evidence or not",
        f"forms posted    {len(history.posts)}: {_counts(answers)}; {skipped} calls never came to be",
        f"requests        {len(evidence.requests)}, {sum(one.acted for one in evidence.requests)} moved the caller",
        f"answers drawn   {_counts(behaviours)}",
        f"faults          {len(history.faults)}: {_counts(faults)}",
        f"pages read      {len(history.sightings)} with a transfer's state",
        f"form answered   {_times(post.ended_at - post.started_at for post in history.posts)}",
        f"click to news   {_times(raw for raw, _counted in told)}; {sum(raw > 15 for raw, _ in told)} over 15 s",
        f"  as counted    {_times(counted for _raw, counted in told)}",
        f"broken promises {len(violations)}: {_counts(Counter(one.promise for one in violations)) or 'none'}",
    ]
    return "\n".join([*lines, *(f"  {one.promise}: transfer {one.transfer_id}: {one.finding}" for one in violations)])


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counter.most_common())


def _times(seconds: Iterable[float]) -> str:
    """Median, the 95th and 99th of a hundred, and the longest, in seconds."""
    ordered = sorted(seconds)
    if not ordered:
        return "none"
    middle, most, nearly_all = (ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.95, 0.99))
    return f"median {middle:.2f} s, p95 {most:.2f} s, p99 {nearly_all:.2f} s, longest {ordered[-1]:.2f} s"
