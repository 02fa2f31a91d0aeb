import threading
from collections.abc import Sequence

import pytest
from django.db import connection, transaction

from tests.factories import make_transfer
from transfers import audit_log, tasks
from transfers.audit_log import AuditAction
from transfers.models import AuditEntry, MetricTotal, TransferState
from transfers.operations import metrics
from transfers.operations.metrics import counting
from transfers.operations.metrics.counting import uncounted_entries
from transfers.operations.metrics.tally import Key, Sum, tally_entries


def record_requests(number: int) -> None:
    transfer = make_transfer()
    for _ in range(number):
        with transaction.atomic():
            audit_log.record(
                actor="x",
                action=AuditAction.TRANSFER_REQUESTED,
                transfer_id=transfer.pk,
                outcome=TransferState.REQUESTED,
            )


def requested() -> int:
    return sum(MetricTotal.objects.filter(name="transfers_requested").values_list("count", flat=True))


@pytest.mark.django_db
def test_each_entry_counts_once_in_repeated_runs() -> None:
    record_requests(3)

    first = metrics.count_new_entries()
    again = metrics.count_new_entries()
    record_requests(2)
    tasks.count_metrics()

    assert (first, again) == (3, 0)
    assert requested() == 5


@pytest.mark.django_db
def test_empty_log_counts_nothing() -> None:
    assert metrics.count_new_entries() == 0
    assert uncounted_entries() == 0


@pytest.mark.django_db
def test_run_counts_several_batches_up_to_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "BATCH", 2)
    monkeypatch.setattr(counting, "MOST_BATCHES", 3)
    record_requests(7)

    first = metrics.count_new_entries()
    uncounted = uncounted_entries()
    second = metrics.count_new_entries()

    assert (first, uncounted, second) == (6, 1, 1)
    assert uncounted_entries() == 0
    assert requested() == 7


@pytest.mark.django_db
def test_failed_run_changes_no_total(monkeypatch: pytest.MonkeyPatch) -> None:
    record_requests(2)
    create = MetricTotal.objects.create
    calls: list[str] = []

    def fail_at_the_second_row(**values: object) -> MetricTotal:
        calls.append(str(values["name"]))
        if len(calls) == 2:
            raise RuntimeError("failure of the test")
        return create(**values)

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(MetricTotal.objects, "create", fail_at_the_second_row)
        metrics.count_new_entries()
    uncounted = uncounted_entries()
    metrics.count_new_entries()

    assert uncounted == 2
    assert requested() == 2


@pytest.mark.django_db
def test_only_one_of_two_runs_counts_the_same_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    record_requests(3)

    def count_in_between(entries: Sequence[AuditEntry]) -> dict[Key, Sum]:
        monkeypatch.setattr(counting, "tally_entries", tally_entries)
        assert counting.count_new_entries() == 3
        return tally_entries(entries)

    monkeypatch.setattr(counting, "tally_entries", count_in_between)

    assert counting.count_new_entries() == 0
    assert requested() == 3


@pytest.mark.django_db(transaction=True)
def test_concurrent_runs_count_each_entry_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "BATCH", 5)
    record_requests(40)
    barrier = threading.Barrier(4)
    counted: list[int] = []

    def count() -> None:
        try:
            barrier.wait(10)
            counted.append(sum(metrics.count_new_entries() for _ in range(10)))
        finally:
            connection.close()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(counted) == 40
    assert requested() == 40
    assert uncounted_entries() == 0
