"""What a person has chosen on their board: which calls it shows, how they are grouped, and in which order.

The server arranges the list, and the browser every call that is pushed later (static/js/call_rows.js). Both use the
same sort keys, so a list that is fetched again has the same order.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Self

from transfers.calls.board_call import BoardCall
from transfers.models import User, without_accents

NOBODY = "none"
"""The key of calls without an agent."""
LAST = "\uffff"
"""Sorts after every name."""

SHOWN = ("all", "waiting", "talking", "transfer")
GROUPINGS = ("", "state", "agent", "line")
ORDERS = ("start", "duration", "state", "agent")

Key = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class BoardChoices:
    """`agent` is the id of a person or NOBODY, `line` a dialled number as TENIOS wrote it; an empty one selects all."""

    show: str = "all"
    agent: str = ""
    line: str = ""
    group: str = ""
    sort: str = "start"

    @classmethod
    def of(cls, user: User) -> Self:
        """Read the person's last choices. A value that is no longer valid counts as not chosen."""
        stored = user.board_choices if isinstance(user.board_choices, dict) else {}
        texts = {each.name: stored[each.name] for each in fields(cls) if isinstance(stored.get(each.name), str)}
        return cls(**{name: value for name, value in texts.items() if _is_choice(name, value)})

    @property
    def is_narrow(self) -> bool:
        """Whether the board may hide some calls."""
        return bool(self.show != "all" or self.agent or self.line)

    def has_place_for(self, board_call: BoardCall) -> bool:
        """Whether the call has the chosen agent and dialled number, whatever its state."""
        return self.agent in ("", agent_key(board_call)) and self.line in ("", board_call.call.called_number)

    def shows(self, board_call: BoardCall) -> bool:
        """Whether the board shows the call."""
        return self.show in ("all", board_call.group) and self.has_place_for(board_call)


def _is_choice(name: str, value: str) -> bool:
    if name == "agent":
        return value in ("", NOBODY) or (value.isascii() and value.isdecimal())
    return value in {"show": SHOWN, "group": GROUPINGS, "sort": ORDERS}.get(name, (value,))


@dataclass(kw_only=True)
class CallGroup:
    """Calls under one heading. `key` is a state, an agent's id or NOBODY, or a dialled number; empty without groups."""

    key: str
    title: str
    calls: list[BoardCall] = field(default_factory=list)


def arrange(board_calls: Iterable[BoardCall], choices: BoardChoices) -> list[CallGroup]:
    """Return all calls in their groups and their order, including those that the choices hide."""
    heading, group_order = _GROUPS[choices.group]
    groups: dict[str, CallGroup] = {}
    ordered = sorted(board_calls, key=lambda each: (group_order(each), _ORDERS[choices.sort](each), *_by_start(each)))
    for each in ordered:
        key, title = heading(each)
        groups.setdefault(key, CallGroup(key=key, title=title)).calls.append(each)
    return list(groups.values())


def agent_key(board_call: BoardCall) -> str:
    """Return the id of the call's agent as text, or NOBODY."""
    return str(board_call.call.agent_id or NOBODY)


def agent_name(board_call: BoardCall) -> str:
    """Return the display name of the call's agent, or an empty text."""
    return board_call.call.agent.display_name if board_call.call.agent else ""


def line_name(board_call: BoardCall) -> str:
    """Return the team's name for the dialled number, or the number itself (E.164)."""
    return board_call.service_name or board_call.call.called_number


def _sortable(name: str) -> str:
    return without_accents(name) if name else LAST


def _by_start(each: BoardCall) -> Key:
    return each.call.started_at, each.call.pk


_ORDERS: dict[str, Callable[[BoardCall], Key]] = {
    "start": _by_start,
    "duration": lambda each: (each.since_at,),
    "state": lambda each: (each.rank,),
    "agent": lambda each: (_sortable(agent_name(each)),),
}
_GROUPS: dict[str, tuple[Callable[[BoardCall], tuple[str, str]], Callable[[BoardCall], Key]]] = {
    "": (lambda _: ("", ""), lambda _: ()),
    "state": (lambda each: (each.state, ""), lambda each: (each.rank,)),
    "agent": (
        lambda each: (agent_key(each), agent_name(each)),
        lambda each: (_sortable(agent_name(each)), agent_key(each)),
    ),
    "line": (
        lambda each: (each.call.called_number, line_name(each)),
        lambda each: (_sortable(line_name(each)), each.call.called_number),
    ),
}
