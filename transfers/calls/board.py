"""Reads for the live board: the person's own call, and the team's calls with what is happening to each."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from transfers.calls.time_limits import Level, talking_limit, waiting_limit
from transfers.models import SENDING_STOPPED, STALE_AFTER, Call, CallState, ServiceNumber, Transfer, TransferState, User

SHOWN_STATES = ["ringing", "menu", "forwarding", "connected", "transferring", "transferred", "ended"]
"""The words of `BoardCall.state`, in the order in which a call goes through them."""
ENDED_STAYS_FOR = timedelta(seconds=10)
ACCEPTED_WAITS_FOR = timedelta(seconds=45)
"""How long an accepted transfer without news keeps the agent's card; then it says so and lets them go."""
RELEASED_STAYS_FOR = timedelta(minutes=2)
LOOK_AGAIN_AFTER = timedelta(seconds=2)
"""The card of a transfer on its way is fetched again after this long even when no message of a change comes."""
UNKNOWN_STAYS_FOR = timedelta(minutes=30)

_CARD_LOOKS_BACK = timedelta(days=7)
"""What a person's card can be about has begun since then: it reads a week of theirs by index, not all their years."""

_CALLS_AT_ONCE = 5
"""More calls than one person has at the same time."""

_HANDED_OVER = (TransferState.ACCEPTED, TransferState.ANSWERED)
_ON_THE_WAY = (TransferState.REQUESTED, TransferState.SENDING)
SETTLED_STAYS_FOR = {
    TransferState.ANSWERED: timedelta(seconds=8),
    TransferState.CANCELLED: timedelta(seconds=3),
    TransferState.REJECTED: timedelta(minutes=2),
    TransferState.NOT_SENT: timedelta(minutes=2),
    TransferState.EXPIRED: timedelta(minutes=2),
    TransferState.NOT_ANSWERED: timedelta(minutes=2),
    TransferState.NOT_EXECUTED: timedelta(minutes=2),
}
"""How long the card tells about a transfer that has come to its end, unless the agent closes it."""
STOPPED_STAYS_FOR = timedelta(minutes=2)
"""The same for one that was cancelled because sending is stopped: unlike one they took back, that is news to them."""


@dataclass(frozen=True, kw_only=True)
class BoardCall:
    """One call as a board shows it: `state` is the word on the screen, `transfer` the call's latest, if any.

    `moving` is the transfer that may have moved the caller: not the same where a later one was refused or taken back.
    """

    call: Call
    transfer: Transfer | None
    moving: Transfer | None
    state: str
    service_name: str
    is_stale: bool

    @property
    def group(self) -> str:
        """The filter the row belongs to: `waiting`, `talking`, `transfer` or `ended`."""
        if self.state in ("transferring", "transferred"):
            return "transfer"
        if self.state in (CallState.CONNECTED, CallState.ENDED):
            return {CallState.CONNECTED: "talking", CallState.ENDED: "ended"}[CallState(self.state)]
        return "waiting"

    @property
    def rank(self) -> int:
        """How far the call has come, for the order by state."""
        return SHOWN_STATES.index(self.state)

    @property
    def level(self) -> Level:
        """Whether the wait, or the talk, has become long; a call on its way to somebody else has no limit."""
        limits = {"waiting": waiting_limit, "talking": talking_limit}
        return limits[self.group]().level_of(self.seconds) if self.group in limits else Level.USUAL

    @property
    def since_at(self) -> datetime:
        """When the running duration began."""
        return self.call.running_since_at

    @property
    def seconds(self) -> float:
        """How long the talk, or the wait for one, has been going on; for an ended call how long it was."""
        return ((self.call.ended_at or timezone.now()) - self.since_at).total_seconds()

    @property
    def shown_transfer(self) -> Transfer | None:
        """The transfer that the own call's card still tells about: under way, or settled lately and not closed."""
        transfer = self.transfer
        if transfer is None or transfer.dismissed_at:
            return None
        is_old = transfer.settled_at and transfer.settled_at < timezone.now() - _stays_for(transfer)
        return None if is_old else transfer

    @property
    def is_handed_over(self) -> bool:
        """Whether the call's transfer went so far that its agent is free for the next one."""
        moving = self.moving
        if moving is None or moving.state not in _HANDED_OVER:
            return False
        is_released = moving.dismissed_at is not None or is_without_news(moving)
        return moving.state == TransferState.ANSWERED or is_released

    @property
    def is_transferable(self) -> bool:
        """Whether a transfer is offered now: connected, none under way, and the caller not handed over already."""
        if self.call.state != CallState.CONNECTED:
            return False
        moving = self.moving
        return moving is None or (moving.state == TransferState.ACCEPTED and is_without_news(moving))


def own_call(user: User) -> BoardCall | None:
    """Return the one call that is this person's now, or None for an empty card.

    First a transfer of theirs that is on its way, then the call they talk on, then one they just handed over, then a
    call that rings for them, last a transfer whose end they should still read.
    """
    on_the_way = _latest_own_transfer(user, Q(state__in=_ON_THE_WAY))
    if on_the_way is not None:
        return _board_calls([on_the_way.call], owner=user)[0]
    latest_first = Call.objects.live().filter(agent=user, started_at__gt=_long_ago()).order_by("-agent_since_at", "-pk")
    mine = [
        each
        for each in _board_calls(_with_transfers(latest_first)[:_CALLS_AT_ONCE], owner=user)
        if not each.is_handed_over
    ]
    talking = next((each for each in mine if each.call.state == CallState.CONNECTED), None)
    if talking is not None:
        return talking
    to_read = _latest_own_transfer(user, _still_on_screen(timezone.now()))
    if mine and (to_read is None or to_read.state not in _HANDED_OVER):
        return mine[0]
    return _board_calls([to_read.call], owner=user)[0] if to_read is not None else None


def last_own_call(user: User) -> Call | None:
    """Return the call that ended last with this person, for the empty card."""
    # The latest by the index on agent and start, for a person's calls are many; of those it is one that ended last.
    latest = Call.objects.filter(agent=user, state=CallState.ENDED).order_by("-started_at")[:_CALLS_AT_ONCE]
    return max(latest, key=lambda call: call.ended_at or call.started_at, default=None)


def team_calls() -> list[BoardCall]:
    """Return all live calls and those just ended, oldest first, in three queries that read no other call."""
    just_ended = Call.objects.filter(state=CallState.ENDED, ended_at__gt=timezone.now() - ENDED_STAYS_FOR)
    # A union, for SQLite reads the whole table where one condition asks for both.
    shown = Call.objects.live().values("pk").union(just_ended.values("pk"))
    return _board_calls(_with_transfers(Call.objects.filter(pk__in=shown).order_by("started_at", "pk")))


def live_calls() -> list[BoardCall]:
    """Return the calls that have not ended, oldest first, in three queries that read no ended call."""
    return _board_calls(_with_transfers(Call.objects.live().order_by("started_at", "pk")))


def calls_by_id(call_ids: Collection[int]) -> list[BoardCall]:
    """Return these calls as a board shows them, in three queries."""
    return _board_calls(_with_transfers(Call.objects.filter(pk__in=call_ids)))


def earlier_call_today(call: Call) -> Call | None:
    """Return the same caller's last call before this one on the same day, if they called."""
    if not call.caller_digest:
        return None
    start_of_day = timezone.localtime(call.started_at).replace(hour=0, minute=0, second=0, microsecond=0)
    same_caller = Call.objects.filter(caller_digest=call.caller_digest, started_at__gte=start_of_day)
    return same_caller.filter(started_at__lt=call.started_at).select_related("agent").order_by("-started_at").first()


def _with_transfers(calls: QuerySet[Call]) -> QuerySet[Call]:
    return calls.select_related("agent").prefetch_related("transfers")


def _board_calls(calls: Iterable[Call], *, owner: User | None = None) -> list[BoardCall]:
    names = dict(ServiceNumber.objects.values_list("number", "name"))
    now = timezone.now()
    return [_board_call(call, names, now, owner) for call in calls]


def _board_call(call: Call, names: dict[str, str], now: datetime, owner: User | None) -> BoardCall:
    transfer = max(call.transfers.all(), key=lambda each: each.pk, default=None)
    moving = call.transfers.all().moving()
    for each in filter(None, (transfer, moving)):
        each.call = call
    if transfer is not None and owner is not None and transfer.has_brought_call_to(owner):
        transfer = moving = None
    return BoardCall(
        call=call,
        transfer=transfer,
        moving=moving,
        state=_shown_state(call, moving),
        service_name=names.get(call.called_number, ""),
        is_stale=call.state != CallState.ENDED and call.last_event_at < now - STALE_AFTER,
    )


def _shown_state(call: Call, transfer: Transfer | None) -> str:
    """The end of the routing plan does not end a transferred talk: such a call leaves the board as `transferred`."""
    if transfer is None:
        return call.state
    if transfer.state == TransferState.ANSWERED:
        return "transferred"
    if transfer.state == TransferState.ACCEPTED and (call.state == CallState.ENDED or is_without_news(transfer)):
        return "transferred"
    if call.state == CallState.ENDED:
        return call.state
    if transfer.state in (*_ON_THE_WAY, TransferState.ACCEPTED, TransferState.UNKNOWN):
        return "transferring"
    return call.state


def _latest_own_transfer(user: User, where: Q) -> Transfer | None:
    """Only the latest transfer of a call counts: what became of an earlier one has been read."""
    later = Transfer.objects.filter(call=OuterRef("call"), pk__gt=OuterRef("pk"))
    own = Transfer.objects.filter(where, ~Exists(later), agent=user, requested_at__gt=_long_ago())
    return own.select_related("call__agent").order_by("-pk").first()


def _long_ago() -> datetime:
    return timezone.now() - _CARD_LOOKS_BACK


def card_changes_at(shown: Transfer) -> datetime | None:
    """When the card of this transfer changes by the clock alone: a settled one is let go, an accepted one releases."""
    if shown.settled_at:
        return shown.settled_at + _stays_for(shown)
    if shown.state == TransferState.REQUESTED:
        return shown.due_at + LOOK_AGAIN_AFTER
    if shown.state == TransferState.SENDING:
        return timezone.now() + LOOK_AGAIN_AFTER
    if shown.state == TransferState.ACCEPTED and shown.accepted_at and not is_without_news(shown):
        return shown.accepted_at + ACCEPTED_WAITS_FOR
    return None


def _stays_for(settled: Transfer) -> timedelta:
    if settled.state == TransferState.CANCELLED and settled.error_code == SENDING_STOPPED:
        return STOPPED_STAYS_FOR
    return SETTLED_STAYS_FOR[TransferState(settled.state)]


def is_without_news(transfer: Transfer) -> bool:
    """Whether an accepted transfer has waited so long for an answer that its agent is released."""
    return transfer.accepted_at is not None and transfer.accepted_at < timezone.now() - ACCEPTED_WAITS_FOR


def _still_on_screen(now: datetime) -> Q:
    """Transfers whose end their agent should still read although the call is theirs no more."""
    settled = Q()
    for state, stays_for in SETTLED_STAYS_FOR.items():
        settled |= Q(state=state, settled_at__gt=now - stays_for)
    is_stopped = Q(state=TransferState.CANCELLED, error_code=SENDING_STOPPED)
    return Q(dismissed_at=None) & (
        settled
        | (is_stopped & Q(settled_at__gt=now - STOPPED_STAYS_FOR))
        | Q(state=TransferState.ACCEPTED, accepted_at__gt=now - RELEASED_STAYS_FOR)
        | Q(state=TransferState.UNKNOWN, sent_at__gt=now - UNKNOWN_STAYS_FOR)
    )
