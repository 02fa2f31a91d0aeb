"""What live messages say together, and the frames by which the streams tell it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from transfers.live.streams import OWN_CALL, SYSTEM, Audience, Subscription
from transfers.live.thread import run_on_stream_thread

Message = tuple[str, dict[str, str]]
"""Its id, which grows with each message, and its fields."""
Rows = Mapping[int, str]
RenderRows = Callable[[Collection[int], Collection[Audience]], Mapping[Audience, Rows]]


@dataclass(frozen=True)
class News:
    """A call that is named by two messages has changed once."""

    last_id: str
    call_ids: frozenset[int]
    user_ids: frozenset[int]
    """The people whose own call has changed."""
    is_about_system: bool
    has_gone_untold: bool


def read_news(messages: Sequence[Message]) -> News:
    """Read messages, at least one."""
    fields = [each for _id, each in messages]
    parts = {each.get("part") for each in fields}
    return News(
        last_id=messages[-1][0],
        call_ids=frozenset(int(each["call"]) for each in fields if each["call"]),
        user_ids=frozenset(int(user) for each in fields for user in each["users"].split(",") if user),
        is_about_system="system" in parts,
        has_gone_untold="resync" in parts,
    )


class NewsFrames:
    """Frames for any number of streams; the rows are rendered once per audience, and each time the same bytes."""

    def __init__(self, news: News, rows: Mapping[Audience, Rows], resync: bytes) -> None:
        self._news = news
        self._rows = {audience: _encode(rows[audience], news.last_id) for audience in rows}
        self._resync = resync

    def of(self, subscription: Subscription) -> list[bytes]:
        """Return what this stream is told."""
        frames = [SYSTEM] if self._news.is_about_system else []
        if subscription.user_id in self._news.user_ids:
            frames.append(OWN_CALL)
        frames.append(self._rows[subscription.audience])
        if self._news.has_gone_untold:
            frames.append(self._resync)
        return frames


async def render_news(
    news: News, render_rows: RenderRows, *, audiences: Collection[Audience], resync: bytes
) -> NewsFrames:
    """Render the changed calls for these audiences, on the streams' thread."""
    rows: Mapping[Audience, Rows] = {audience: {} for audience in audiences}
    if news.call_ids and audiences:
        rows = await run_on_stream_thread(render_rows, news.call_ids, audiences)
    return NewsFrames(news, rows, resync)


def _encode(rows: Rows, last_id: str) -> bytes:
    """Encode rows as one event whose id lets a reconnect continue after it (WHATWG HTML, server-sent events)."""
    lines = "\n".join(f"data: {line}" for html in rows.values() for line in html.splitlines() if line.strip())
    return f"id: {last_id}\nevent: rows\n{lines or 'data:'}\n\n".encode()
