"""Promises about the state of a transfer: true at every step, unknown only for a cause, and in time."""

from collections.abc import Iterator

from scripts.chaos.checker.run_record import RunRecord, Violation
from scripts.chaos.final_state import LedgerRequest, TransferRow

SECONDS_TO_REPORT = 15.0
"""From the click until the row has its outcome, or says that it is unknown."""

NOT_SENT = frozenset({"not_sent", "expired", "cancelled"})
NOT_MOVED = frozenset({"rejected", "not_executed"})
MOVED = frozenset({"accepted", "answered", "not_answered"})

CLEAR_BEHAVIOURS = frozenset(
    {
        *("normal", "invalid_value", "invalid_field", "invalid_json", "call_uuid_not_found", "bad_key_403"),
        *("bad_credentials_400", "unauthorized_401", "made_up_code", "doubled_brace", "http_404", "http_429"),
        *("success_false", "success_string", "accepted_not_acted"),
    }
)
"""Behaviours of the simulator whose answer leaves no doubt. After any other the outcome may be `unknown`."""

FAULTS_THAT_MAKE_UNKNOWN = frozenset({"worker", "sweeper", "tenios", "database_away", "web", "machine"})
"""Targets whose faults let a sender die, freeze, lose its answer, or wait for the lock of a frozen process.

Neither Redis nor a write lock of three seconds does so.
"""

_LONGEST_SEND = 9.5


def no_wrong_verdict(record: RunRecord) -> Iterator[Violation]:
    """Every state of a transfer, from the first to the last, agrees with what TENIOS really did."""
    for row in record.final_state.rows:
        for state in row.states:
            if contradiction := _find_contradiction(record, row, state):
                yield Violation("wrong verdict", row.transfer_id, f"{state}, and {contradiction}")
        yield from _check_answer(record, row)


def _find_contradiction(record: RunRecord, row: TransferRow, state: str) -> str:
    """Return how the ledger contradicts a state of a transfer; "" if it does not."""
    requests, has_moved = record.requests_of(row), record.has_moved(row)
    if state in NOT_SENT and requests:
        return f"TENIOS was asked: {describe_requests(requests)}"
    if state in NOT_MOVED and has_moved and not is_overtaken(record, row, state):
        return "the caller was moved"
    if state == "rejected" and not requests:
        return "TENIOS was never asked"
    if state in MOVED and not has_moved and not _was_only_accepted(requests, state):
        return f"nobody was moved: {describe_requests(requests)}"
    return ""


def is_overtaken(record: RunRecord, row: TransferRow, state: str) -> bool:
    """Return whether an agent truly still had the caller when they answered so: TENIOS moved the caller only later."""
    answers = record.caller_answers_of.get(row.transfer_id, [])
    return state == "not_executed" and any(answer.is_still_here for answer in answers)


def _was_only_accepted(requests: list[LedgerRequest], state: str) -> bool:
    """Return whether TENIOS accepted the transfer and did nothing: `accepted` then is what TENIOS answered."""
    return state == "accepted" and any(request.behaviour == "accepted_not_acted" for request in requests)


def _check_answer(record: RunRecord, row: TransferRow) -> Iterator[Violation]:
    """Compare "answered" and "not answered" with the call records of the transfer's legs."""
    was_answered = record.final_state.was_answered
    legs = [request.leg_uuid or "" for request in record.requests_of(row) if request.has_moved]
    answers = {was_answered[leg] for leg in legs if leg in was_answered}
    if row.state in ("answered", "not_answered") and answers and (row.state == "answered") not in answers:
        truth = "answered" if True in answers else "not answered"
        yield Violation("wrong verdict", row.transfer_id, f"{row.state}, and its leg was {truth}")


def unknown_has_a_cause(record: RunRecord) -> Iterator[Violation]:
    """A transfer is `unknown` only where TENIOS' answer left a doubt, or a fault affected the sender."""
    for row in record.final_state.rows:
        requests = record.requests_of(row)
        is_clear = all(request.behaviour in CLEAR_BEHAVIOURS for request in requests)
        if "unknown" in row.states and is_clear and not _had_fault_while_sending(record, row):
            finding = f"no fault affected its sender: {describe_requests(requests)}"
            yield Violation("needless unknown", row.transfer_id, finding)


def _had_fault_while_sending(record: RunRecord, row: TransferRow) -> bool:
    sent_at = record.history.monotonic(row.sent_at) if row.sent_at else 0.0
    return record.has_fault(FAULTS_THAT_MAKE_UNKNOWN, sent_at - 0.5, sent_at + _LONGEST_SEND)


def reported_in_time(record: RunRecord) -> Iterator[Violation]:
    """The outcome, `accepted` or `unknown` is stored within 15 s of the click; pauses do not count."""
    for row in record.final_state.rows:
        seconds = record.seconds_to_report(row)
        if seconds is not None and seconds[1] > SECONDS_TO_REPORT:
            raw, counted = seconds
            finding = f"{row.audited_states}: {raw:.1f} s, {counted:.1f} s of them counted"
            yield Violation("late", row.transfer_id, finding)


def describe_requests(requests: list[LedgerRequest]) -> str:
    """Return the behaviours that answered these requests, and whether each moved the caller."""
    behaviours = [f"{request.behaviour}{' (moved)' if request.has_moved else ''}" for request in requests]
    return ", ".join(behaviours) or "nothing in the ledger"
