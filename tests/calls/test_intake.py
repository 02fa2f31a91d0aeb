"""Posts that meet a database which is locked, away, or just slower than they come."""

import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from tests.foreign_lock import bear_any_silence, foreign_lock
from tests.posts import make_post
from transfers.calls import events
from transfers.calls.intake import AT_ONCE, Intake, NotStored
from transfers.models import Call, CallEvent
from transfers.tenios import CallEvent as PostedEvent
from transfers.tenios import parse_call_event

pytestmark = pytest.mark.usefixtures("committed_db")

EVENTS_LOCKED = "LOCK TABLE transfers_callevent IN EXCLUSIVE MODE"
GENEROUS = 20.0


def new_post() -> PostedEvent:
    body = json.dumps(make_post("CALL_START", call_uuid=str(uuid.uuid4()))).encode()
    return parse_call_event(body, forward_answer_types=settings.TENIOS_FORWARD_ANSWER_TYPES)


def store_apart(intake: Intake, posts: list[PostedEvent]) -> list[object]:
    """Store each post in a thread of its own, as the web process does; return rows and refusals."""

    def store(posted: PostedEvent) -> object:
        try:
            return intake.store(posted)
        except NotStored as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(posts)) as pool:
        return list(pool.map(store, posts))


def test_a_post_waits_for_a_lock_and_is_stored_once() -> None:
    with foreign_lock(EVENTS_LOCKED) as other, ThreadPoolExecutor() as pool:
        storing = pool.submit(store_apart, Intake(give_up_seconds=GENEROUS), [new_post()])
        time.sleep(0.5)
        waits = not storing.done()
        other.close()
        stored = storing.result()

    assert waits
    assert isinstance(stored[0], CallEvent)
    assert (CallEvent.objects.count(), Call.objects.count()) == (1, 1)


def test_a_post_is_given_up_while_the_lock_is_held_and_leaves_nothing() -> None:
    with foreign_lock(EVENTS_LOCKED) as other:
        bear_any_silence(other)

        stored = store_apart(Intake(give_up_seconds=0.5), [new_post()])

        assert isinstance(stored[0], NotStored)
    assert CallEvent.objects.count() == 0


def test_a_database_that_is_away_for_a_moment_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    apply_call_event, left = events.apply_call_event, iter([True] * 3)

    def fail_at_first(posted: PostedEvent, *, received_at: datetime) -> CallEvent:
        if next(left, False):
            raise OperationalError("as told")
        return apply_call_event(posted, received_at=received_at)

    monkeypatch.setattr(events, "apply_call_event", fail_at_first)

    assert isinstance(store_apart(Intake(give_up_seconds=GENEROUS), [new_post()])[0], CallEvent)


def test_a_burst_is_stored_whole_though_the_last_one_waits_longer_than_any_may_for_a_dead_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apply_call_event = events.apply_call_event

    def take_long(posted: PostedEvent, *, received_at: datetime) -> CallEvent:
        time.sleep(0.3)
        return apply_call_event(posted, received_at=received_at)

    monkeypatch.setattr(events, "apply_call_event", take_long)
    posts = [new_post() for _ in range(AT_ONCE * 12)]

    stored = store_apart(Intake(give_up_seconds=3), posts)

    assert [each for each in stored if not isinstance(each, CallEvent)] == []
    assert CallEvent.objects.count() == len(posts)


def test_no_more_than_a_line_of_posts_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    came, is_free = threading.Event(), threading.Event()

    def hang(posted: PostedEvent, *, received_at: datetime) -> CallEvent:
        came.set()
        assert is_free.wait(GENEROUS)
        return CallEvent()

    monkeypatch.setattr(events, "apply_call_event", hang)
    intake = Intake(longest_line=1)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(store_apart, intake, [new_post()])
        assert came.wait(GENEROUS)

        with pytest.raises(NotStored, match="too many"):
            intake.store(new_post())

        is_free.set()
        assert isinstance(first.result()[0], CallEvent)
    assert intake.store(new_post()) is not None
