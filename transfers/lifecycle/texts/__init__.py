"""Says in plain words what became of a transfer, and what to do next. The only place that does.

`explain` is for all states. `accepted_without_news`, `not_sent_in_time` and `waiting_for_pause` are for what a page
shows before it is recorded, or without a state of its own.
"""

from transfers.lifecycle.texts.after_sending import (
    accepted,
    accepted_without_news,
    answered,
    not_answered,
    not_executed,
    unknown,
)
from transfers.lifecycle.texts.before_sending import (
    cancelled,
    not_sent,
    not_sent_in_time,
    requested,
    sending,
    waiting_for_pause,
)
from transfers.lifecycle.texts.explanation import Explanation, destination_label
from transfers.lifecycle.texts.rejection import rejected
from transfers.models import Transfer, TransferState

__all__ = [
    "Explanation",
    "accepted_without_news",
    "destination_label",
    "explain",
    "not_sent_in_time",
    "outcome_text",
    "outcome_title",
    "waiting_for_pause",
]

_BY_STATE = {
    TransferState.REQUESTED: requested,
    TransferState.SENDING: sending,
    TransferState.ACCEPTED: accepted,
    TransferState.ANSWERED: answered,
    TransferState.NOT_ANSWERED: not_answered,
    TransferState.REJECTED: rejected,
    TransferState.NOT_SENT: not_sent,
    TransferState.EXPIRED: not_sent_in_time,
    TransferState.CANCELLED: cancelled,
    TransferState.UNKNOWN: unknown,
    TransferState.NOT_EXECUTED: not_executed,
}


def explain(transfer: Transfer) -> Explanation:
    """Return what an agent reads about this transfer, in the reader's language."""
    return _BY_STATE[TransferState(transfer.state)](transfer)


def outcome_title(transfer: Transfer) -> str:
    """Return the title of `explain`."""
    return explain(transfer).title


def outcome_text(transfer: Transfer) -> str:
    """Return the sentence of `explain`."""
    return explain(transfer).text
