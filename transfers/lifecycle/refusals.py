"""Why a transfer is not requested. Nothing was recorded when one of these is raised."""

from transfers.lifecycle.gate import GateState
from transfers.models import Call, Transfer


class CallNotFound(Exception):
    """There is no such call, or this person may not see it."""


class CallNotYours(CallNotFound):
    """The call belongs to another agent."""


class RightLost(Exception):
    """The agent for whom a transfer is requested may not transfer calls any more."""


class RequestRefused(Exception):
    """Something is in the way of the transfer now. Later the same request may be accepted."""


class CallNotConnected(RequestRefused):
    """TENIOS transfers only calls that were forwarded and answered. `call` has the state that it is in instead."""

    def __init__(self, call: Call) -> None:
        super().__init__(call.state)
        self.call = call


class TransferAlreadyOpen(RequestRefused):
    """Another `transfer` of the call blocks this one: it is not settled yet, or was answered."""

    def __init__(self, transfer: Transfer) -> None:
        super().__init__(str(transfer.pk))
        self.transfer = transfer


class SendingClosed(RequestRefused):
    """Nothing may be sent to TENIOS now. `gate` says whether sending is stopped or paused, and for how long."""

    def __init__(self, gate: GateState) -> None:
        super().__init__(gate.stop_code)
        self.gate = gate


class DestinationNotInDirectory(RequestRefused):
    """The directory entry that was chosen was changed or switched off, or this person may not use it."""


class TooManyTransfers(RequestRefused):
    """A limit is reached. `whose` is `agent` for the limit of one person, `all` for that of everybody together."""

    code = "too_many"

    def __init__(self, whose: str) -> None:
        super().__init__(whose)
        self.whose = whose
