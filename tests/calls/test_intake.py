"""Call events that arrive while the database is locked, unreachable, or slower than they come."""

import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from tests.foreign_lock import foreign_lock, remove_idle_timeout
from tests.posts import make_post
from transfers.calls import events
from transfers.calls.intake import AT_ONCE, Intake, NotStored
from transfers.models import Call, CallEvent
from transfers.tenios import CallEvent as PostedEvent
from transfers.tenios import parse_call_event

pytestmark = pytest.mark.usefixtures("committed_db")

EVENTS_LOCKED = "LOCK TABLE transfers_callevent IN EXCLUSIVE MODE"
GENEROUS = 20.0


def new_event() -> PostedEvent:
    body = json.dumps(make_post("CALL_START", call_uuid=str(uuid.uuid4()))).encode()
    return parse_call_event(body, forward_answer_types=settings.TENIOS_FORWARD_ANSWER_TYPES)


def store_in_threads(intake: Intake, posted: list[PostedEvent]) -> list[object]:
    """Store each event in a thread of its own, as the web process does. Return rows and `NotStored` errors."""

    def store_one(event: PostedEvent) -> object:
        try:
            return intake.store(event)
        except NotStored as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(posted)) as pool:
        return list(pool.map(store_one, posted))


def test_event_waits_for_a_lock_and_is_stored_once() -> None:
    with foreign_lock(EVENTS_LOCKED) as other, ThreadPoolExecutor() as pool:
        storing = pool.submit(store_in_threads, Intake(give_up_seconds=GENEROUS), [new_event()])
        time.sleep(0.5)
        waits = not storing.done()
        other.close()
        stored = storing.result()

    assert waits
    assert isinstance(stored[0], CallEvent)
    assert (CallEvent.objects.count(), Call.objects.count()) == (1, 1)


def test_event_given_up_during_a_lock_leaves_no_row() -> None:
    with foreign_lock(EVENTS_LOCKED) as other:
        remove_idle_timeout(other)

        stored = store_in_threads(Intake(give_up_seconds=0.5), [new_event()])

        assert isinstance(stored[0], NotStored)
    assert CallEvent.objects.count() == 0


def test_event_is_stored_after_the_database_failed_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    apply_call_event, failures = events.apply_call_event, iter([True] * 3)

    def fail_three_times(posted: PostedEvent, *, received_at: datetime) -> CallEvent:
        if next(failures, False):
            raise OperationalError("failure of the test")
        return apply_call_event(posted, received_at=received_at)

    monkeypatch.setattr(events, "apply_call_event", fail_three_times)

    assert isinstance(store_in_threads(Intake(give_up_seconds=GENEROUS), [new_event()])[0], CallEvent)


def test_burst_is_stored_though_its_last_event_waits_longer_than_the_time_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apply_call_event = events.apply_call_event

    def take_long(posted: PostedEvent, *, received_at: datetime) -> CallEvent:
        time.sleep(0.3)
        return apply_call_event(posted, received_at=received_at)

    monkeypatch.setattr(events, "apply_call_event", take_long)
    posts = [new_event() for _ in range(AT_ONCE * 12)]

    stored = store_in_threads(Intake(give_up_seconds=3), posts)

    assert [each for each in stored if not isinstance(each, CallEvent)] == []
    assert CallEvent.objects.count() == len(posts)


def test_event_is_refused_when_too_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    has_arrived, is_free = threading.Event(), threading.Event()

    def hang(posted: PostedEvent, *, received_at: datetime) -> CallEvent:
        has_arrived.set()
        assert is_free.wait(GENEROUS)
        return CallEvent()

    monkeypatch.setattr(events, "apply_call_event", hang)
    intake = Intake(most_waiting=1)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(store_in_threads, intake, [new_event()])
        assert has_arrived.wait(GENEROUS)

        with pytest.raises(NotStored, match="too many"):
            intake.store(new_event())

        is_free.set()
        assert isinstance(first.result()[0], CallEvent)
    assert intake.store(new_event()) is not None
