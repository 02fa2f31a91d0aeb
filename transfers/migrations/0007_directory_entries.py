import datetime

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from transfers.models._search_text import entry_search_text

KINDS = {"external_number": "line", "sip_user": "person", "sip_trunk": "line"}
SHARED = ("name", "department", "note", "is_active")
GRANTED_TO = ["supervisor", "administrator"]
AT_ONCE = 500


def give_each_destination_an_entry(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Move what an entry has in common for its addresses out of them."""
    entry_model = apps.get_model("transfers", "DirectoryEntry")
    destination_model = apps.get_model("transfers", "Destination")
    destinations = list(destination_model.objects.order_by("pk"))
    entries = [
        entry_model(kind=KINDS[destination.destination_type], **{name: getattr(destination, name) for name in SHARED})
        for destination in destinations
    ]
    for entry in entries:
        entry.search_text = entry_search_text(name=entry.name, department=entry.department, note=entry.note)
    entry_model.objects.bulk_create(entries, batch_size=AT_ONCE)
    for destination, entry in zip(destinations, entries, strict=True):
        destination.entry = entry
    destination_model.objects.bulk_update(destinations, ["entry"], batch_size=AT_ONCE)
    # PostgreSQL alters no table whose foreign keys are still to be checked.
    schema_editor.connection.check_constraints()


def give_each_destination_its_fields_back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Undo the move."""
    destination_model = apps.get_model("transfers", "Destination")
    destinations = list(destination_model.objects.select_related("entry"))
    for destination in destinations:
        for name in SHARED:
            setattr(destination, name, getattr(destination.entry, name))
    destination_model.objects.bulk_update(destinations, SHARED, batch_size=AT_ONCE)
    schema_editor.connection.check_constraints()


def drop_personal_entries(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Undo what the old table has no place for: personal entries may repeat an address."""
    apps.get_model("transfers", "Destination").objects.exclude(owner=None).delete()
    schema_editor.connection.check_constraints()


def let_supervisors_and_administrators_edit(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the roles their new permission. Permissions are otherwise made only after all migrations."""
    app_config = apps.get_app_config("transfers")
    app_config.models_module = True
    create_permissions(app_config, apps=apps, verbosity=0)
    app_config.models_module = None
    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="transfers", codename="manage_directory"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GRANTED_TO):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("transfers", "0006_transfer_guard"),
    ]

    operations = [
        migrations.CreateModel(
            name="DirectoryEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person"), ("team", "Team"), ("line", "Line")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("department", models.CharField(blank=True, max_length=120, verbose_name="department")),
                ("tags", models.JSONField(blank=True, default=list, verbose_name="tags")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("time_zone", models.CharField(blank=True, max_length=64, verbose_name="time zone")),
                ("key", models.CharField(blank=True, max_length=64, verbose_name="key for imports")),
                ("version", models.PositiveIntegerField(default=1)),
                ("search_text", models.TextField(blank=True, editable=False)),
                ("audience", models.ManyToManyField(blank=True, related_name="directory_entries", to="auth.group")),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="own_entries",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="transfers.directoryentry",
                        verbose_name="team",
                    ),
                ),
            ],
            options={
                "verbose_name": "directory entry",
                "verbose_name_plural": "directory entries",
                "permissions": [("manage_directory", "Can edit the shared directory")],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True), fields=("key",), name="directory_key_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["person", "team", "line"])), name="directory_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("kind", "team"), _negated=True), ("team", None), _connector="OR"),
                        name="directory_team_in_no_team",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("owner", None),
                            models.Q(("key", ""), ("team", None), models.Q(("kind", "team"), _negated=True)),
                            _connector="OR",
                        ),
                        name="directory_own_is_apart",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OpeningHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("weekday", models.PositiveSmallIntegerField()),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hours",
                        to="transfers.directoryentry",
                    ),
                ),
            ],
            options={
                "verbose_name": "opening hours",
                "verbose_name_plural": "opening hours",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "weekday", "opens"), name="opening_hours_once"),
                    models.CheckConstraint(condition=models.Q(("weekday__lte", 6)), name="opening_hours_weekday"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes__gt", models.F("opens")), ("closes", datetime.time(0, 0)), _connector="OR"
                        ),
                        name="opening_hours_forward",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Holiday",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField()),
                ("name", models.CharField(blank=True, max_length=80)),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holidays",
                        to="transfers.directoryentry",
                    ),
                ),
            ],
            options={
                "verbose_name": "holiday",
                "verbose_name_plural": "holidays",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("entry__isnull", False)), fields=("entry", "date"), name="holiday_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("entry", None)), fields=("date",), name="holiday_for_all_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DirectoryChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("changed_at", models.DateTimeField()),
                ("actor_name", models.CharField(max_length=160)),
                ("changes", models.JSONField()),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="transfers.directoryentry",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of the directory",
                "verbose_name_plural": "changes of the directory",
                "default_permissions": (),
                "indexes": [models.Index(fields=["entry", "-id"], name="directory_change_by_entry")],
            },
        ),
        migrations.AddField(
            model_name="destination",
            name="entry",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="destinations",
                to="transfers.directoryentry",
            ),
        ),
        migrations.AddField(
            model_name="destination",
            name="owner",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="own_destinations",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="destination",
            name="label",
            field=models.CharField(blank=True, max_length=40, verbose_name="label"),
        ),
        migrations.AddField(
            model_name="destination",
            name="position",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.RunPython(give_each_destination_an_entry, give_each_destination_its_fields_back),
        migrations.AlterField(
            model_name="destination",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="destinations",
                to="transfers.directoryentry",
            ),
        ),
        migrations.RemoveConstraint(model_name="destination", name="destination_address_once"),
        # Blank, so that going back finds a value for it.
        migrations.AlterField(
            model_name="destination", name="name", field=models.CharField(blank=True, max_length=120)
        ),
        migrations.RemoveField(model_name="destination", name="name"),
        migrations.RemoveField(model_name="destination", name="department"),
        migrations.RemoveField(model_name="destination", name="note"),
        migrations.RemoveField(model_name="destination", name="is_active"),
        migrations.AddConstraint(
            model_name="destination",
            constraint=models.UniqueConstraint(
                condition=models.Q(("owner", None)),
                fields=("destination_type", "address"),
                name="destination_address_once",
                violation_error_message="This number or SIP name is already in the directory.",
            ),
        ),
        migrations.AddConstraint(
            model_name="destination",
            constraint=models.UniqueConstraint(
                condition=models.Q(("owner__isnull", False)),
                fields=("owner", "destination_type", "address"),
                name="destination_own_address_once",
                violation_error_message="This number or SIP name is already in the directory.",
            ),
        ),
        migrations.RunPython(let_supervisors_and_administrators_edit, drop_personal_entries),
    ]
