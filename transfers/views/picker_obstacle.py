"""Why a call cannot be transferred now, in words for the agent."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from transfers import transfer_requests, transfer_texts
from transfers.models import Call, CallState, Transfer, TransferState, User


@dataclass(frozen=True)
class Obstacle:
    """Why the call cannot be transferred now, in words for the agent. Kinds: `ended`, `waiting`, `open`."""

    kind: str
    title: str
    text: str


def obstacle_of_state(call: Call) -> Obstacle:
    """Say why a call that is not connected cannot be transferred."""
    if call.state == CallState.ENDED:
        return Obstacle("ended", _("This call has ended"), _("There is nothing left to transfer."))
    return Obstacle("waiting", _("The call is not connected yet"), _("Answer it on your phone, then transfer it."))


def obstacle_of_transfer(transfer: Transfer, user: User) -> Obstacle:
    """Say who holds the call, and where it is going."""
    if transfer.state == TransferState.ANSWERED:
        title = _("This call has been transferred")
    elif transfer.agent_id == user.pk:
        title = _("You are already transferring this call")
    else:
        title = _("%(agent)s is already transferring this call") % {"agent": transfer.agent_name}
    where = transfer_texts.destination_label(transfer)
    return Obstacle("open", title, _("To %(destination)s.") % {"destination": where})


def present_obstacle(call: Call, user: User) -> Obstacle | None:
    """Look for what is in the way before anything is asked."""
    if call.state != CallState.CONNECTED:
        return obstacle_of_state(call)
    holding = transfer_requests.holding_transfer(call, user)
    return obstacle_of_transfer(holding, user) if holding else None
