from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0011_sip_users"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="destination",
            index=models.Index(fields=["address"], name="destination_by_address"),
        ),
        migrations.AddIndex(
            model_name="directoryentry",
            index=models.Index(condition=models.Q(("is_active", False)), fields=["id"], name="directory_switched_off"),
        ),
    ]
