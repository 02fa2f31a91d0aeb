import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping

import pytest

from tests.heard_stream import HeardStream
from transfers.live.health import REPEAT_AFTER_LOOKS, HealthWatch
from transfers.live.streams import Audience

LOOK_SECONDS = 0.01
ENGLISH, GERMAN = Audience("en", may_transfer_any=False), Audience("de", may_transfer_any=True)


class Looks:
    """Renders what the test says is seen, and counts how often it was asked and for what."""

    def __init__(self) -> None:
        self.seen = "working"
        self.asked: list[set[str]] = []

    async def __call__(self, languages: Collection[str]) -> Mapping[str, str]:
        self.asked.append(set(languages))
        if self.seen == "broken":
            raise RuntimeError("as told")
        return {language: f"<section>\n\n  {language} {self.seen}\n</section>" for language in languages}


def frame(language: str, seen: str) -> bytes:
    return f"event: health\ndata: <section>\ndata:   {language} {seen}\ndata: </section>\n\n".encode()


def stream(audience: Audience = ENGLISH) -> HeardStream:
    return HeardStream(1, audience)


async def looks_more(looks: Looks, number: int) -> None:
    """Wait until it was looked that many times more, and what was seen then is told."""
    goal = len(looks.asked) + number + 1
    async with asyncio.timeout(10):
        while len(looks.asked) < goal:
            await asyncio.sleep(LOOK_SECONDS)


def watch(story: Callable[[HealthWatch, Looks], Awaitable[None]]) -> Looks:
    """Run a story against a watch of its own in a fresh event loop."""
    looks = Looks()
    asyncio.run(_told(story, looks))
    return looks


async def _told(story: Callable[[HealthWatch, Looks], Awaitable[None]], looks: Looks) -> None:
    await story(HealthWatch(looks, look_seconds=LOOK_SECONDS), looks)


def test_every_stream_is_told_in_its_language_from_one_look() -> None:
    async def story(health_watch: HealthWatch, looks: Looks) -> None:
        english, other, german = stream(), stream(), stream(GERMAN)
        for each in (english, other, german):
            health_watch.add(each.subscription)

        assert await english.next_frame() == await other.next_frame() == frame("en", "working")
        assert await german.next_frame() == frame("de", "working")

    looks = watch(story)

    assert looks.asked[0] == {"en", "de"}


def test_only_what_changed_is_told() -> None:
    async def story(health_watch: HealthWatch, looks: Looks) -> None:
        one = stream()
        health_watch.add(one.subscription)
        await one.next_frame()
        await looks_more(looks, 3)
        assert one.frames.empty()

        looks.seen = "stopped"

        assert await one.next_frame() == frame("en", "stopped")

    watch(story)


def test_a_new_stream_is_told_at_once_what_was_seen_last() -> None:
    async def story(health_watch: HealthWatch, looks: Looks) -> None:
        first = stream()
        health_watch.add(first.subscription)
        await first.next_frame()

        second = stream()
        health_watch.add(second.subscription)

        assert await second.next_frame() == frame("en", "working")

    watch(story)


def test_nobody_looks_while_nobody_has_a_board_open() -> None:
    async def story(health_watch: HealthWatch, looks: Looks) -> None:
        one = stream()
        health_watch.add(one.subscription)
        await one.next_frame()
        health_watch.discard(one.subscription)
        await asyncio.sleep(LOOK_SECONDS * 10)
        asked = len(looks.asked)
        await asyncio.sleep(LOOK_SECONDS * 10)

        assert len(looks.asked) == asked
        assert one.frames.empty()

    watch(story)


def test_who_comes_after_a_time_without_looks_is_not_told_what_was_true_before() -> None:
    async def story(health_watch: HealthWatch, looks: Looks) -> None:
        first = stream()
        health_watch.add(first.subscription)
        await first.next_frame()
        health_watch.discard(first.subscription)
        await asyncio.sleep(LOOK_SECONDS * 10)
        looks.seen = "stopped"

        second = stream()
        health_watch.add(second.subscription)

        assert await second.next_frame() == frame("en", "stopped")

    watch(story)


def test_a_look_that_breaks_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def story(health_watch: HealthWatch, looks: Looks) -> None:
        looks.seen = "broken"
        one = stream()
        health_watch.add(one.subscription)
        await looks_more(looks, 2)
        looks.seen = "working"

        assert await one.next_frame() == frame("en", "working")

    watch(story)

    assert "it could not be seen how transfers fare" in caplog.text


def test_everybody_is_told_anew_after_a_while() -> None:
    async def story(health_watch: HealthWatch, looks: Looks) -> None:
        one = stream()
        health_watch.add(one.subscription)
        await one.next_frame()
        asked = len(looks.asked)

        assert await one.next_frame() == frame("en", "working")
        assert len(looks.asked) - asked >= REPEAT_AFTER_LOOKS - 1

    watch(story)
