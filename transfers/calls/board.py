"""Reads the team's calls for the live board and the wallboard."""

from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone

from transfers.calls.board_call import BoardCall, make_board_calls, with_transfers
from transfers.models import Call, CallState

ENDED_STAYS_FOR = timedelta(seconds=10)
"""How long the board shows a call that has ended."""


def team_calls() -> list[BoardCall]:
    """Return all live calls and those that have just ended, oldest first, in three queries that read no other call."""
    just_ended = Call.objects.filter(state=CallState.ENDED, ended_at__gt=timezone.now() - ENDED_STAYS_FOR)
    # A union of two, because SQLite reads the whole table for one condition with OR.
    shown = Call.objects.live().values("pk").union(just_ended.values("pk"))
    return make_board_calls(with_transfers(Call.objects.filter(pk__in=shown).order_by("started_at", "pk")))


def live_calls() -> list[BoardCall]:
    """Return the calls that have not ended, oldest first, in three queries that read no ended call."""
    return make_board_calls(with_transfers(Call.objects.live().order_by("started_at", "pk")))


def calls_by_id(call_ids: Collection[int]) -> list[BoardCall]:
    """Return these calls as a board shows them, in three queries."""
    return make_board_calls(with_transfers(Call.objects.filter(pk__in=call_ids)))


def earlier_call_today(call: Call) -> Call | None:
    """Return the same caller's previous call of the same day, if there is one."""
    if not call.caller_digest:
        return None
    start_of_day = timezone.localtime(call.started_at).replace(hour=0, minute=0, second=0, microsecond=0)
    same_caller = Call.objects.filter(caller_digest=call.caller_digest, started_at__gte=start_of_day)
    return same_caller.filter(started_at__lt=call.started_at).select_related("agent").order_by("-started_at").first()
