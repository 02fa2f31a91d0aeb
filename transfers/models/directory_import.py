"""A file that somebody wants to import into the directory, until it is applied, discarded or too old."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DirectoryImport(models.Model):
    """One uploaded file, read into rows. Nothing of it is in the directory before somebody applies it.

    The rows hold personal data: whoever applies or discards the import deletes it with them, and after a day it goes by
    itself. `columns` has for each column of the file the field it stands for, or "" for none; `ignored` are the heads
    of the latter. `checked_count` rows have been read so far. `planned_at` is when all of them were compared with the
    directory, and `counts` how many are "new", "changed", "unchanged" and "bad"; without it there is no preview yet.
    """

    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="directory_imports"
    )
    uploaded_at = models.DateTimeField()
    file_sha256 = models.CharField(max_length=64)
    columns = models.JSONField(default=list)
    ignored = models.JSONField(default=list)
    row_count = models.PositiveIntegerField()
    checked_count = models.PositiveIntegerField(default=0)
    planned_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("import of the directory")
        verbose_name_plural = _("imports of the directory")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.uploaded_at:%Y-%m-%d %H:%M}"


class DirectoryImportPart(models.Model):
    """A few hundred rows of an import, so that each step of the check writes little.

    `rows` are the cells as texts, each after the number of its row in the file. `readings` says what each row wants,
    `results` what will become of it, both as `transfers.directory.files` spells them; empty until that is known.
    """

    directory_import = models.ForeignKey(DirectoryImport, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveIntegerField()
    rows = models.JSONField()
    readings = models.JSONField(default=list)
    results = models.JSONField(default=list)

    class Meta:
        verbose_name = _("part of an import")
        verbose_name_plural = _("parts of imports")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["directory_import", "position"], name="directory_import_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.directory_import_id}/{self.position}"
