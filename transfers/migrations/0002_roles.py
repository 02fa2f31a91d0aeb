from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

AGENT = ["view_board", "request_transfer"]
SUPERVISOR = [*AGENT, "transfer_any_call", "view_all_transfers", "export_transfers"]
ADMINISTRATOR = [
    f"{verb}_{model}"
    for model in ("user", "agentaddress", "destination", "servicenumber")
    for verb in ("add", "change", "delete", "view")
]
ROLES = {"agent": AGENT, "supervisor": SUPERVISOR, "administrator": ADMINISTRATOR}


def make_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the three groups with their permissions. Permissions are otherwise made only after all migrations."""
    app_config = apps.get_app_config("transfers")
    app_config.models_module = True
    create_permissions(app_config, apps=apps, verbosity=0)
    app_config.models_module = None
    permission = apps.get_model("auth", "Permission")
    for name, codenames in ROLES.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.set(permission.objects.filter(content_type__app_label="transfers", codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [("transfers", "0001_initial")]
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
