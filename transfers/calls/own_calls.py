"""Finds the call that a person's own card shows."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from transfers.calls.board_call import (
    HANDED_OVER_STATES,
    SENDING_STATES,
    BoardCall,
    make_board_calls,
    with_transfers,
)
from transfers.calls.card_times import still_on_card
from transfers.models import Call, CallState, Transfer, User

_OLDEST = timedelta(days=7)
"""The card shows no older call or transfer, so the queries read one week by index, not the person's whole history."""

_CALLS_AT_ONCE = 5
"""More calls than one person has at the same time."""


def own_call(user: User) -> BoardCall | None:
    """Return the one call that the person's card shows, or None for an empty card.

    The order is: a transfer of theirs that is not sent yet, the call they talk on, a call they have just handed over,
    a call that rings for them, and last a transfer whose outcome they should still read.
    """
    sending = _latest_own_transfer(user, Q(state__in=SENDING_STATES))
    if sending is not None:
        return make_board_calls([sending.call], owner=user)[0]
    live_calls = _live_calls_of(user)
    talking = next((each for each in live_calls if each.call.state == CallState.CONNECTED), None)
    if talking is not None:
        return talking
    to_read = _latest_own_transfer(user, still_on_card(timezone.now()))
    if live_calls and (to_read is None or to_read.state not in HANDED_OVER_STATES):
        return live_calls[0]
    return make_board_calls([to_read.call], owner=user)[0] if to_read is not None else None


def last_own_call(user: User) -> Call | None:
    """Return the person's call that ended last, for the empty card."""
    # Ordered by start, because the index is on agent and start: a person may have many thousands of calls.
    latest = Call.objects.filter(agent=user, state=CallState.ENDED).order_by("-started_at")[:_CALLS_AT_ONCE]
    return max(latest, key=lambda call: call.ended_at or call.started_at, default=None)


def _live_calls_of(user: User) -> list[BoardCall]:
    latest_first = Call.objects.live().filter(agent=user, started_at__gt=_oldest()).order_by("-agent_since_at", "-pk")
    board_calls = make_board_calls(with_transfers(latest_first)[:_CALLS_AT_ONCE], owner=user)
    return [each for each in board_calls if not each.is_handed_over]


def _latest_own_transfer(user: User, condition: Q) -> Transfer | None:
    """Only the latest transfer of a call counts: the agent has read the outcome of an earlier one."""
    later = Transfer.objects.filter(call=OuterRef("call"), pk__gt=OuterRef("pk"))
    own = Transfer.objects.filter(condition, ~Exists(later), agent=user, requested_at__gt=_oldest())
    return own.select_related("call__agent").order_by("-pk").first()


def _oldest() -> datetime:
    return timezone.now() - _OLDEST
