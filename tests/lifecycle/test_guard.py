import uuid
from collections.abc import Callable
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests.factories import make_call, make_transfer
from transfers.lifecycle import guard
from transfers.models import Transfer, TransferState, User

pytestmark = pytest.mark.django_db

MIGRATIONS = Path(__file__).resolve().parents[2] / "transfers" / "migrations"
STEPS = guard.steps_of_table()
ON_ITS_WAY = {TransferState.REQUESTED, TransferState.SENDING}


def write(statement: str, *values: Any) -> None:
    """Write by plain SQL, as somebody would who knows nothing of the product's code."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def update(transfer: Transfer, column: str, value: object) -> None:
    write(f"UPDATE transfers_transfer SET {column} = %s WHERE id = %s", value, transfer.pk)  # noqa: S608


def as_stored(value: uuid.UUID) -> object:
    return value.hex if connection.vendor == "sqlite" else value


@pytest.mark.parametrize("target", TransferState.values)
@pytest.mark.parametrize("source", TransferState.values)
def test_plain_sql_moves_a_transfer_only_along_the_table(source: str, target: str) -> None:
    transfer = make_transfer(state=source)

    if source == target or (source, target) in STEPS:
        update(transfer, "state", target)
        expected = target
    else:
        with pytest.raises(IntegrityError, match="the table of transitions has no such step"):
            update(transfer, "state", target)
        expected = source

    transfer.refresh_from_db()
    assert transfer.state == expected


def test_the_orm_cannot_go_around_the_table() -> None:
    transfer = make_transfer(state=TransferState.CANCELLED)
    transfer.state = TransferState.REQUESTED

    for change in (
        transfer.save,
        lambda: Transfer.objects.filter(pk=transfer.pk).update(state=TransferState.SENDING),
        lambda: Transfer.objects.bulk_update([transfer], ["state"]),
    ):
        with pytest.raises(IntegrityError, match="is refused"), transaction.atomic():
            change()

    assert Transfer.objects.get().state == TransferState.CANCELLED


def test_one_wrong_row_stops_a_change_of_many() -> None:
    right, wrong = make_transfer(state=TransferState.SENDING), make_transfer(state=TransferState.EXPIRED)

    with pytest.raises(IntegrityError, match="no such step"):
        write("UPDATE transfers_transfer SET state = 'unknown'")

    assert [Transfer.objects.get(pk=each.pk).state for each in (right, wrong)] == ["sending", "expired"]


def test_an_attempt_is_never_reset() -> None:
    transfer = make_transfer(state=TransferState.UNKNOWN, attempt=1)

    with pytest.raises(IntegrityError, match="never taken back"):
        update(transfer, "attempt", 0)


@pytest.mark.parametrize("value", [None, as_stored(uuid.uuid4())], ids=["removed", "another"])
def test_a_claim_token_never_changes(value: object) -> None:
    transfer = make_transfer(state=TransferState.SENDING, attempt=1, claim_token=uuid.uuid4())

    with pytest.raises(IntegrityError, match="never taken back"):
        update(transfer, "claim_token", value)


@pytest.mark.parametrize(
    ("column", "make_value"),
    [
        ("id", lambda transfer: transfer.pk + 1000),
        ("call_id", lambda _: make_call().pk),
        ("request_key", lambda _: as_stored(uuid.uuid4())),
        ("agent_id", lambda _: make_transfer().agent_id),
    ],
)
def test_call_form_and_agent_never_change(column: str, make_value: Callable[[Transfer], object]) -> None:
    transfer = make_transfer(state=TransferState.ANSWERED)
    value = make_value(transfer)

    with pytest.raises(IntegrityError, match="those it was requested with"):
        update(transfer, column, value)


def test_a_transfer_without_an_agent_gets_no_new_one(ada: User) -> None:
    transfer = make_transfer(agent=None)

    with pytest.raises(IntegrityError, match="those it was requested with"):
        update(transfer, "agent_id", ada.pk)


def test_an_account_can_be_deleted_and_its_transfers_stay(ada: User) -> None:
    transfer = make_transfer(agent=ada)

    ada.delete()

    transfer.refresh_from_db()
    assert (transfer.agent_id, transfer.agent_name) == (None, "Ada Keller")


@pytest.mark.parametrize("state", TransferState.values)
@pytest.mark.parametrize(("column", "value"), [("destination", "nobody.else"), ("destination_type", "sip_trunk")])
def test_a_destination_never_changes(state: str, column: str, value: str) -> None:
    transfer = make_transfer(state=state)

    with pytest.raises(IntegrityError, match="its destination is the one"):
        update(transfer, column, value)


@pytest.mark.parametrize("state", TransferState.values)
def test_only_a_transfer_that_is_not_on_its_way_can_lose_its_destination_or_be_deleted(state: str) -> None:
    transfer = make_transfer(state=state)

    if state in ON_ITS_WAY:
        with pytest.raises(IntegrityError, match="its destination is the one"):
            update(transfer, "destination", "")
        with pytest.raises(IntegrityError, match="cannot be deleted"):
            write("DELETE FROM transfers_transfer WHERE id = %s", transfer.pk)
    else:
        update(transfer, "destination", "")
        write("DELETE FROM transfers_transfer WHERE id = %s", transfer.pk)

    assert Transfer.objects.filter(pk=transfer.pk).exists() == (state in ON_ITS_WAY)


def test_columns_outside_the_rules_may_change_in_a_settled_transfer() -> None:
    transfer = make_transfer(state=TransferState.ANSWERED, attempt=1, claim_token=uuid.uuid4())

    changed = Transfer.objects.filter(pk=transfer.pk).update(
        dismissed_at=timezone.now(), note="", agent_name="", destination_name="", hangup_cause="USER_BUSY"
    )

    assert changed == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no REPLACE")
@pytest.mark.parametrize("clash", ["id", "request_key", "call_id"])
def test_an_insert_never_replaces_another_transfer(clash: str) -> None:
    there = make_transfer(state=TransferState.SENDING)
    own = {"id": there.pk + 1, "request_key": uuid.uuid4().hex, "call_id": make_call().pk, "destination": "elsewhere"}
    del own[clash]
    columns = [field.get_attname() for field in Transfer._meta.fields]
    values = ", ".join("%s" if column in own else column for column in columns)

    with pytest.raises(IntegrityError, match="would replace another one"):
        write(
            f"REPLACE INTO transfers_transfer ({', '.join(columns)}) SELECT {values} FROM transfers_transfer",  # noqa: S608
            *(own[column] for column in columns if column in own),
        )

    assert Transfer.objects.get().destination == there.destination


def test_the_latest_migration_of_the_guard_knows_every_step_of_the_table() -> None:
    modules = [import_module(f"transfers.migrations.{path.stem}") for path in sorted(MIGRATIONS.glob("0*.py"))]
    with_steps = [module.STEPS for module in modules if hasattr(module, "STEPS")]

    assert with_steps[-1] == STEPS, "install the guard again in a new migration, with the steps of today"


def test_the_guard_is_in_force_after_the_migrations() -> None:
    hint = "a migration has rebuilt the table: let it install the guard again at its end, as 0006 does"

    assert guard.missing_triggers(connection) == [], hint


def test_the_guard_can_be_installed_and_removed_repeatedly() -> None:
    names = {"step", "claim", "identity", "destination", "delete"} | (
        {"replace"} if connection.vendor == "sqlite" else set()
    )

    guard.install(connection, STEPS)
    guard.install(connection, STEPS)
    in_force = guard.missing_triggers(connection)
    guard.remove(connection)
    guard.remove(connection)

    assert in_force == []
    assert set(guard.missing_triggers(connection)) == {f"transfer_{name}_guard" for name in names}


LOOSENED = {
    "postgresql": [
        "ALTER TABLE transfers_transfer DISABLE TRIGGER transfer_step_guard",
        "ALTER TABLE transfers_transfer ENABLE REPLICA TRIGGER transfer_step_guard",
        "DROP TRIGGER transfer_step_guard ON transfers_transfer",
        "CREATE OR REPLACE TRIGGER transfer_step_guard BEFORE DELETE ON transfers_transfer"
        " FOR EACH ROW EXECUTE FUNCTION transfer_step_guard()",
        "CREATE OR REPLACE TRIGGER transfer_step_guard BEFORE UPDATE OF note ON transfers_transfer"
        " FOR EACH ROW EXECUTE FUNCTION transfer_step_guard()",
        "CREATE OR REPLACE FUNCTION transfer_step_guard() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NEW; END $$",
    ],
    "sqlite": ["DROP TRIGGER transfer_step_guard"],
}


@pytest.mark.parametrize("statement", LOOSENED[connection.vendor])
def test_audit_verify_reports_a_disabled_trigger(statement: str) -> None:
    write(statement)
    printed = StringIO()

    with pytest.raises(CommandError) as refusal:
        call_command("audit_verify", stdout=printed)

    assert refusal.value.returncode == 1
    assert "The guard of the transfers is not in force: transfer_step_guard." in printed.getvalue()


def test_a_guard_with_other_steps_is_not_in_force() -> None:
    guard.install(connection, [*STEPS, ("unknown", "requested")])

    assert guard.missing_triggers(connection) == ["transfer_step_guard"]
