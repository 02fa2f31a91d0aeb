"""The move of the old rows: one entry for each destination, and back, with everything they said."""

from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from transfers.audit_log import guard
from transfers.models import Destination, DirectoryEntry, User

BEFORE = ("transfers", "0006_transfer_guard")


def migrate(*targets: tuple[str, str]) -> Apps:
    executor = MigrationExecutor(connection)
    wanted = list(targets) or [node for node in executor.loader.graph.leaf_nodes() if node[0] == "transfers"]
    executor.migrate(wanted)
    return MigrationExecutor(connection).loader.project_state(wanted).apps


@pytest.mark.django_db(transaction=True)
def test_old_rows_become_entries_and_entries_old_rows_and_the_audit_log_stays_guarded() -> None:
    rows: list[dict[str, Any]] = [
        {"name": "Müller", "destination_type": "sip_user", "address": "m", "note": "n", "is_active": False},
        {"name": "Line", "destination_type": "external_number", "address": "+492214710480", "department": "D"},
    ]
    old = migrate(BEFORE).get_model("transfers", "Destination")
    old.objects.bulk_create(old(**row) for row in rows)
    try:
        migrate()

        moved = Destination.objects.select_related("entry").order_by("pk")
        assert [(each.name, each.entry.kind, each.note, each.department, each.is_active) for each in moved] == [
            ("Müller", "person", "n", "", False),
            ("Line", "line", "", "D", True),
        ]
        assert DirectoryEntry.objects.get(name="Müller").search_text == "mueller\nmuller\nn"
        assert guard.missing_triggers(connection) == []

        own = DirectoryEntry.objects.create(kind="person", name="Own", owner=User.objects.create(username="ada"))
        Destination.objects.create(entry=own, destination_type="sip_user", address="m")
        back = migrate(BEFORE).get_model("transfers", "Destination")
        rows_again: list[Any] = list(back.objects.order_by("pk"))
        assert [(each.name, each.address, each.note, each.department, each.is_active) for each in rows_again] == [
            ("Müller", "m", "n", "", False),
            ("Line", "+492214710480", "", "D", True),
        ]
    finally:
        migrate()
