from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("transfers", "0015_less_that_nobody_reads")]
    operations = [
        migrations.RenameField(model_name="sipuser", old_name="told", new_name="remote"),
        migrations.RenameField(model_name="sipuser", old_name="told_at", new_name="remote_since"),
        migrations.RenameField(model_name="sipuser", old_name="followed", new_name="base"),
    ]
