import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction

from transfers import audit_log
from transfers.audit_log import AuditAction, guard
from transfers.audit_log.verification import verify
from transfers.models import AuditDetail, AuditEntry, User

ENTRY_COPY = (
    "seq, recorded_at, 'forger', action, transfer_id, call_id, outcome, detail_commit, prev_hash, hash"
    " FROM transfers_auditentry"
)
ENTRY_COLUMNS = "seq, recorded_at, actor, action, transfer_id, call_id, outcome, detail_commit, prev_hash, hash"
EVERYWHERE = [
    "UPDATE transfers_auditentry SET actor = 'forger' WHERE seq = 1",
    "UPDATE transfers_auditentry SET seq = seq + 1000",
    "DELETE FROM transfers_auditentry WHERE seq = 2",
    "DELETE FROM transfers_auditentry",
    "UPDATE transfers_auditdetail SET payload = '{}'",
    "UPDATE transfers_auditdetail SET entry_id = 7 WHERE entry_id = 1",
    f"INSERT INTO transfers_auditentry ({ENTRY_COLUMNS}) SELECT {ENTRY_COPY} WHERE seq = 1"
    " ON CONFLICT (seq) DO UPDATE SET actor = 'forger'",
]
ON_ONE_DATABASE = {
    "sqlite": [
        f"INSERT OR REPLACE INTO transfers_auditentry ({ENTRY_COLUMNS}) SELECT {ENTRY_COPY} WHERE seq = 1",
        f"REPLACE INTO transfers_auditentry (rowid, {ENTRY_COLUMNS}) SELECT rowid, {ENTRY_COPY.replace('seq', '9', 1)}"
        " WHERE seq = 1",
        "UPDATE OR REPLACE transfers_auditentry SET seq = 2 WHERE seq = 1",
        "INSERT OR REPLACE INTO transfers_auditdetail VALUES (1, 'salt', '{}')",
        "INSERT OR IGNORE INTO transfers_auditdetail VALUES (1, 'salt', '{}')",
        "REPLACE INTO transfers_auditdetail (rowid, entry_id, salt, payload)"
        " SELECT rowid, 9, salt, payload FROM transfers_auditdetail WHERE entry_id = 1",
    ],
    "postgresql": [
        "TRUNCATE transfers_auditentry, transfers_auditdetail",
        "TRUNCATE transfers_auditentry CASCADE",
        "TRUNCATE transfers_auditdetail",
    ],
}


@pytest.fixture
def chain(db: None) -> list[AuditEntry]:
    entries = [audit_log.record(actor="worker", action=AuditAction.CALL_TAKEN, detail={"n": n}) for n in range(3)]
    connection.check_constraints()
    return entries


def stored_rows() -> object:
    return list(AuditEntry.objects.order_by("seq").values()), list(AuditDetail.objects.order_by("pk").values())


@pytest.mark.parametrize("statement", [*EVERYWHERE, *ON_ONE_DATABASE[connection.vendor]])
def test_recorded_rows_cannot_be_changed_by_sql(chain: list[AuditEntry], statement: str) -> None:
    before = stored_rows()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert stored_rows() == before


def test_recorded_rows_cannot_be_changed_by_the_orm(chain: list[AuditEntry]) -> None:
    before = stored_rows()
    chain[0].actor = "forger"
    detail = AuditDetail.objects.get(entry=chain[0])

    for change in (
        chain[0].save,
        chain[1].delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(actor="forger"),
        lambda: AuditEntry.objects.bulk_update([chain[0]], ["actor"]),
        detail.save,
        lambda: AuditDetail.objects.update(payload="{}"),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()

    assert stored_rows() == before


def test_single_details_can_be_deleted(chain: list[AuditEntry]) -> None:
    AuditDetail.objects.get(entry=chain[1]).delete()

    assert list(AuditDetail.objects.order_by("pk").values_list("pk", flat=True)) == [1, 3]


def test_guard_can_be_installed_and_removed_repeatedly(db: None) -> None:
    guard.install(connection)
    guard.install(connection)
    assert guard.missing_triggers(connection) == []

    guard.remove(connection)
    guard.remove(connection)
    assert len(guard.missing_triggers(connection)) == (2 if connection.vendor == "postgresql" else 5)


LOOSENED = {
    "postgresql": [
        ["ALTER TABLE transfers_auditentry DISABLE TRIGGER audit_entry_guard"],
        ["ALTER TABLE transfers_auditentry ENABLE REPLICA TRIGGER audit_entry_guard"],
        ["DROP TRIGGER audit_entry_guard ON transfers_auditentry"],
        [
            "CREATE OR REPLACE TRIGGER audit_entry_guard BEFORE DELETE ON transfers_auditentry"
            " FOR EACH STATEMENT EXECUTE FUNCTION transfers_refuse_audit_change()"
        ],
        [
            "CREATE OR REPLACE FUNCTION transfers_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN NULL; END $$"
        ],
    ],
    "sqlite": [
        ["DROP TRIGGER audit_entry_no_update"],
        [
            "DROP TRIGGER audit_entry_no_delete",
            "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON transfers_auditentry WHEN 0 BEGIN SELECT 1; END",
        ],
    ],
}


@pytest.mark.parametrize("statements", LOOSENED[connection.vendor])
def test_verification_reports_a_disabled_trigger(db: None, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

    report = verify()

    assert [finding.seq for finding in report.findings] == [None]
    assert "audit_entry_" in report.findings[0].problem


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_with_a_committed_database_finds_guard_and_roles(ada: User, committed_db: None, turn: str) -> None:
    assert_database_is_fresh_and_commit_something()


@pytest.mark.parametrize("turn", ["first", "second"])
@pytest.mark.django_db(transaction=True)
def test_each_test_marked_as_transactional_finds_guard_and_roles(turn: str) -> None:
    assert_database_is_fresh_and_commit_something()


def assert_database_is_fresh_and_commit_something() -> None:
    assert not AuditEntry.objects.exists()
    assert guard.missing_triggers(connection) == []
    assert Group.objects.get(name="supervisor").permissions.filter(codename="export_transfers").exists()
    assert connection.in_atomic_block is False

    with transaction.atomic():
        audit_log.record(actor="worker", action=AuditAction.CALL_TAKEN)

    with pytest.raises(IntegrityError, match="append-only"):
        AuditEntry.objects.update(actor="forger")
