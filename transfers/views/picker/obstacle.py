"""Why a call cannot be transferred now, in words for the agent."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from transfers.lifecycle import texts
from transfers.lifecycle.gate import GateState, read_gate
from transfers.lifecycle.refusals import (
    CallNotConnected,
    RequestRefused,
    SendingClosed,
    TooManyTransfers,
    TransferAlreadyOpen,
)
from transfers.lifecycle.transferable import blocking_transfer
from transfers.models import Call, CallState, Transfer, TransferState, User


@dataclass(frozen=True)
class Obstacle:
    """Why the call cannot be transferred now, in words for the agent.

    Kinds: `ended`, `waiting`, `open`, `stopped`, `paused`, `limit`.
    """

    kind: str
    title: str
    text: str


def obstacle_of_refusal(refusal: RequestRefused, user: User) -> Obstacle:
    """Say in words why a request was refused. Raises the refusal again if it has no obstacle."""
    if isinstance(refusal, CallNotConnected):
        return obstacle_of_state(refusal.call)
    if isinstance(refusal, TransferAlreadyOpen):
        return obstacle_of_transfer(refusal.transfer, user)
    if isinstance(refusal, TooManyTransfers):
        return obstacle_of_limit(refusal)
    if isinstance(refusal, SendingClosed):
        return obstacle_of_gate(refusal.gate)
    raise refusal


def obstacle_of_limit(excess: TooManyTransfers) -> Obstacle:
    """Say that a limit of transfers to outside numbers is reached, and who may allow another one."""
    if excess.whose == "agent":
        title = _("You have made very many transfers to outside numbers in the last five minutes")
    else:
        title = _("The whole team has made very many transfers to outside numbers in the last five minutes")
    return Obstacle("limit", title, _("A supervisor can let this one pass. Nothing was sent."))


def obstacle_of_state(call: Call) -> Obstacle:
    """Say why a call that is not connected cannot be transferred."""
    if call.state == CallState.ENDED:
        return Obstacle("ended", _("This call has ended"), _("There is nothing left to transfer."))
    return Obstacle("waiting", _("The call is not connected yet"), _("Answer it on your phone, then transfer it."))


def obstacle_of_transfer(transfer: Transfer, user: User) -> Obstacle:
    """Say who is transferring the call, and where to."""
    if transfer.state == TransferState.ANSWERED:
        title = _("This call has been transferred")
    elif transfer.agent_id == user.pk:
        title = _("You are already transferring this call")
    else:
        title = _("%(agent)s is already transferring this call") % {"agent": transfer.agent_name}
    where = texts.destination_label(transfer)
    return Obstacle("open", title, _("To %(destination)s.") % {"destination": where})


def obstacle_of_gate(gate: GateState) -> Obstacle:
    """Say why nothing is sent to TENIOS now, and for how long if that is known."""
    if gate.is_stopped:
        return Obstacle(
            "stopped",
            _("Sending is stopped: TENIOS refuses our access key"),
            _("Transfer from your phone if you can. Your choice here is kept."),
        )
    seconds = gate.pause_seconds_left
    text = ngettext(
        "Transfer again in %(seconds)s second. Your choice here is kept.",
        "Transfer again in %(seconds)s seconds. Your choice here is kept.",
        seconds,
    )
    return Obstacle("paused", _("TENIOS asks us to wait"), text % {"seconds": seconds})


def present_obstacle(call: Call, user: User) -> Obstacle | None:
    """Return what is in the way before a transfer is requested, or None."""
    if call.state != CallState.CONNECTED:
        return obstacle_of_state(call)
    blocking = blocking_transfer(call, user)
    if blocking is not None:
        return obstacle_of_transfer(blocking, user)
    gate = read_gate()
    return None if gate.is_open else obstacle_of_gate(gate)
