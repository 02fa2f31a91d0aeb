"""Promises about what is said: by a transfer's state on its whole way, by a page, by the audit log, and in time.

A little longer than the house likes: the promises are one list that is read as a whole.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from scripts.chaos.case import UNTOLD, Case, Violation
from scripts.chaos.evidence import Request, Row
from scripts.chaos.history import Sighting

SECONDS_TO_TELL = 15.0
"""From the click until the row says how it ended, or that this is unknown."""

NEVER_LEFT = frozenset({"not_sent", "expired", "cancelled"})
NOT_MOVED = frozenset({"rejected", "not_executed"})
MOVED = frozenset({"accepted", "answered", "not_answered"})

CLEAR_ANSWERS = frozenset(
    {
        *("normal", "invalid_value", "invalid_field", "invalid_json", "call_uuid_not_found", "bad_key_403"),
        *("bad_credentials_400", "unauthorized_401", "made_up_code", "doubled_brace", "http_404", "http_429"),
        *("success_false", "success_string", "accepted_not_acted"),
    }
)
"""Behaviours of the simulator that leave no doubt about what it says; all others may end as `unknown`."""

MAKES_UNKNOWN = frozenset({"worker", "sweeper", "tenios", "database_away", "web", "machine"})
"""Faults at which a sender may die, freeze, lose its answer, or wait for a lock that a frozen process keeps.

Not Redis, nor a lock of three seconds.
"""

NO_ANSWER_UNDER = {
    None: frozenset({"web"}),
    503: frozenset({"database_away", "database", "web", "worker", "sweeper", "machine"}),
}
"""Status of a form's answer -> the faults under which it is no lie: no page at all, and the page that says that the
database does not answer, be it away, or locked by the nemesis or by a frozen process. No other error page ever is.
"""

PERSON = "person"
"""The error code of a transfer that a person's word settled."""

LEASE = 8.0
"""Seconds from the claim until it is unclear what became of it."""

_LONGEST_SEND = 9.5
_CLOCK_GRAIN = 0.05


def no_wrong_verdict(case: Case) -> Iterator[Violation]:
    """Every word on the way of a transfer agrees with what TENIOS really did, from the first to the last."""
    for row in case.evidence.rows:
        requests = case.requests_of(row)
        has_acted = any(request.acted for request in requests)
        for state in (*row.path, row.state) if row.path[-1:] != (row.state,) else row.path:
            if state in NEVER_LEFT and requests:
                yield Violation("wrong verdict", row.transfer_id, f"{state}, and TENIOS was asked: {_told(requests)}")
            elif state in NOT_MOVED and has_acted and not is_overtaken(case, row, state):
                yield Violation("wrong verdict", row.transfer_id, f"{state}, and the caller was moved")
            elif state == "rejected" and not requests:
                yield Violation("wrong verdict", row.transfer_id, "rejected, and TENIOS was never asked")
            elif state in MOVED and not has_acted and not _took_it_only(requests, state):
                yield Violation("wrong verdict", row.transfer_id, f"{state}, and nobody was moved: {_told(requests)}")
        yield from _wrong_end(case, row, requests)


def is_overtaken(case: Case, row: Row, state: str) -> bool:
    """A person truly had the caller on the line when they said so, and TENIOS moved them only then."""
    return state == "not_executed" and any(word.is_still_here for word in case.words_of.get(row.transfer_id, []))


def _took_it_only(requests: list[Request], state: str) -> bool:
    """TENIOS said yes and did nothing: `accepted` is what it said, no more."""
    return state == "accepted" and any(request.behaviour == "accepted_not_acted" for request in requests)


def _wrong_end(case: Case, row: Row, requests: list[Request]) -> Iterator[Violation]:
    ends = {case.evidence.was_answered.get(request.leg_uuid or "") for request in requests if request.acted} - {None}
    if row.state in ("answered", "not_answered") and ends and (row.state == "answered") not in ends:
        really = "answered" if True in ends else "not answered"
        yield Violation("wrong verdict", row.transfer_id, f"{row.state}, and its leg was {really}")


def unknown_has_a_cause(case: Case) -> Iterator[Violation]:
    """`unknown` only where the answer left doubt, or where a fault met the sender."""
    for row in case.evidence.rows:
        requests = case.requests_of(row)
        if "unknown" not in (*row.path, row.state) or any(one.behaviour not in CLEAR_ANSWERS for one in requests):
            continue
        sent_at = case.history.monotonic(row.sent_at) if row.sent_at else 0.0
        if not case.is_under(MAKES_UNKNOWN, sent_at - 0.5, sent_at + _LONGEST_SEND):
            yield Violation("needless unknown", row.transfer_id, f"nothing met its sender: {_told(requests)}")


def told_in_time(case: Case) -> Iterator[Violation]:
    """Settled, accepted or `unknown` within 15 s of the click; what does not count says `case.STOPS_THE_CLOCK`."""
    for row in case.evidence.rows:
        seconds = case.seconds_to_tell(row)
        if seconds is not None and seconds[1] > SECONDS_TO_TELL:
            raw, counted = seconds
            yield Violation("late", row.transfer_id, f"{row.path}: {raw:.1f} s, {counted:.1f} s of them counted")


def screen_told_the_truth(case: Case) -> Iterator[Violation]:
    """A page shows only states the transfer really had, and no server error while its database answers."""
    for sighting in case.history.sightings:
        row = case.rows.get(sighting.transfer_id or 0)
        rows = [row] if row else case.rows_of_call.get(sighting.call_uuid, [])
        if not any(
            sighting.state in ("requested", row.state, *row.path) or _is_by_the_clock(case, row, sighting)
            for row in rows
        ):
            shown = f"{sighting.page} of {sighting.who} showed {sighting.state}"
            yield Violation("false screen", sighting.transfer_id, f"{shown}: {[row.path for row in rows]}")
    for post in case.history.posts:
        is_failure = post.status is None or post.status >= 500
        faults = NO_ANSWER_UNDER.get(post.status, frozenset())
        if is_failure and not case.is_under(faults, post.started_at, post.ended_at):
            yield Violation("false screen", post.transfer_id, f"{post.who} got {post.status} for a transfer form")


def _is_by_the_clock(case: Case, row: Row, sighting: Sighting) -> bool:
    """A page may call a transfer unclear as soon as its lease is over, before anybody could write that down."""
    if sighting.state != "unknown" or row.sent_at is None or sighting.at < case.history.monotonic(row.sent_at) + LEASE:
        return False
    after = [at for (state, _at), (_next, at) in pairwise(row.steps) if state == "sending"]
    return all((at - row.sent_at).total_seconds() >= LEASE - _CLOCK_GRAIN for at in after)


def persons_word_counts(case: Case) -> Iterator[Violation]:
    """What a person said of an unclear transfer settles it, and only what a person said counts as their word."""
    for word in case.history.words:
        row = case.rows.get(word.transfer_id)
        if word.was_taken and (row is None or row.state in ("unknown", *UNTOLD)):
            yield Violation("word", word.transfer_id, f"{word.who} was told it is settled, and it is not")
    for row in case.evidence.rows:
        if row.resolved_by == PERSON and row.transfer_id not in case.words_of:
            yield Violation("word", row.transfer_id, f"{row.state} by the word of a person, and nobody said it")


def audit_is_whole(case: Case) -> Iterator[Violation]:
    """`manage.py audit_verify` finds nothing; each trail ends where its row stands and sends once at most."""
    if case.evidence.audit_exit_code != 0:
        yield Violation("audit", None, case.evidence.audit_report.strip()[-500:])
    for row in case.evidence.rows:
        if row.path[-1:] != (row.state,) or Counter(row.path)["sending"] > 1:
            yield Violation("audit", row.transfer_id, f"the row says {row.state}, the trail {row.path}")


def _told(requests: list[Request]) -> str:
    words = [f"{request.behaviour}{' (moved)' if request.acted else ''}" for request in requests]
    return ", ".join(words) or "nothing in the ledger"
