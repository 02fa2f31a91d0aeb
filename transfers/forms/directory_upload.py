"""The upload form of the import."""

from django import forms
from django.utils.translation import gettext_lazy as _

from transfers.directory.files.limits import MOST_BYTES


class UploadForm(forms.Form):
    """One file. The import reads its content."""

    file = forms.FileField(
        label=_("CSV or XLSX file"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
            "missing": _("Choose a file."),
            "invalid": _("Choose a file."),
        },
    )

    def content(self) -> bytes:
        """Return the content of a valid form's file, at most one byte more than an import may have."""
        file = self.cleaned_data["file"]
        return bytes(file.read(MOST_BYTES + 1))
