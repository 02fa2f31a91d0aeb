"""The live calls as the wallboard shows them: which wait, which are talks, and since when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from transfers.calls import BoardCall, Level, Limit, live_calls, talking_limit, waiting_limit
from transfers.models import STALE_AFTER, CallState, TransferState, User
from transfers.wallboard.naming import destination_name, public_name

_LIMITS = {"waiting": waiting_limit, "talking": talking_limit}


@dataclass(frozen=True, kw_only=True)
class WallCall:
    """A live call. A call without news may have ended, so it counts neither as waiting nor as a talk, nor as long."""

    board_call: BoardCall

    @property
    def kind(self) -> str:
        """`waiting`, `talking`, `transfer`, or `stale` for a call without news."""
        return "stale" if self.board_call.is_stale else self.board_call.group

    @property
    def level(self) -> Level:
        """Whether the wait or the talk has become long."""
        return self.board_call.level if self.kind in _LIMITS else Level.USUAL

    @property
    def level_text(self) -> str:
        """The level in words, such as "over 2 min"; empty for a usual duration."""
        if (limit := self._limit) is None or not self.level:
            return ""
        seconds = limit.red_seconds if self.level == Level.RED else limit.amber_seconds
        if seconds % 60:
            return _("over %(seconds)s s") % {"seconds": seconds}
        return _("over %(minutes)s min") % {"minutes": seconds // 60}

    @property
    def since_at(self) -> datetime:
        """When the running duration began."""
        return self.board_call.since_at

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return self.board_call.seconds

    @property
    def destination_name(self) -> str:
        """The destination of the call's transfer; empty without one."""
        moving = self.board_call.moving
        return destination_name(moving) if moving and self.board_call.group == "transfer" else ""

    @property
    def line_name(self) -> str:
        """What the caller dialled: the team's name for the number, or the number."""
        return self.board_call.service_name or self.board_call.call.called_number

    @property
    def forwarded_to(self) -> str:
        """For whom the call rings; empty for any other call."""
        call = self.board_call.call
        if call.state != CallState.FORWARDING:
            return ""
        return public_name(name=call.agent.display_name if call.agent else "", address=call.forward_target)

    @property
    def changes_at(self) -> Iterator[datetime]:
        """The times at which the call's display changes without any event."""
        if self.kind == "stale":
            return
        yield self.board_call.call.last_event_at + STALE_AFTER
        if limit := self._limit:
            for seconds in filter(None, (limit.amber_seconds, limit.red_seconds)):
                yield self.since_at + timedelta(seconds=seconds)

    @property
    def _limit(self) -> Limit | None:
        return _LIMITS[self.kind]() if self.kind in _LIMITS else None


@dataclass(frozen=True, kw_only=True)
class LiveCalls:
    """All live calls, oldest first."""

    calls: list[WallCall]

    def of_kind(self, kind: str) -> list[WallCall]:
        """Return the calls of one kind, longest first."""
        return sorted((each for each in self.calls if each.kind == kind), key=lambda each: each.since_at)

    @property
    def waiting(self) -> list[WallCall]:
        """Calls that nobody has answered yet, longest first."""
        return self.of_kind("waiting")

    @property
    def talking(self) -> list[WallCall]:
        """Calls that are talks, longest first."""
        return self.of_kind("talking")

    @property
    def stale(self) -> list[WallCall]:
        """Calls without news, which may have ended."""
        return self.of_kind("stale")

    @property
    def unclear_transfers(self) -> int:
        """How many calls have a transfer whose outcome is unknown."""
        states = [each.board_call.moving.state for each in self.calls if each.board_call.moving]
        return states.count(TransferState.UNKNOWN)


def read_live_calls(people: Mapping[int, User]) -> LiveCalls:
    """Read the calls that have not ended, in three queries. `people` by id, with their addresses prefetched."""
    return LiveCalls(calls=[WallCall(board_call=_as_its_agent_sees(each, people)) for each in live_calls()])


def _as_its_agent_sees(board_call: BoardCall, people: Mapping[int, User]) -> BoardCall:
    """Return a transferred call without its transfer, because for its new agent it is a usual call."""
    agent = people.get(board_call.call.agent_id or 0)
    if agent is None or board_call.transfer is None or not board_call.transfer.has_brought_call_to(agent):
        return board_call
    return replace(board_call, transfer=None, moving=None, state=board_call.call.state)
