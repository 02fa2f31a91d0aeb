"""The question that only the agent can answer after an unknown outcome: is the caller still with you?"""

import time

import httpx

from scripts.chaos.history import CallerAnswer, Submission
from scripts.chaos.simulator import Simulator
from scripts.chaos.workload.client import Client

ASKING_SECONDS = 18.0
"""How long an agent tries. The page accepts an answer from ten seconds after the request was sent."""

_PAUSE_SECONDS = 1.5


def answer_caller_question(client: Client, submission: Submission, *, page: str, simulator: Simulator) -> str:
    """Answer truthfully until the page accepts the answer; return the last state it showed.

    The simulator's ledger knows what the agent hears: the caller is gone when the call was really moved.
    """
    state, transfer_id = "unknown", submission.transfer_id
    deadline = submission.started_at + ASKING_SECONDS
    while transfer_id is not None and state in ("unknown", "") and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)
        try:
            is_still_here = not simulator.has_moved(submission.call_uuid, submission.destination)
        except httpx.HTTPError:
            continue
        state = _answer(client, transfer_id, is_still_here=is_still_here, page=page)
    return state


def _answer(client: Client, transfer_id: int, *, is_still_here: bool, page: str) -> str:
    at = time.monotonic()
    state = client.answer_question(transfer_id, is_still_here=is_still_here, page=page)
    client.history.add(
        CallerAnswer(
            at=at,
            user=client.name,
            page=page,
            transfer_id=transfer_id,
            is_still_here=is_still_here,
            was_accepted=state != "unknown" if state else None,
        )
    )
    return state
