"""Which call records are read, and when."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests.factories import make_call
from tests.lifecycle.outcomes.sent import leg, make_sent, minutes_ago, moment, state_of
from transfers.lifecycle import outcomes
from transfers.models import AuditEntry, Transfer, TransferState
from transfers.tenios import CallRecord, CallRecords, TeniosClient, TeniosUnavailable

pytestmark = pytest.mark.django_db


class Records(TeniosClient):
    """A client with given call records; keeps the periods it was asked for."""

    def __init__(self, records: list[CallRecord], *, fails_before: datetime | None = None) -> None:
        super().__init__(access_key="k" * 36, base_url="https://tenios.test")
        self.records, self.fails_before = records, fails_before
        self.periods: list[tuple[datetime, datetime]] = []

    def call_records(self, *, start_at: datetime, end_at: datetime) -> CallRecords:
        self.periods.append((start_at, end_at))
        if self.fails_before and start_at < self.fails_before:
            raise TeniosUnavailable("as told")
        return CallRecords(self.records, is_whole=True)


def test_each_period_is_read_by_itself_and_a_failed_read_delays_only_its_own_transfers() -> None:
    young = make_sent()
    make_sent(sent_at=minutes_ago(20 * 60), call=make_call(started_at=minutes_ago(20 * 60)))
    client = Records([leg(young)], fails_before=minutes_ago(60))

    outcomes.settle_from_call_records(client=client)

    assert state_of(young) == TransferState.ANSWERED
    assert max(end - start for start, end in client.periods) <= timedelta(minutes=4)
    assert not Transfer.objects.filter(next_check_at=None).exists()


def test_one_request_for_the_records_settles_all_transfers_that_are_due() -> None:
    transfers = [make_sent(), make_sent(call=make_call())]
    client = Records([leg(transfer, leg_uuid=f"leg-{transfer.pk}") for transfer in transfers])

    outcomes.settle_from_call_records(client=client)

    assert [state_of(transfer) for transfer in transfers] == [TransferState.ANSWERED] * 2
    assert len(client.periods) == 1
    assert client.periods[0][0] < moment(transfers[0], 0) < client.periods[0][1]


def test_no_records_are_read_when_no_transfer_is_open() -> None:
    make_sent(TransferState.ANSWERED)
    client = Records([])

    outcomes.settle_from_call_records(client=client)

    assert client.periods == []


def test_the_pause_between_two_checks_grows_with_the_age_of_the_transfer() -> None:
    young, old = make_sent(), make_sent(sent_at=minutes_ago(4 * 60))

    outcomes.settle_from_call_records(client=Records([]))

    young.refresh_from_db()
    old.refresh_from_db()
    assert young.next_check_at and old.next_check_at
    assert young.next_check_at - timezone.now() < timedelta(seconds=30)
    assert old.next_check_at - timezone.now() > timedelta(minutes=55)
    assert not AuditEntry.objects.exists()
