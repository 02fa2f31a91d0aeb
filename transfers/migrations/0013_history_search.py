from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0012_quick_search"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["agent", "destination", "-requested_at", "-id"], name="transfer_by_agent_dest"),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["destination_name", "-requested_at", "-id"], name="transfer_by_dest_name"),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["agent_name", "-requested_at", "-id"], name="transfer_by_agent_name"),
        ),
    ]
