from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def let_administrators_manage_the_connection(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the role its new permission. Permissions are otherwise made only after all migrations."""
    app_config = apps.get_app_config("transfers")
    app_config.models_module = True
    create_permissions(app_config, apps=apps, verbosity=0)
    app_config.models_module = None
    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="transfers", codename="manage_connection"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name="administrator"):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("transfers", "0004_system_operation")]
    operations = [migrations.RunPython(let_administrators_manage_the_connection, migrations.RunPython.noop)]
