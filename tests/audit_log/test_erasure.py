import json
from datetime import timedelta

import pytest
from django.utils import timezone

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.audit_log.erasure import consecutive
from transfers.audit_log.verification import verify
from transfers.models import AuditDetail, AuditEntry

NUMBER = "+493023125077"


@pytest.fixture
def chain(db: None) -> list[AuditEntry]:
    record, action = audit_log.record, AuditAction.CALL_TAKEN
    return [record(actor="worker", action=action, detail={"caller_number": NUMBER, "n": n}) for n in range(8)]


def kept_seqs() -> list[int]:
    return list(AuditDetail.objects.order_by("pk").values_list("pk", flat=True))


def test_details_up_to_a_moment_go_and_the_chain_says_so(chain: list[AuditEntry]) -> None:
    erased = audit_log.erase_details(actor="beat", rule="90 days", up_to=chain[4].recorded_at)

    assert erased == 5
    assert kept_seqs() == [6, 7, 8, 9]
    said = AuditEntry.objects.get(seq=9)
    assert (said.action, said.actor) == ("audit_detail_erased", "beat")
    assert json.loads(said.detail.payload) == {"ranges": [[1, 5]], "rule": "90 days"}
    report = verify()
    assert report.is_clean
    assert report.erased_details == 5


def test_named_details_go_and_only_they(chain: list[AuditEntry]) -> None:
    erased = audit_log.erase_details(actor="beat", rule="request", seqs=[7, 2, 3, 400])

    assert erased == 3
    assert kept_seqs() == [1, 4, 5, 6, 8, 9]
    assert json.loads(AuditEntry.objects.get(seq=9).detail.payload)["ranges"] == [[2, 3], [7, 7]]
    assert verify().is_clean


def test_more_seqs_than_one_query_takes_are_one_erasure(chain: list[AuditEntry]) -> None:
    erased = audit_log.erase_details(actor="beat", rule="request", seqs=range(1, 2001))

    assert erased == 8
    assert AuditEntry.objects.count() == 9
    assert verify().is_clean


def test_erasures_keep_their_own_details(chain: list[AuditEntry]) -> None:
    for days in range(3):
        audit_log.erase_details(actor="beat", rule=f"day {days}", seqs=[days + 1])

    audit_log.erase_details(actor="beat", rule="all", up_to=timezone.now() + timedelta(days=1))

    assert kept_seqs() == [9, 10, 11, 12]
    assert verify().is_clean


def test_erasing_nothing_records_nothing(chain: list[AuditEntry]) -> None:
    erased = audit_log.erase_details(actor="beat", rule="90 days", up_to=chain[0].recorded_at - timedelta(days=1))

    assert erased == 0
    assert AuditEntry.objects.count() == 8


def test_second_erasure_of_the_same_details_records_nothing(chain: list[AuditEntry]) -> None:
    audit_log.erase_details(actor="beat", rule="90 days", seqs=[1, 2])

    erased = audit_log.erase_details(actor="beat", rule="90 days", seqs=[1, 2])

    assert erased == 0
    assert AuditEntry.objects.count() == 9


@pytest.mark.parametrize(
    ("seqs", "ranges"),
    [([], []), ([4], [(4, 4)]), ([1, 2, 3, 7], [(1, 3), (7, 7)]), ([1, 3, 5, 6], [(1, 1), (3, 3), (5, 6)])],
)
def test_consecutive_numbers_become_ranges(seqs: list[int], ranges: list[tuple[int, int]]) -> None:
    assert list(consecutive(seqs)) == ranges
