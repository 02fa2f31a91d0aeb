"""The list of the team's calls and the tools above it, for one person."""

from collections import Counter
from collections.abc import Iterable, Mapping

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from transfers import calls
from transfers.calls import BoardCall, talking_limit, waiting_limit
from transfers.calls.choices import NOBODY, BoardChoices, CallGroup, agent_key, agent_name, arrange, line_name
from transfers.live.viewers import Audience
from transfers.models import CallState, User, without_accents
from transfers.views.board.call_rows import draw_rows, hide


def list_context(user: User, own: BoardCall | None) -> dict[str, object]:
    """Return the groups of rows as this person arranged the board, the choices above them, and the counts."""
    choices = BoardChoices.of(user)
    team_calls = calls.team_calls()
    rows = draw_rows(
        team_calls, Audience(get_language() or user.language, user.has_perm("transfers.transfer_any_call"))
    )
    shown = {each.call.pk for each in team_calls if choices.shows(each) and not _is_same(each, own)}
    live = [each for each in team_calls if each.call.state != CallState.ENDED and not _is_same(each, own)]
    return {
        "choices": choices,
        "set_count": _count_changed(choices),
        "call_groups": [_group_context(group, rows, shown) for group in arrange(team_calls, choices)],
        "agents": _agent_choices(live, choices),
        "lines": _line_choices(live, choices),
        "counts": _counts(live, choices),
        "live_count": len(live),
        "shown_count": len(shown),
        "waiting_limit": waiting_limit(),
        "talking_limit": talking_limit(),
    }


def _is_same(board_call: BoardCall, own: BoardCall | None) -> bool:
    return own is not None and board_call.call.pk == own.call.pk


def _count_changed(choices: BoardChoices) -> int:
    """Return how many of the choices in the menu differ from their defaults."""
    return [bool(choices.agent), bool(choices.line), bool(choices.group), choices.sort != "start"].count(True)


def _group_context(group: CallGroup, rows: Mapping[int, SafeString], shown: set[int]) -> dict[str, object]:
    """Return the group with its rows as one text: a loop in the template is too slow for a thousand rows."""
    ids = [each.call.pk for each in group.calls]
    html = "".join(rows[pk] if pk in shown else hide(rows[pk]) for pk in ids)
    return {
        "key": group.key,
        "title": group.title,
        "rows": mark_safe(html),  # noqa: S308  # joins safe strings
        "shown_count": len(shown.intersection(ids)),
    }


def _counts(live: Iterable[BoardCall], choices: BoardChoices) -> dict[str, int]:
    """Count what each kind would show with the chosen agent and line."""
    fitting = [each.group for each in live if choices.has_place_for(each)]
    return {**Counter(fitting), "all": len(fitting)}


def _agent_choices(live: Iterable[BoardCall], choices: BoardChoices) -> list[tuple[str, str]]:
    """Return the agents who have a call now and the one who is chosen, as (key, name), by name."""
    names = {agent_key(each): agent_name(each) for each in live if each.call.agent_id}
    if choices.agent not in ("", NOBODY, *names):
        chosen = User.objects.filter(pk=choices.agent).first()
        names[choices.agent] = chosen.display_name if chosen else choices.agent
    return sorted(names.items(), key=lambda each: without_accents(each[1]))


def _line_choices(live: Iterable[BoardCall], choices: BoardChoices) -> list[tuple[str, str]]:
    """Return the dialled numbers of the live calls and the chosen one, as (number, name), by the name the team uses."""
    names = {each.call.called_number: line_name(each) for each in live if each.call.called_number}
    if choices.line:
        names.setdefault(choices.line, choices.line)
    return sorted(names.items(), key=lambda each: without_accents(each[1]))
