"""The form behind the menu of the signed-in person. Each button posts one field; the others are not changed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from transfers.models import User


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Language, theme, row height and single keys of one person. Only the posted fields count."""

    single_keys = forms.TypedChoiceField(
        label=_("single keys"),
        choices=[("on", _("On")), ("off", _("Off"))],
        coerce=lambda value: value == "on",
    )

    class Meta:
        model = User
        fields = ["language", "theme", "density", "single_keys"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(self.data):
            del self.fields[name]
