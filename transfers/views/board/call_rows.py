"""Draws the rows of the board: for the page, for its list and for the push, each once until its call changes."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from transfers.base.durations import write_duration
from transfers.calls import BoardCall
from transfers.live.viewers import Audience
from transfers.models import Call, Transfer

MOST_KEPT = 5_000
"""Rows that are kept, at about 2 KiB each; 1,000 live calls are 4,000 for two languages and two sets of rights."""

# What runs with the clock is written into a kept row each time; nobody outside can know the word that stands for it.
_SECONDS = secrets.token_hex(8)
_CALL_COLUMNS = [column.attname for column in Call._meta.concrete_fields]
_TRANSFER_COLUMNS = [column.attname for column in Transfer._meta.concrete_fields]

_kept: OrderedDict[tuple[int, Audience], tuple[int, str]] = OrderedDict()
_keeping = threading.Lock()


def draw_rows(board_calls: Iterable[BoardCall], audience: Audience) -> dict[int, SafeString]:
    """Return the row of each call by its id, as everybody of this audience sees it now."""
    with translation.override(audience.language):
        return {board_call.call.pk: _draw(board_call, audience) for board_call in board_calls}


def hide(row: SafeString) -> SafeString:
    """Return the row as one that is there but not shown."""
    return mark_safe(row.replace("<tr ", "<tr hidden ", 1))  # noqa: S308  # adds an attribute to what is safe


def _draw(board_call: BoardCall, audience: Audience) -> SafeString:
    # Of what it shows the hash alone is kept: of 10 to the power of 19 changes one would not be seen.
    key, state = (board_call.call.pk, audience), hash(_all_it_shows(board_call))
    kept = _kept.get(key)
    html = kept[1] if kept is not None and kept[0] == state else _keep(key, state, _render(board_call, audience))
    return mark_safe(html.replace(_SECONDS, write_duration(board_call.seconds)))  # noqa: S308  # digits into what is safe


def _keep(key: tuple[int, Audience], state: int, html: str) -> str:
    with _keeping:
        _kept[key] = state, html
        _kept.move_to_end(key)
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return html


def _render(board_call: BoardCall, audience: Audience) -> str:
    context = {"board_call": board_call, "may_transfer_any": audience.may_transfer_any, "duration_text": _SECONDS}
    return get_template("transfers/board/_call_row.html").render(context)


def _all_it_shows(board_call: BoardCall) -> tuple[Any, ...]:
    """Return all that a row may depend on: whole rows of the database, so that a template may show more of them."""
    call, transfer = board_call.call, board_call.transfer
    return (
        board_call.state,
        board_call.group,
        board_call.is_stale,
        board_call.is_transferable,
        board_call.level,
        board_call.service_name,
        call.agent.display_name if call.agent else "",
        settings.CALLER_LINK_TEMPLATE,
        *(getattr(call, name) for name in _CALL_COLUMNS),
        *(getattr(transfer, name) for name in _TRANSFER_COLUMNS if transfer),
    )
