"""The frames of the event streams (WHATWG HTML, server-sent events), and how live messages become frames."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from transfers.live.messages import Message
from transfers.live.thread import run_on_stream_thread
from transfers.live.viewers import Audience, Viewer

HEARTBEAT = b"event: beat\ndata: {}\n\n"
CUT_OFF = b"event: cut-off\ndata: {}\n\n"
"""Redis is away: the board may miss changes."""
SYSTEM = b"event: system\ndata: {}\n\n"
OWN_CALL = b"event: own-call\ndata: {}\n\n"
CAUGHT_UP = b"event: caught-up\ndata: {}\n\n"
"""Follows what a stream had missed: from here on its board is live."""
OVER = b"event: over\ndata: {}\n\n"
"""The last frame of a stream whose viewer may no longer see it; the page then reloads."""

_RESYNC_MS_PER_BOARD, _MOST_RESYNC_MS = 30, 15_000
"""The server needs about 30 ms to answer the requests of one board after `resync`."""

Rows = Mapping[int, str]
"""The HTML of a board row, by the call's primary key."""
RenderRows = Callable[[Collection[int], Collection[Audience]], Mapping[Audience, Rows]]


def resync(*, boards: int) -> bytes:
    """Return the frame that makes so many pages fetch their parts anew, spread over the milliseconds it contains."""
    return b"event: resync\ndata: %d\n\n" % min(_MOST_RESYNC_MS, boards * _RESYNC_MS_PER_BOARD)


@dataclass(frozen=True)
class Changes:
    """What a batch of live messages reports; a call that two messages name has changed once."""

    last_id: str
    call_ids: frozenset[int]
    user_ids: frozenset[int]
    """The users whose own call has changed."""
    is_about_system: bool
    must_resync: bool
    """A process could not publish a change."""


def read_changes(messages: Sequence[Message]) -> Changes:
    """Combine messages, at least one."""
    fields = [each for _id, each in messages]
    parts = {each.get("part") for each in fields}
    return Changes(
        last_id=messages[-1][0],
        call_ids=frozenset(int(each["call"]) for each in fields if each["call"]),
        user_ids=frozenset(int(user) for each in fields for user in each["users"].split(",") if user),
        is_about_system="system" in parts,
        must_resync="resync" in parts,
    )


class ChangeFrames:
    """The frames of some changes for any number of streams. Streams of one audience share the bytes of their rows."""

    def __init__(self, changes: Changes, rows: Mapping[Audience, Rows], resync: bytes) -> None:
        self._changes = changes
        self._rows = {audience: _encode(rows[audience], changes.last_id) for audience in rows}
        self._resync = resync

    def of(self, viewer: Viewer) -> list[bytes]:
        """Return the frames of this viewer's stream."""
        frames = [SYSTEM] if self._changes.is_about_system else []
        if viewer.user_id in self._changes.user_ids:
            frames.append(OWN_CALL)
        frames.append(self._rows[viewer.audience])
        if self._changes.must_resync:
            frames.append(self._resync)
        return frames


async def render_changes(
    changes: Changes, render_rows: RenderRows, *, audiences: Collection[Audience], resync: bytes
) -> ChangeFrames:
    """Render the changed calls once per audience, on the streams' thread."""
    rows: Mapping[Audience, Rows] = {audience: {} for audience in audiences}
    if changes.call_ids and audiences:
        rows = await run_on_stream_thread(render_rows, changes.call_ids, audiences)
    return ChangeFrames(changes, rows, resync)


def encode_html(html: str) -> str:
    """Return HTML as the `data` lines of an event; they must not contain empty lines, which would end it."""
    return "\n".join(f"data: {line}" for line in html.splitlines() if line.strip())


def _encode(rows: Rows, last_id: str) -> bytes:
    """Encode rows as one event. The browser sends its id when it reconnects, and continues after it."""
    data = encode_html("\n".join(rows.values())) or "data:"
    return f"id: {last_id}\nevent: rows\n{data}\n\n".encode()
