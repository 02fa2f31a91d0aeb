from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_call, make_transfer
from transfers.lifecycle import execution, sweeper
from transfers.models import Transfer, TransferState, User

pytestmark = pytest.mark.django_db


def due(ada: User, *, seconds_ago: float, **overrides: object) -> Transfer:
    at = timezone.now() - timedelta(seconds=seconds_ago)
    return make_transfer(agent=ada, call=make_call(agent=ada), requested_at=at, due_at=at, **overrides)


def sweep(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sweep once; return the ids that were sent."""
    sent: list[int] = []
    monkeypatch.setattr(execution, "execute_transfer", lambda pk, **_: sent.append(pk))
    with ThreadPoolExecutor() as pool:
        sweeper.sweep_once(pool)
    return sent


def test_a_transfer_that_no_worker_claimed_within_a_second_is_sent(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = due(ada, seconds_ago=2)
    due(ada, seconds_ago=0.2)

    assert sweep(monkeypatch) == [waiting.pk]


def test_a_request_past_its_time_expires_and_is_not_sent(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    late = due(ada, seconds_ago=6)

    assert sweep(monkeypatch) == []

    late.refresh_from_db()
    assert late.state == TransferState.EXPIRED


def test_a_request_dated_in_the_future_expires(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = due(ada, seconds_ago=-60)

    sweep(monkeypatch)

    ahead.refresh_from_db()
    assert ahead.state == TransferState.EXPIRED


def test_a_claim_nobody_reported_back_on_becomes_unknown_and_is_never_sent_again(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = timezone.now() - timedelta(seconds=1)
    lost = due(ada, seconds_ago=9, state=TransferState.SENDING, attempt=1, lease_until_at=past)

    assert sweep(monkeypatch) == []

    lost.refresh_from_db()
    assert (lost.state, lost.problem) == (TransferState.UNKNOWN, "no_report")


def test_a_claim_whose_lease_is_not_over_is_left_alone(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = timezone.now() + timedelta(seconds=5)
    claimed = due(ada, seconds_ago=3, state=TransferState.SENDING, attempt=1, lease_until_at=ahead)

    sweep(monkeypatch)

    claimed.refresh_from_db()
    assert claimed.state == TransferState.SENDING
