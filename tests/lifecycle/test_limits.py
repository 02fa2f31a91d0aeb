"""The limits on transfers to phone numbers."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests.factories import make_call, make_transfer
from tests.lifecycle.agreeing import COLOGNE, CountingTenios, ask, request
from transfers.lifecycle import approvals
from transfers.lifecycle.refusals import TooManyTransfers
from transfers.models import AuditEntry, Transfer, TransferState, User

pytestmark = pytest.mark.django_db


def test_transfer_over_the_limit_is_refused_and_not_recorded(ada: User, settings: Settings) -> None:
    settings.TRANSFER_LIMIT_PER_AGENT = 2
    for _ in range(2):
        request(ada, make_call(agent=ada), COLOGNE)
    entries = AuditEntry.objects.count()

    with pytest.raises(TooManyTransfers):
        request(ada, make_call(agent=ada), COLOGNE)

    assert (Transfer.objects.count(), AuditEntry.objects.count()) == (2, entries)


def test_limit_of_all_counts_every_agent(ada: User, ben: User, settings: Settings) -> None:
    settings.TRANSFER_LIMIT_IN_ALL = 1
    request(ada, make_call(agent=ada), COLOGNE)

    with pytest.raises(TooManyTransfers) as refusal:
        request(ben, make_call(agent=ben), COLOGNE)

    assert refusal.value.whose == "all"


@pytest.mark.parametrize(
    "overrides",
    [
        {"destination_type": "sip_user", "destination": "weber.j"},
        {"state": TransferState.CANCELLED},
        {"state": TransferState.EXPIRED},
        {"minutes_ago": 6},
    ],
)
def test_transfers_without_cost_and_old_ones_do_not_count(
    ada: User, settings: Settings, overrides: dict[str, object]
) -> None:
    settings.TRANSFER_LIMIT_PER_AGENT = 1
    asked_at = timezone.now() - timedelta(minutes=int(str(overrides.pop("minutes_ago", 0))))
    values = {"destination_type": "external_number", "destination": COLOGNE, "requested_at": asked_at, **overrides}
    make_transfer(agent=ada, **values)

    assert request(ada, make_call(agent=ada), COLOGNE).state == TransferState.REQUESTED


def test_supervisor_may_agree_to_a_transfer_over_the_limit(ada: User, sue: User, settings: Settings) -> None:
    settings.TRANSFER_LIMIT_PER_AGENT = 1
    request(ada, make_call(agent=ada), COLOGNE)
    approval = ask(ada, make_call(agent=ada), address=COLOGNE)

    transfer = approvals.grant(user=sue, approval_id=approval.pk)

    assert approval.reason_code == "too_many"
    assert CountingTenios().send(transfer).state == TransferState.ACCEPTED


def test_worker_counts_again_before_it_sends(ada: User, settings: Settings) -> None:
    settings.TRANSFER_LIMIT_PER_AGENT = 3
    tenios = CountingTenios()
    waiting = [
        make_transfer(agent=ada, destination_type="external_number", destination=COLOGNE) for _number in range(6)
    ]

    states = [tenios.send(transfer).state for transfer in waiting]

    assert states.count(TransferState.ACCEPTED) == 3
    assert states.count(TransferState.CANCELLED) == 3
    assert len(tenios.destinations) == 3
