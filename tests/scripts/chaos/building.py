"""One kept promise to vary: a form, its transfer, its request at TENIOS, and the history of it all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scripts.chaos.checker import check
from scripts.chaos.final_state import FinalState, LedgerRequest, TransferRow
from scripts.chaos.history import History, Submission

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
CALL, DESTINATION, LEG = "call-1", "+4922147101000", "leg-1"

SUBMISSION = Submission(
    user="ada",
    call_uuid=CALL,
    destination=DESTINATION,
    request_key="form-1",
    started_at=0.0,
    ended_at=0.1,
    status=200,
    transfer_id=1,
)
REQUEST = LedgerRequest(
    call_uuid=CALL, destination=DESTINATION, behaviour="normal", has_moved=True, at=START, leg_uuid=LEG
)
UNMOVED = replace(REQUEST, has_moved=False, leg_uuid=None)


def make_row(*path: str, transfer_id: int = 1, seconds: float = 0.0) -> TransferRow:
    steps = tuple((state, START + timedelta(seconds=seconds + number)) for number, state in enumerate(path))
    return TransferRow(
        transfer_id=transfer_id,
        call_uuid=CALL,
        destination=DESTINATION if transfer_id == 1 else f"{DESTINATION}{transfer_id}",
        request_key=f"form-{transfer_id}",
        state=path[-1],
        attempt=int("sending" in path),
        requested_at=START + timedelta(seconds=seconds),
        sent_at=START + timedelta(seconds=seconds + 1),
        steps=steps,
    )


ANSWERED = make_row("requested", "sending", "accepted", "answered")
UNKNOWN = make_row("requested", "sending", "unknown")


def make_history(row: TransferRow, *, reported_at: float = 1.0, submissions: list[Submission] | None = None) -> History:
    """The history of one transfer. Both clocks begin at START; `reported_at` is when its outcome was first stored."""
    history = History(wall_offset=START.timestamp())
    history.submissions = [SUBMISSION] if submissions is None else submissions
    history.first_stored = {row.transfer_id: {"requested": 0.1, row.state: reported_at}}
    return history


def promises_broken(history: History, final_state: FinalState) -> set[str]:
    return {violation.promise for violation in check(history, final_state)}
