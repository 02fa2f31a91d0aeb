"""The form of a new number rule."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from transfers.models import NumberRule


class NumberRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """Beginning, verdict and reason. `0049 900` becomes `+49900`."""

    # Longer than the column: people paste blanks, which are removed before the model validates the text.
    starts_with = forms.CharField(
        label=_("Numbers that begin with"),
        max_length=40,
        help_text=_("With + and the country code, like +49900. Of several rules the longest beginning decides."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )

    class Meta:
        model = NumberRule
        fields = ("starts_with", "verdict", "reason")

    def clean_starts_with(self) -> str:
        """Return the beginning in E.164."""
        bare = re.sub(r"[\s()/.-]", "", self.cleaned_data["starts_with"])
        return re.sub(r"^00", "+", bare)
