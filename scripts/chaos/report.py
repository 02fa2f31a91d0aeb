"""What a run says at its end: the counts, the times, and each broken promise."""

import os
import resource
from collections import Counter
from collections.abc import Iterable, Sequence

from scripts.chaos.case import Case, Violation
from scripts.chaos.evidence import Row
from scripts.chaos.words_kept import is_overtaken


def describe_run(case: Case, violations: Sequence[Violation], *, skipped: int) -> str:
    """Return the closing lines of a run, the verdict last."""
    history, evidence = case.history, case.evidence
    states = Counter(row.state for row in evidence.rows)
    behaviours = Counter(request.behaviour for request in evidence.requests)
    faults = Counter(f"{fault.target} {fault.kind}" for fault in history.faults)
    answers = Counter(str(post.status or "no answer") for post in history.posts)
    told = [seconds for row in evidence.rows if (seconds := case.seconds_to_tell(row))]
    stopped = sum(1 for post in history.posts if post.told)
    overtaken = sum(is_overtaken(case, row, row.state) and _has_moved(case, row) for row in evidence.rows)
    lines = [
        f"transfers       {len(evidence.rows)}: {_counts(states)}",
        f"went unknown    {sum('unknown' in row.path for row in evidence.rows)}, settled since by evidence or not",
        f"forms posted    {len(history.posts)}: {_counts(answers)}; {skipped} calls never came to be",
        f"requests        {len(evidence.requests)}, {sum(one.acted for one in evidence.requests)} moved the caller",
        f"answers drawn   {_counts(behaviours)}",
        f"faults          {len(history.faults)}: {_counts(faults)}",
        f"pages read      {len(history.sightings)} with a transfer's state",
        f"persons' words  {len(history.words)} said, {sum(word.was_taken is True for word in history.words)} taken, "
        f"{overtaken} overtaken by TENIOS",
        f"key refused     {len(evidence.stops)} stops, {len(history.clicks)} clicks of the administrator, "
        f"{stopped} forms told so",
        f"form answered   {_times(post.ended_at - post.started_at for post in history.posts)}",
        f"click to news   {_times(raw for raw, _counted in told)}; {sum(raw > 15 for raw, _ in told)} over 15 s",
        f"  as counted    {_times(counted for _raw, counted in told)}",
        f"broken promises {len(violations)}: {_counts(Counter(one.promise for one in violations)) or 'none'}",
    ]
    return "\n".join([*lines, *(f"  {one.promise}: transfer {one.transfer_id}: {one.finding}" for one in violations)])


def describe_effort(*, calls_seconds: float) -> str:
    """Return how long the calls took and what the machine worked for them, when all processes have ended."""
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    worked = [usage.ru_utime + usage.ru_stime for usage in (own, others)]
    return (
        f"machine         calls in {calls_seconds:.0f} s; processor time {worked[1]:.0f} s of the processes, "
        f"{worked[0]:.0f} s of the runner, on {os.cpu_count()} cores"
    )


def _has_moved(case: Case, row: Row) -> bool:
    return any(request.acted for request in case.requests_of(row))


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counter.most_common())


def _times(seconds: Iterable[float]) -> str:
    """Median, the 95th and 99th of a hundred, and the longest, in seconds."""
    ordered = sorted(seconds)
    if not ordered:
        return "none"
    middle, most, nearly_all = (ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.95, 0.99))
    return f"median {middle:.2f} s, p95 {most:.2f} s, p99 {nearly_all:.2f} s, longest {ordered[-1]:.2f} s"
