import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_user
from transfers import audit_log
from transfers.audit_log import AuditAction, NotInTransactionError
from transfers.audit_log.chain import HASHED_FIELDS, hash_entry
from transfers.audit_log.verification import verify
from transfers.models import AuditDetail, AuditEntry


def record_taken_call(**overrides: Any) -> AuditEntry:
    return audit_log.record(**{"actor": "worker", "action": AuditAction.CALL_TAKEN, **overrides})


def test_first_entry_follows_zeros_and_each_next_one_its_predecessor(db: None) -> None:
    first, second, third = (record_taken_call() for _ in range(3))

    assert [first.seq, second.seq, third.seq] == [1, 2, 3]
    assert first.prev_hash == "0" * 64
    assert [second.prev_hash, third.prev_hash] == [first.hash, second.hash]


def test_hash_is_sha256_over_every_other_field_as_canonical_json(db: None) -> None:
    entry = record_taken_call(transfer_id=7, call_id=3, outcome="answered", detail={"note": "äöü"})

    stored = AuditEntry.objects.get(pk=entry.pk)
    fields = {
        "action": "call_taken",
        "actor": "worker",
        "call_id": 3,
        "detail_commit": stored.detail_commit,
        "outcome": "answered",
        "prev_hash": "0" * 64,
        "recorded_at": stored.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00"),
        "seq": 1,
        "transfer_id": 7,
    }
    text = "transferdesk audit entry 1\n" + json.dumps(fields, separators=(",", ":"))
    assert stored.hash == hashlib.sha256(text.encode()).hexdigest()


def test_every_column_of_an_entry_is_hashed() -> None:
    columns = {field.attname for field in AuditEntry._meta.concrete_fields}

    assert columns == {*HASHED_FIELDS, "hash"}


def test_entry_commits_to_salt_and_text_of_its_detail(db: None) -> None:
    entry = record_taken_call(detail={"note": "Größe", "destination": "+4930"})

    detail = AuditDetail.objects.get(entry=entry)
    assert detail.payload == '{"destination":"+4930","note":"Größe"}'
    assert entry.detail_commit == hashlib.sha256(bytes.fromhex(detail.salt) + detail.payload.encode()).hexdigest()


def test_equal_details_have_unlike_commitments(db: None) -> None:
    first, second = (record_taken_call(detail={"caller_number": "+493023125001"}) for _ in range(2))

    assert first.detail_commit != second.detail_commit
    assert len(bytes.fromhex(AuditDetail.objects.get(entry=first).salt)) == 32


def test_entry_without_detail_has_an_empty_one(db: None) -> None:
    entry = record_taken_call()

    assert AuditDetail.objects.get(entry=entry).payload == "{}"


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, 0, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 30, 0, 999999, tzinfo=timezone(timedelta(hours=1))),
        datetime(2026, 10, 25, 2, 30, 0, 120000, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_hash_is_the_same_after_a_round_trip_of_the_time(
    db: None, monkeypatch: pytest.MonkeyPatch, moment: datetime
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    entry = record_taken_call()

    stored = AuditEntry.objects.values(*HASHED_FIELDS).get(pk=entry.pk)
    assert stored["recorded_at"] == moment
    assert hash_entry(stored) == entry.hash


def test_recording_takes_few_queries(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    record_taken_call()

    # The chain's head, the entry, its detail; PostgreSQL takes the last two in one.
    with django_assert_num_queries(3 if connection.vendor == "sqlite" else 2):
        record_taken_call(detail={"note": "again"})

    assert AuditEntry.objects.count() == 2


def test_nothing_is_recorded_outside_of_a_transaction(committed_db: None) -> None:
    with pytest.raises(NotInTransactionError):
        record_taken_call()

    assert not AuditEntry.objects.exists()


def test_change_that_is_rolled_back_leaves_no_entry_and_no_gap(committed_db: None) -> None:
    with transaction.atomic():
        record_taken_call()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record_taken_call()
        _ = 1 / 0

    with transaction.atomic():
        record_taken_call()

    assert list(AuditEntry.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2]
    assert verify().is_clean


def test_writers_at_the_same_time_make_one_chain_without_gaps(committed_db: None) -> None:
    def change_and_record(number: int) -> None:
        try:
            for turn in range(10):
                with transaction.atomic():
                    make_user(username=f"{number}-{turn}")
                    record_taken_call(actor=f"writer-{number}", detail={"note": f"{number}-{turn}"})
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=6) as pool:
        list(pool.map(change_and_record, range(6)))

    assert list(AuditEntry.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 61))
    assert verify().is_clean
