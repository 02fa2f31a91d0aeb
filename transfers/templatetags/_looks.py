"""The icon and the word of each state, level and type. The tags of `transferdesk` and the pages use no other.

The words come from the choices of the models. The class `is-<state>` gives the colour (static/css/components.css), so
each state always has an icon, a word and a colour.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from transfers.calls import Level
from transfers.models import CallState, DestinationType, TransferState

Look = tuple[str, str | Promise]
"""The name of an icon, and a word."""

CALL_STATES: dict[str, Look] = {
    CallState.RINGING: ("ringing", CallState.RINGING.label),
    CallState.MENU: ("menu", CallState.MENU.label),
    CallState.FORWARDING: ("forwarding", CallState.FORWARDING.label),
    CallState.CONNECTED: ("connected", CallState.CONNECTED.label),
    CallState.ENDED: ("ended", CallState.ENDED.label),
    "transferring": ("transfer", gettext_lazy("Transferring")),
    "transferred": ("transferred", gettext_lazy("Transferred")),
}
OUTCOMES: dict[str, Look] = {
    TransferState.REQUESTED: ("queue", TransferState.REQUESTED.label),
    TransferState.SENDING: ("send", TransferState.SENDING.label),
    TransferState.ACCEPTED: ("transfer", TransferState.ACCEPTED.label),
    TransferState.ANSWERED: ("check-circle", TransferState.ANSWERED.label),
    TransferState.NOT_ANSWERED: ("missed", TransferState.NOT_ANSWERED.label),
    TransferState.REJECTED: ("x-circle", TransferState.REJECTED.label),
    TransferState.NOT_SENT: ("alert", TransferState.NOT_SENT.label),
    TransferState.EXPIRED: ("alert", TransferState.NOT_SENT.label),
    TransferState.CANCELLED: ("undo", TransferState.CANCELLED.label),
    TransferState.UNKNOWN: ("unknown", TransferState.UNKNOWN.label),
    TransferState.NOT_EXECUTED: ("x", TransferState.NOT_EXECUTED.label),
}
DESTINATION_TYPES: dict[str, Look] = {
    DestinationType.EXTERNAL_NUMBER: ("phone", DestinationType.EXTERNAL_NUMBER.label),
    DestinationType.SIP_USER: ("headset", DestinationType.SIP_USER.label),
    DestinationType.SIP_TRUNK: ("trunk", DestinationType.SIP_TRUNK.label),
}
LEVELS: dict[str, Look] = {
    Level.AMBER: ("clock", gettext_lazy("Long")),
    Level.RED: ("alert", gettext_lazy("Too long")),
}


def look_of(value: str, looks: dict[str, Look]) -> Look:
    """Return icon and word of a value; an unknown value is its own word, with a question mark."""
    return looks.get(value, ("question", value))
