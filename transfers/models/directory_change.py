"""Who changed what in the directory, for the people who edit it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .directory import DirectoryEntry


class DirectoryChange(models.Model):
    """One change of an entry, for the entry's page; without an entry, a change of the holidays for all.

    `changes` is a list of {"field", "old", "new"}, in plain values as `transfers.directory.entry_data` writes them. The
    audit log contains the same; after an entry is deleted, only there. For the import of a file, the audit log contains
    how many rows did what, and the digest of the file.
    """

    entry = models.ForeignKey(DirectoryEntry, on_delete=models.CASCADE, null=True, related_name="changes")
    changed_at = models.DateTimeField()
    actor_name = models.CharField(max_length=160)
    changes = models.JSONField()

    class Meta:
        verbose_name = _("change of the directory")
        verbose_name_plural = _("changes of the directory")
        default_permissions = ()
        indexes = [models.Index(fields=["entry", "-id"], name="directory_change_by_entry")]

    def __str__(self) -> str:
        return f"{self.changed_at:%Y-%m-%d %H:%M} {self.actor_name}"
