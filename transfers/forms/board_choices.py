"""The form above the list of calls: which calls are shown, in which groups and order."""

from django import forms

from transfers.calls.choices import GROUPINGS, NOBODY, ORDERS, SHOWN, BoardChoices

_LONGEST_LINE = 64


class BoardChoicesForm(forms.Form):
    """The fields of `BoardChoices`. A field that is left out is reset to its default."""

    show = forms.ChoiceField(choices=[(value, value) for value in SHOWN], required=False)
    agent = forms.RegexField(rf"^(?:{NOBODY}|[1-9][0-9]{{0,17}})\Z", required=False)
    line = forms.CharField(max_length=_LONGEST_LINE, required=False)
    group = forms.ChoiceField(choices=[(value, value) for value in GROUPINGS], required=False)
    sort = forms.ChoiceField(choices=[(value, value) for value in ORDERS], required=False)

    def choices(self) -> BoardChoices:
        """Return what was chosen; only for a valid form."""
        return BoardChoices(**{name: value for name, value in self.cleaned_data.items() if value})
