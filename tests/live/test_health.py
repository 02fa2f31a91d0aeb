import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping

import pytest

from tests.heard_stream import HeardStream
from transfers.live.health import CHECKS_PER_REPEAT, HealthWatch
from transfers.live.streams import OpenStreams
from transfers.live.viewers import Audience

CHECK_SECONDS = 0.01
ENGLISH, GERMAN = Audience("en", may_transfer_any=False), Audience("de", may_transfer_any=True)


class Health:
    """The health that the test sets, rendered as a bar. Records the languages of each check."""

    def __init__(self) -> None:
        self.state = "working"
        self.checks: list[set[str]] = []

    async def __call__(self, languages: Collection[str]) -> Mapping[str, str]:
        self.checks.append(set(languages))
        if self.state == "broken":
            raise RuntimeError("check failed")
        return {language: f"<section>\n\n  {language} {self.state}\n</section>" for language in languages}


def frame(language: str, state: str) -> bytes:
    return f"event: health\ndata: <section>\ndata:   {language} {state}\ndata: </section>\n\n".encode()


async def wait_for_checks(health: Health, number: int) -> None:
    """Wait until that many checks have ended."""
    goal = len(health.checks) + number + 1
    async with asyncio.timeout(10):
        while len(health.checks) < goal:
            await asyncio.sleep(CHECK_SECONDS)


class Watch:
    """A health watch and its streams."""

    def __init__(self, health: Health) -> None:
        self.streams = OpenStreams()
        self._watch = HealthWatch(self.streams, health, check_seconds=CHECK_SECONDS)

    def open(self, audience: Audience = ENGLISH) -> HeardStream:
        stream = HeardStream(1, audience)
        self.streams.add(stream.subscription)
        self._watch.offer_latest(stream.subscription)
        return stream


def run(story: Callable[[Watch, Health], Awaitable[None]]) -> Health:
    """Run a story with a watch of its own in a fresh event loop."""
    health = Health()

    async def run_story() -> None:
        await story(Watch(health), health)

    asyncio.run(run_story())
    return health


def test_one_check_serves_every_stream_in_its_language() -> None:
    async def story(watch: Watch, health: Health) -> None:
        english, other, german = watch.open(), watch.open(), watch.open(GERMAN)

        assert await english.next_frame() == await other.next_frame() == frame("en", "working")
        assert await german.next_frame() == frame("de", "working")

    health = run(story)

    assert health.checks[0] == {"en", "de"}


def test_a_bar_is_sent_only_when_it_changed() -> None:
    async def story(watch: Watch, health: Health) -> None:
        one = watch.open()
        await one.next_frame()
        await wait_for_checks(health, 3)
        assert one.frames.empty()

        health.state = "stopped"

        assert await one.next_frame() == frame("en", "stopped")

    run(story)


def test_a_new_stream_gets_the_latest_bar_at_once() -> None:
    async def story(watch: Watch, health: Health) -> None:
        first = watch.open()
        await first.next_frame()

        second = watch.open()

        assert await second.next_frame() == frame("en", "working")

    run(story)


def test_no_check_runs_while_no_stream_is_open() -> None:
    async def story(watch: Watch, health: Health) -> None:
        one = watch.open()
        await one.next_frame()
        watch.streams.remove(one.subscription)
        await asyncio.sleep(CHECK_SECONDS * 10)
        checks = len(health.checks)
        await asyncio.sleep(CHECK_SECONDS * 10)

        assert len(health.checks) == checks
        assert one.frames.empty()

    run(story)


def test_a_stream_that_opens_after_a_time_without_checks_gets_no_outdated_bar() -> None:
    async def story(watch: Watch, health: Health) -> None:
        first = watch.open()
        await first.next_frame()
        watch.streams.remove(first.subscription)
        await asyncio.sleep(CHECK_SECONDS * 10)
        health.state = "stopped"

        second = watch.open()

        assert await second.next_frame() == frame("en", "stopped")

    run(story)


def test_checks_continue_after_one_that_failed(caplog: pytest.LogCaptureFixture) -> None:
    async def story(watch: Watch, health: Health) -> None:
        health.state = "broken"
        one = watch.open()
        await wait_for_checks(health, 2)
        health.state = "working"

        assert await one.next_frame() == frame("en", "working")

    run(story)

    assert "health check failed" in caplog.text


def test_the_bar_is_repeated_after_some_checks() -> None:
    async def story(watch: Watch, health: Health) -> None:
        one = watch.open()
        await one.next_frame()
        checks = len(health.checks)

        assert await one.next_frame() == frame("en", "working")
        assert len(health.checks) - checks >= CHECKS_PER_REPEAT - 1

    run(story)


def test_a_new_stream_in_another_language_gets_its_bar_from_the_next_check() -> None:
    async def story(watch: Watch, health: Health) -> None:
        english = watch.open()
        await english.next_frame()

        german = watch.open(GERMAN)

        assert await german.next_frame() == frame("de", "working")
        assert english.frames.empty()

    run(story)
