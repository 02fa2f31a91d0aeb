"""What the texts of all states share."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from transfers.models import STALE_AFTER, CallState, Transfer


@dataclass(frozen=True)
class Explanation:
    """A title, a sentence, and which next step is safe: the same again (`can_retry`) or another destination."""

    title: str
    text: str
    can_retry: bool = False
    can_try_another: bool = False


def destination_label(transfer: Transfer) -> str:
    """Return what people call the destination: its name in the directory, else its number or SIP name."""
    return transfer.destination_name or transfer.destination


def still_yours(transfer: Transfer) -> str:
    """Return the sentence that the agent still has the caller, or "" where we do not know that.

    We know it only of the agent's own call, while it is connected and TENIOS reported something not long ago.
    """
    call = transfer.call
    is_theirs = call.agent_id is not None and call.agent_id == transfer.agent_id
    is_known = call.state == CallState.CONNECTED and call.last_event_at > timezone.now() - STALE_AFTER
    return _("You still have the caller.") if is_theirs and is_known else ""


def join(*sentences: str) -> str:
    """Join the sentences that are not empty."""
    return " ".join(sentence for sentence in sentences if sentence)
