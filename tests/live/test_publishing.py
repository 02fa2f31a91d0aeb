"""Publishing to a Redis that hangs, dies and comes back: no request waits, and no board misses a change for good."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from pathlib import Path

import pytest
import redis
from django.db import transaction
from django.test import Client

from scripts.embedded_redis import EmbeddedRedis
from scripts.net import wait_until
from tests.factories import make_call
from tests.heard_stream import HeardStream
from tests.posts import make_post
from transfers.base import redis_queue
from transfers.base.redis_queue import RedisQueue
from transfers.live import publishing
from transfers.live.frames import CUT_OFF, Rows
from transfers.live.hub import LiveHub
from transfers.live.streams import OpenStreams
from transfers.live.viewers import Audience
from transfers.models import Transfer, User

AUDIENCE = Audience("en", may_transfer_any=False)
RESYNC = b"event: resync"
GENEROUS = 20.0


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> RedisQueue:
    """A queue for this test alone, so that no failure in another test pauses it."""
    queue = RedisQueue()
    monkeypatch.setattr(redis_queue, "queue", queue)
    return queue


@pytest.fixture
def server(queue: RedisQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedRedis]:
    """A Redis of its own that `publishing` sends to."""
    server = EmbeddedRedis(run_dir=tmp_path)
    server.start()
    client = redis.Redis.from_url(server.url, socket_timeout=0.3, socket_connect_timeout=0.3, decode_responses=True)
    monkeypatch.setattr(publishing, "_client", client)
    yield server
    if server.child.is_running:
        os.kill(server.child.pid, signal.SIGCONT)
    queue.drain(seconds=GENEROUS)
    client.close()
    server.stop()


def freeze(server: EmbeddedRedis) -> None:
    os.kill(server.child.pid, signal.SIGSTOP)


def thaw(server: EmbeddedRedis) -> None:
    os.kill(server.child.pid, signal.SIGCONT)


def kill(server: EmbeddedRedis) -> None:
    server.child.signal_group(signal.SIGKILL)
    assert wait_until(lambda: not server.child.is_running, seconds=GENEROUS)


def change_call(pk: int) -> None:
    """Publish as a commit does."""
    publishing._publish({"call": pk, "users": "1"})


def render_rows(call_ids: Collection[int], _audiences: Collection[Audience]) -> Mapping[Audience, Rows]:
    return {AUDIENCE: {pk: f"<tr>{pk}</tr>" for pk in call_ids}}


def watch(server: EmbeddedRedis, story: Callable[[HeardStream], Awaitable[None]], *, last_id: str = "") -> None:
    """Run a story with an open stream of a hub that reads from this server, after the newest message or `last_id`."""
    continue_after = last_id or publishing.last_message_id()

    async def run() -> None:
        streams = OpenStreams()
        hub = LiveHub(streams, redis_url=server.url, render_rows=render_rows)
        try:
            stream = HeardStream(1, AUDIENCE, is_new=True)
            streams.add(stream.subscription)
            hub.catch_up(stream.subscription, last_id=continue_after)
            await asyncio.wait_for(stream.has_begun.wait(), timeout=GENEROUS)
            await asyncio.wait_for(story(stream), timeout=GENEROUS)
        finally:
            await streams.background.cancel_all()
            await hub.close()

    asyncio.run(run())


def test_a_change_reaches_the_boards(server: EmbeddedRedis) -> None:
    async def story(stream: HeardStream) -> None:
        change_call(7)

        # A message that an earlier test could not publish may come first.
        await stream.read_until(b"event: rows\ndata: <tr>7</tr>")

    watch(server, story)


def test_boards_get_resync_after_redis_was_frozen_and_a_message_was_lost(server: EmbeddedRedis) -> None:
    async def story(stream: HeardStream) -> None:
        freeze(server)
        change_call(7)
        change_call(8)
        await asyncio.sleep(0.7)
        thaw(server)

        frames = await stream.read_until(RESYNC)

        assert CUT_OFF not in frames  # the reader's own timeout is longer: only the message `resync` reports the loss
        assert not any(b"<tr>8</tr>" in frame for frame in frames)

    watch(server, story)


def test_boards_get_resync_after_redis_was_restarted(server: EmbeddedRedis) -> None:
    async def story(stream: HeardStream) -> None:
        kill(server)
        change_call(7)
        await stream.read_until(CUT_OFF)
        server.start()

        await stream.read_until(RESYNC)

    watch(server, story)


def test_a_board_that_reconnects_gets_the_resync_it_missed(server: EmbeddedRedis, queue: RedisQueue) -> None:
    change_call(7)
    last_id = publishing.last_message_id()
    publishing.request_resync()
    assert queue.drain(seconds=GENEROUS)

    async def story(stream: HeardStream) -> None:
        await stream.read_until(RESYNC)

    watch(server, story, last_id=last_id)


@pytest.mark.parametrize("trouble", [freeze, kill])
def test_form_page_and_intake_answer_while_redis_does_not(
    server: EmbeddedRedis,
    trouble: Callable[[EmbeddedRedis], None],
    queue: RedisQueue,
    committed_db: None,
    ada: User,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    attempts: list[Mapping[str, str | int]] = []
    add = publishing._add

    def count(message: Mapping[str, str | int]) -> None:
        attempts.append(message)
        add(message)

    monkeypatch.setattr(publishing, "_add", count)
    call = make_call(agent=ada)
    client.force_login(ada)
    trouble(server)
    fields = {"destination_type": "EXTERNALNUMBER", "destination": "+4922147105630", "request_key": f"{'1' * 32}"}

    form = client.post(f"/calls/{call.call_uuid}/transfer/", fields)
    page = client.get("/")
    post = client.post("/tenios/events/", make_post("CALL_START"), content_type="application/json")

    assert queue.drain(seconds=GENEROUS)
    assert (form.status_code, page.status_code, post.status_code) == (303, 200, 200)
    assert Transfer.objects.count() == 1
    assert b'data-live-last=""' in page.content
    assert caplog.text.count("not published") == 2
    assert caplog.text.count("enqueue failed for transfer") == 1
    assert len([message for message in attempts if message["call"]]) <= 2  # the first, and one after a pause at most


def test_nothing_is_published_before_the_commit_or_after_a_rollback(
    queue: RedisQueue, committed_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[Mapping[str, str | int]] = []
    monkeypatch.setattr(publishing, "_add", lambda message: published.append(message) if message["call"] else None)

    with transaction.atomic():
        publishing.publish_on_commit(call_id=7, user_ids={3, None, 1})
        assert queue.drain(seconds=GENEROUS)
        before_commit = list(published)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publishing.publish_on_commit(call_id=8)
        raise ZeroDivisionError

    assert queue.drain(seconds=GENEROUS)
    assert (before_commit, published) == ([], [{"call": 7, "users": "1,3"}])
