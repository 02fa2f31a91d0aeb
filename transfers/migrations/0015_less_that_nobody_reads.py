from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def delete_permissions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Delete what administrators were granted for an admin page of destinations that is gone: no code asks for it."""
    apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="transfers", content_type__model="destination"
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("transfers", "0014_one_meaning_per_column")]
    operations = [
        migrations.RemoveField(model_name="call", name="correlation_id"),
        migrations.RemoveField(model_name="call", name="menu_name"),
        migrations.AlterModelOptions(
            name="destination",
            options={
                "default_permissions": (),
                "verbose_name": "destination",
                "verbose_name_plural": "destinations",
            },
        ),
        migrations.RunPython(delete_permissions, migrations.RunPython.noop),
    ]
