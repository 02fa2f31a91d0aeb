import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0010_directory_import"),
    ]

    operations = [
        migrations.CreateModel(
            name="AvailabilityCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asking_until_at", models.DateTimeField(null=True)),
                ("paused_until_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=16)),
            ],
            options={
                "verbose_name": "check of availability",
                "verbose_name_plural": "check of availability",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="availability_check_is_one_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="SipUser",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user_name", models.CharField(max_length=128, unique=True)),
                ("email", models.CharField(blank=True, max_length=160)),
                ("told", models.JSONField()),
                ("followed", models.JSONField(null=True)),
                ("told_at", models.DateTimeField()),
                ("gone_at", models.DateTimeField(null=True)),
                (
                    "availability",
                    models.CharField(
                        blank=True,
                        choices=[("available", "Available"), ("not_available", "Not available")],
                        max_length=16,
                    ),
                ),
                ("availability_at", models.DateTimeField(null=True)),
                ("ask_again_at", models.DateTimeField(null=True)),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="sip_users",
                        to="transfers.directoryentry",
                    ),
                ),
            ],
            options={
                "verbose_name": "SIP user",
                "verbose_name_plural": "SIP users",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SipUserFetch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("running_until_at", models.DateTimeField(null=True)),
                ("read_count", models.PositiveIntegerField(default=0)),
                ("fetched_at", models.DateTimeField(null=True)),
                ("is_whole", models.BooleanField(default=True)),
                ("problem", models.CharField(blank=True, max_length=16)),
                ("detail", models.CharField(blank=True, max_length=64)),
                ("waiting_count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "fetch of SIP users",
                "verbose_name_plural": "fetch of SIP users",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="sip_user_fetch_is_one_row")
                ],
            },
        ),
    ]
