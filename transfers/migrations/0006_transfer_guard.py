from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from transfers.lifecycle import guard

STEPS = [
    ("accepted", "answered"),
    ("accepted", "not_answered"),
    ("requested", "cancelled"),
    ("requested", "expired"),
    ("requested", "sending"),
    ("sending", "accepted"),
    ("sending", "not_sent"),
    ("sending", "rejected"),
    ("sending", "unknown"),
    ("unknown", "accepted"),
    ("unknown", "answered"),
    ("unknown", "not_answered"),
    ("unknown", "not_executed"),
]
"""The table of transitions as it was then. Never change it: install the guard again in a new migration."""


def install_guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the database refuse what is no step of a transfer's life."""
    guard.install(schema_editor.connection, STEPS)


def remove_guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let rows be changed in any way again."""
    guard.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("transfers", "0005_connection_keeper")]
    operations = [migrations.RunPython(install_guard, remove_guard)]
