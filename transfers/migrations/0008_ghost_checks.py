from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transfers", "0007_directory_entries")]
    operations = [
        migrations.AddField(
            model_name="call",
            name="next_check_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="board_choices",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
    ]
