from pytest_django import DjangoAssertNumQueries

from transfers import audit_log
from transfers.audit_log import AuditAction


def test_trail_holds_the_entries_of_one_transfer_oldest_first_in_one_query(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for action in (AuditAction.TRANSFER_REQUESTED, AuditAction.TRANSFER_SENDING, AuditAction.TRANSFER_ACCEPTED):
        audit_log.record(actor="worker", action=action, transfer_id=1, detail={"note": action})
        audit_log.record(actor="worker", action=action, transfer_id=2)

    with django_assert_num_queries(1):
        trail = audit_log.trail_of_transfer(1)

    assert [each.entry.action for each in trail] == ["transfer_requested", "transfer_sending", "transfer_accepted"]
    assert [each.detail for each in trail] == [
        {"note": "transfer_requested"},
        {"note": "transfer_sending"},
        {"note": "transfer_accepted"},
    ]


def test_erased_detail_is_none_and_an_empty_one_is_empty(db: None) -> None:
    erased = audit_log.record(actor="worker", action=AuditAction.TRANSFER_REQUESTED, transfer_id=1)
    audit_log.record(actor="worker", action=AuditAction.TRANSFER_CANCELLED, transfer_id=1)

    audit_log.erase_details(actor="beat", rule="90 days", seqs=[erased.seq])

    assert [each.detail for each in audit_log.trail_of_transfer(1)] == [None, {}]


def test_unknown_transfer_has_an_empty_trail(db: None) -> None:
    assert audit_log.trail_of_transfer(404) == []
