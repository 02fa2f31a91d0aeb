from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

from transfers.lifecycle import guard

STEPS = [
    ("accepted", "answered"),
    ("accepted", "not_answered"),
    ("requested", "cancelled"),
    ("requested", "expired"),
    ("requested", "sending"),
    ("sending", "accepted"),
    ("sending", "not_sent"),
    ("sending", "rejected"),
    ("sending", "unknown"),
    ("unknown", "accepted"),
    ("unknown", "answered"),
    ("unknown", "not_answered"),
    ("unknown", "not_executed"),
]
"""The table of transitions as it was then. Never change it: install the guard again in a new migration."""

PERSONS_WORD = "persons_word"
OWN_WORDS = {
    "problem": ["connect", "timeout", "network", "too_large", "too_late", "no_report"],
    "cancel_reason": [
        "call_ended",
        "answered_meanwhile",
        "right_lost",
        "destination_refused",
        "too_many",
        "sending_stopped",
        "sending_paused",
    ],
}
"""The values of `error_code` that were ours, by the column they move to. Every other value is TENIOS' and stays."""


def install_guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Install the triggers again: SQLite rebuilds the table to add or remove a column, and drops them with it."""
    guard.install(schema_editor.connection, STEPS)


def move_own_words(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Move what is not TENIOS' code out of `error_code`, into the column of its meaning."""
    transfers = apps.get_model("transfers", "Transfer").objects
    transfers.filter(error_code=PERSONS_WORD).update(resolved_by="person", error_code="")
    for column, words in OWN_WORDS.items():
        transfers.filter(error_code__in=words).update(**{column: F("error_code"), "error_code": ""})


def move_own_words_back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put one word into `error_code` again. A person's one comes last: it replaced whatever was there before."""
    transfers = apps.get_model("transfers", "Transfer").objects
    for column in OWN_WORDS:
        transfers.filter(error_code="").exclude(**{column: ""}).update(error_code=F(column))
    transfers.filter(resolved_by="person").update(error_code=PERSONS_WORD)


class Migration(migrations.Migration):
    dependencies = [("transfers", "0013_history_search")]
    operations = [
        # Runs last on the way back, when the columns are gone.
        migrations.RunPython(migrations.RunPython.noop, install_guard),
        migrations.AddField(
            model_name="transfer",
            name="cancel_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("call_ended", "Call Ended"),
                    ("answered_meanwhile", "Answered Meanwhile"),
                    ("right_lost", "Right Lost"),
                    ("destination_refused", "Destination Refused"),
                    ("too_many", "Too Many"),
                    ("sending_stopped", "Sending Stopped"),
                    ("sending_paused", "Sending Paused"),
                ],
                default="",
                max_length=32,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="transfer",
            name="problem",
            field=models.CharField(
                blank=True,
                choices=[
                    ("connect", "Connect"),
                    ("timeout", "Timeout"),
                    ("network", "Network"),
                    ("too_large", "Too Large"),
                    ("too_late", "Too Late"),
                    ("no_report", "No Report"),
                ],
                default="",
                max_length=16,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="transfer",
            name="resolved_by",
            field=models.CharField(
                blank=True,
                choices=[
                    ("answer", "Answer"),
                    ("call_event", "Call Event"),
                    ("call_record", "Call Record"),
                    ("person", "Person"),
                ],
                default="",
                max_length=16,
            ),
            preserve_default=False,
        ),
        migrations.RunPython(move_own_words, move_own_words_back),
        migrations.RunPython(install_guard, migrations.RunPython.noop),
    ]
