import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0009_number_rules_and_approvals"),
    ]

    operations = [
        migrations.CreateModel(
            name="DirectoryImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uploaded_at", models.DateTimeField()),
                ("file_sha256", models.CharField(max_length=64)),
                ("columns", models.JSONField(default=list)),
                ("ignored", models.JSONField(default=list)),
                ("row_count", models.PositiveIntegerField()),
                ("checked_count", models.PositiveIntegerField(default=0)),
                ("planned_at", models.DateTimeField(null=True)),
                ("counts", models.JSONField(default=dict)),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="directory_imports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "import of the directory",
                "verbose_name_plural": "imports of the directory",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DirectoryImportPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("rows", models.JSONField()),
                ("readings", models.JSONField(default=list)),
                ("results", models.JSONField(default=list)),
                (
                    "directory_import",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="transfers.directoryimport",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of an import",
                "verbose_name_plural": "parts of imports",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("directory_import", "position"), name="directory_import_part_once")
                ],
            },
        ),
    ]
