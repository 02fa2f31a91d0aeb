"""Renders the rows of the board for the page, its list and the stream, and caches each until its call changes."""

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

MOST_CACHED = 5_000
"""Rows in the cache, at about 2 KiB each. 1,000 live calls need 4,000: two languages, two sets of rights."""

# The duration is written into a cached row each time. The placeholder is random, so that no caller's text contains it.
_DURATION = secrets.token_hex(8)
_CALL_COLUMNS = [column.attname for column in Call._meta.concrete_fields]
_TRANSFER_COLUMNS = [column.attname for column in Transfer._meta.concrete_fields]

_cache: OrderedDict[tuple[int, Audience], tuple[int, str]] = OrderedDict()
_cache_lock = threading.Lock()


def draw_rows(board_calls: Iterable[BoardCall], audience: Audience) -> dict[int, SafeString]:
    """Return the row of each call by its id, as this audience sees it now."""
    with translation.override(audience.language):
        return {board_call.call.pk: _draw(board_call, audience) for board_call in board_calls}


def hide(row: SafeString) -> SafeString:
    """Return the row as a hidden one."""
    return mark_safe(row.replace("<tr ", "<tr hidden ", 1))  # noqa: S308  # adds an attribute to a safe string


def _draw(board_call: BoardCall, audience: Audience) -> SafeString:
    # Only the hash of the content is kept: it misses one change in 10 to the power of 19.
    key, content_hash = (board_call.call.pk, audience), hash(_content(board_call))
    cached = _cache.get(key)
    is_current = cached is not None and cached[0] == content_hash
    html = cached[1] if cached and is_current else _store(key, content_hash, _render(board_call, audience))
    return mark_safe(html.replace(_DURATION, write_duration(board_call.seconds)))  # noqa: S308  # digits into a safe string


def _store(key: tuple[int, Audience], content_hash: int, html: str) -> str:
    with _cache_lock:
        _cache[key] = content_hash, html
        _cache.move_to_end(key)
        if len(_cache) > MOST_CACHED:
            _cache.popitem(last=False)
    return html


def _render(board_call: BoardCall, audience: Audience) -> str:
    context = {"board_call": board_call, "may_transfer_any": audience.may_transfer_any, "duration_text": _DURATION}
    return get_template("transfers/board/_call_row.html").render(context)


def _content(board_call: BoardCall) -> tuple[Any, ...]:
    """Return everything that a row may depend on: all columns, so that the template is free to show any of them."""
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
