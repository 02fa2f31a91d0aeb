from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from transfers.audit_log import guard


def install_guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the database refuse changes of what was recorded."""
    guard.install(schema_editor.connection)


def remove_guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let the tables be changed again, so that they can be dropped."""
    guard.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("transfers", "0002_roles")]
    operations = [migrations.RunPython(install_guard, remove_guard)]
