"""One call as the boards show it: its state in one word, its transfer, its duration, and what the agent may do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from transfers.calls.card_times import is_without_news, stays_for
from transfers.calls.time_limits import Level, talking_limit, waiting_limit
from transfers.models import STALE_AFTER, Call, CallState, ServiceNumber, Transfer, TransferState, User

SHOWN_STATES = ["ringing", "menu", "forwarding", "connected", "transferring", "transferred", "ended"]
"""The values of `BoardCall.state`, in the order in which a call goes through them."""

SENDING_STATES = (TransferState.REQUESTED, TransferState.SENDING)
"""The transfer has no answer from TENIOS yet."""

HANDED_OVER_STATES = (TransferState.ACCEPTED, TransferState.ANSWERED)
"""TENIOS has accepted the transfer, so the caller may have left the agent."""


@dataclass(frozen=True, kw_only=True)
class BoardCall:
    """One call as a board shows it. `state` is one of `SHOWN_STATES`; `transfer` is the call's latest, if any.

    `moving` is the transfer that may have moved the caller. It differs from `transfer` if a later one was refused or
    cancelled.
    """

    call: Call
    transfer: Transfer | None
    moving: Transfer | None
    state: str
    service_name: str
    is_stale: bool

    @property
    def group(self) -> str:
        """The board's filter that selects the call: `waiting`, `talking`, `transfer` or `ended`."""
        if self.state in ("transferring", "transferred"):
            return "transfer"
        return {CallState.CONNECTED.value: "talking", CallState.ENDED.value: "ended"}.get(self.state, "waiting")

    @property
    def rank(self) -> int:
        """How far the call has come, for the order by state."""
        return SHOWN_STATES.index(self.state)

    @property
    def level(self) -> Level:
        """Whether the wait or the talk has become long. A call that is being transferred has no limit."""
        limits = {"waiting": waiting_limit, "talking": talking_limit}
        return limits[self.group]().level_of(self.seconds) if self.group in limits else Level.USUAL

    @property
    def since_at(self) -> datetime:
        """When the running duration began (UTC)."""
        return self.call.running_since_at

    @property
    def seconds(self) -> float:
        """The duration of the talk or, before an answer, of the wait. For an ended call it no longer grows."""
        return ((self.call.ended_at or timezone.now()) - self.since_at).total_seconds()

    @property
    def shown_transfer(self) -> Transfer | None:
        """The transfer that the own card still shows: open, or settled recently and not closed by the agent."""
        transfer = self.transfer
        if transfer is None or transfer.dismissed_at:
            return None
        is_old = transfer.settled_at and transfer.settled_at < timezone.now() - stays_for(transfer)
        return None if is_old else transfer

    @property
    def is_handed_over(self) -> bool:
        """Whether the transfer has come so far that the agent is free for the next call."""
        moving = self.moving
        if moving is None or moving.state not in HANDED_OVER_STATES:
            return False
        is_released = moving.dismissed_at is not None or is_without_news(moving)
        return moving.state == TransferState.ANSWERED or is_released

    @property
    def is_transferable(self) -> bool:
        """Whether the card offers a transfer: connected, no transfer open, and the caller not handed over."""
        if self.call.state != CallState.CONNECTED:
            return False
        moving = self.moving
        return moving is None or (moving.state == TransferState.ACCEPTED and is_without_news(moving))


def with_transfers(calls: QuerySet[Call]) -> QuerySet[Call]:
    """Fetch agents and transfers together with the calls, as `make_board_calls` needs them."""
    return calls.select_related("agent").prefetch_related("transfers")


def make_board_calls(calls: Iterable[Call], *, owner: User | None = None) -> list[BoardCall]:
    """Return the calls as a board shows them; with `owner`, as that person's own card shows them."""
    names = dict(ServiceNumber.objects.values_list("number", "name"))
    now = timezone.now()
    return [_make_board_call(call, names, now, owner) for call in calls]


def _make_board_call(call: Call, names: dict[str, str], now: datetime, owner: User | None) -> BoardCall:
    transfer = max(call.transfers.all(), key=lambda each: each.pk, default=None)
    moving = call.transfers.all().moving()
    for each in filter(None, (transfer, moving)):
        each.call = call  # saves a query per transfer
    if transfer is not None and owner is not None and transfer.has_brought_call_to(owner):
        transfer = moving = None  # the transfer is complete: for its new owner this is a usual call
    return BoardCall(
        call=call,
        transfer=transfer,
        moving=moving,
        state=_shown_state(call, moving),
        service_name=names.get(call.called_number, ""),
        is_stale=call.state != CallState.ENDED and call.last_event_at < now - STALE_AFTER,
    )


def _shown_state(call: Call, moving: Transfer | None) -> str:
    """Return one of `SHOWN_STATES`.

    CALL_END ends the routing plan, not a transferred talk: such a call is shown as `transferred`, not as `ended`.
    """
    if moving is None:
        return call.state
    if moving.state == TransferState.ANSWERED:
        return "transferred"
    if moving.state == TransferState.ACCEPTED and (call.state == CallState.ENDED or is_without_news(moving)):
        return "transferred"
    if call.state == CallState.ENDED:
        return call.state
    if moving.state in (*SENDING_STATES, TransferState.ACCEPTED, TransferState.UNKNOWN):
        return "transferring"
    return call.state
