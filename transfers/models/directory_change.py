"""Who changed what of the directory, for the people who keep it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .directory import DirectoryEntry


class DirectoryChange(models.Model):
    """One change of an entry, to be read on its page; without an entry, of the holidays for all.

    `changes` is a list of {"field", "old", "new"}, in plain values as `transfers.directory.entry_data` spells them. The
    audit log holds the same, provably; a deleted entry leaves its changes there alone. Of a file that was imported it
    holds how many rows did what, and the digest of the file.
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
