"""What only the person on the line knows: whether the caller is still there, where nobody else can tell."""

import time

import httpx

from scripts.chaos.history import Post, Word
from scripts.chaos.person import Person
from scripts.chaos.tenios import Simulator

SECONDS_OF_ASKING = 18.0
"""The page takes an answer from ten seconds after the request left; a person tries until then."""

_PAUSE_SECONDS = 1.5


def settle_by_word(person: Person, post: Post, *, page: str, simulator: Simulator) -> str:
    """Answer "is the caller still with you?" truthfully until the page takes it; return the last state it showed.

    What the person hears, the simulator's ledger knows: the caller is gone when the call was really moved.
    """
    state, transfer_id = "unknown", post.transfer_id
    deadline = post.started_at + SECONDS_OF_ASKING
    while transfer_id is not None and state in ("unknown", "") and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)
        try:
            is_still_here = not simulator.has_moved(post.call_uuid, post.destination)
        except httpx.HTTPError:
            continue
        at = time.monotonic()
        state = person.answer_question(transfer_id, is_still_here=is_still_here, page=page)
        person.history.add(
            Word(
                at=at,
                who=person.name,
                page=page,
                transfer_id=transfer_id,
                is_still_here=is_still_here,
                was_taken=state != "unknown" if state else None,
            )
        )
    return state
