import django.core.validators
import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GRANTED = {"supervisor": ["decide_approvals"], "administrator": ["manage_number_rules"]}


def grant_permissions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the roles their new permissions. Permissions are otherwise made only after all migrations."""
    app_config = apps.get_app_config("transfers")
    app_config.models_module = True
    create_permissions(app_config, apps=apps, verbosity=0)
    app_config.models_module = None
    permission = apps.get_model("auth", "Permission")
    for role, codenames in GRANTED.items():
        for group in apps.get_model("auth", "Group").objects.filter(name=role):
            group.permissions.add(
                *permission.objects.filter(content_type__app_label="transfers", codename__in=codenames)
            )


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0008_ghost_checks"),
    ]

    operations = [
        migrations.CreateModel(
            name="NumberRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "starts_with",
                    models.CharField(
                        error_messages={"unique": "There is a rule for this beginning already."},
                        max_length=16,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+[1-9][0-9]{0,14}\\Z", "Begin with + and the country code, digits only."
                            )
                        ],
                        verbose_name="numbers that begin with",
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[("deny", "Never"), ("allow", "Always")],
                        default="deny",
                        max_length=8,
                        verbose_name="may be called",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="Shown to whoever is refused.", max_length=200, verbose_name="reason"
                    ),
                ),
            ],
            options={
                "verbose_name": "number rule",
                "verbose_name_plural": "number rules",
                "ordering": ["starts_with"],
                "permissions": [("manage_number_rules", "Can decide which numbers may be called")],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "destination_type",
                    models.CharField(
                        choices=[
                            ("external_number", "Phone number"),
                            ("sip_user", "SIP user"),
                            ("sip_trunk", "SIP trunk"),
                        ],
                        max_length=16,
                    ),
                ),
                ("destination", models.CharField(max_length=128)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("reason_code", models.CharField(max_length=32)),
                ("request_key", models.UUIDField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("granted", "Agreed"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Not answered in time"),
                        ],
                        default="asked",
                        max_length=16,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_name", models.CharField(blank=True, max_length=160)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="approvals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="approvals", to="transfers.call"
                    ),
                ),
            ],
            options={
                "verbose_name": "approval",
                "verbose_name_plural": "approvals",
                "permissions": [("decide_approvals", "Can agree to transfers that the policy leaves to a supervisor")],
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="transfer",
            name="approval",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transfers",
                to="transfers.approval",
            ),
        ),
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(condition=models.Q(("state", "asked")), fields=["asked_at"], name="approval_pending"),
        ),
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(fields=["agent", "-id"], name="approval_by_agent"),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked")), fields=("agent",), name="approval_one_question_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(fields=("agent", "request_key"), name="approval_once_per_form"),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["asked", "granted", "refused", "withdrawn", "expired"])),
                name="approval_state_known",
            ),
        ),
        migrations.RunPython(grant_permissions, migrations.RunPython.noop),
    ]
