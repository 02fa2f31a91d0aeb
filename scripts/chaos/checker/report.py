"""The report at the end of a run: counts, times, and each broken promise."""

import os
import resource
from collections import Counter
from collections.abc import Iterable, Sequence

from scripts.chaos.checker.outcomes import SECONDS_TO_REPORT, is_overtaken
from scripts.chaos.checker.run_record import RunRecord, Violation


def describe_run(record: RunRecord, violations: Sequence[Violation], *, skipped: int) -> str:
    """Return the report of a run, the broken promises last. `skipped` counts the calls that never arrived."""
    lines = {
        **_describe_transfers(record, skipped=skipped),
        **_describe_surroundings(record),
        **_describe_times(record),
        "broken promises": f"{len(violations)}: {_counts(violation.promise for violation in violations) or 'none'}",
    }
    findings = (f"  {one.promise}: transfer {one.transfer_id}: {one.finding}" for one in violations)
    return "\n".join([*(f"{name:<15} {text}" for name, text in lines.items()), *findings])


def _describe_transfers(record: RunRecord, *, skipped: int) -> dict[str, str]:
    rows, requests = record.final_state.rows, record.final_state.requests
    submissions = record.history.submissions
    answers = _counts(str(submission.status or "no answer") for submission in submissions)
    unknown = sum("unknown" in row.audited_states for row in rows)
    moved = sum(request.has_moved for request in requests)
    return {
        "transfers": f"{len(rows)}: {_counts(row.state for row in rows)}",
        "went unknown": f"{unknown}, settled since by evidence or not",
        "forms posted": f"{len(submissions)}: {answers}; {skipped} calls never came to be",
        "requests": f"{len(requests)}, {moved} moved the caller",
        "answers drawn": _counts(request.behaviour for request in requests),
    }


def _describe_surroundings(record: RunRecord) -> dict[str, str]:
    history, rows = record.history, record.final_state.rows
    accepted = sum(answer.was_accepted is True for answer in history.caller_answers)
    overtaken = sum(is_overtaken(record, row, row.state) and record.has_moved(row) for row in rows)
    obstacles = sum(1 for submission in history.submissions if submission.obstacle)
    return {
        "faults": f"{len(history.faults)}: {_counts(f'{fault.target} {fault.kind}' for fault in history.faults)}",
        "pages read": f"{len(history.displayed_states)} with a transfer's state",
        "persons' words": f"{len(history.caller_answers)} said, {accepted} taken, {overtaken} overtaken by TENIOS",
        "key refused": (
            f"{len(record.final_state.stops)} stops, {len(history.key_checks)} clicks of the administrator, "
            f"{obstacles} forms told so"
        ),
    }


def _describe_times(record: RunRecord) -> dict[str, str]:
    submissions = record.history.submissions
    reports = [seconds for row in record.final_state.rows if (seconds := record.seconds_to_report(row))]
    late = sum(raw > SECONDS_TO_REPORT for raw, _counted in reports)
    return {
        "form answered": _times(submission.ended_at - submission.started_at for submission in submissions),
        "click to news": f"{_times(raw for raw, _counted in reports)}; {late} over {SECONDS_TO_REPORT:g} s",
        "  as counted": _times(counted for _raw, counted in reports),
    }


def describe_effort(*, calls_seconds: float) -> str:
    """Return how long the calls took, and the processor time of all processes, which must have ended."""
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    runner, processes = (usage.ru_utime + usage.ru_stime for usage in (own, others))
    return (
        f"machine         calls in {calls_seconds:.0f} s; processor time {processes:.0f} s of the processes, "
        f"{runner:.0f} s of the runner, on {os.cpu_count()} cores"
    )


def _counts(names: Iterable[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in Counter(names).most_common())


def _times(seconds: Iterable[float]) -> str:
    """Return the median, the 95th and 99th percentile, and the longest time, in seconds."""
    ordered = sorted(seconds)
    if not ordered:
        return "none"
    p50, p95, p99 = (ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.95, 0.99))
    return f"median {p50:.2f} s, p95 {p95:.2f} s, p99 {p99:.2f} s, longest {ordered[-1]:.2f} s"
