"""A file that was uploaded for import into the directory, until it is applied, discarded or too old."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DirectoryImport(models.Model):
    """One uploaded file, read into rows. The directory does not change before a person applies the import.

    The rows contain personal data: they are deleted when the import is applied or discarded, or after a day. `columns`
    has the field for each column of the file, "" for none; `ignored` are the heads of the columns without a field.
    `checked_count` rows have been read so far. `planned_at` is when all rows were compared with the directory, and
    `counts` says how many are "new", "changed", "unchanged" and "bad"; before that there is no preview.
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

    `rows` are lists: the number of the row in the file, then its cells as texts. `readings` is what each row says,
    `results` what the import will do with it, both as `transfers.directory.files` writes them; empty until known.
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
