"""The fields of the form of a directory entry."""

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from transfers.directory.entry_check import LONGEST
from transfers.forms.directory_fields import (
    LONGEST_LIST,
    LONGEST_TEXT,
    AudienceField,
    DaysOffField,
    HoursField,
    TagsField,
)
from transfers.models import DirectoryEntry, EntryKind


class EntryFields(forms.Form):
    """All fields of an entry except its addresses."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    kind = forms.ChoiceField(label=_("Kind"), choices=EntryKind.choices, widget=forms.RadioSelect, initial="person")
    name = forms.CharField(label=_("Name"), max_length=LONGEST["name"], error_messages={"required": _("Enter a name.")})
    department = forms.CharField(
        label=_("Department"),
        max_length=LONGEST["department"],
        required=False,
        widget=forms.TextInput(attrs={"list": "departments"}),
    )
    tags = TagsField(
        label=_("Tags"),
        max_length=LONGEST_TEXT,
        required=False,
        help_text=_("Skills, topics, languages, with commas between them."),
    )
    note = forms.CharField(
        label=_("Note for agents"),
        max_length=LONGEST["note"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Shown in the picker before the transfer."),
    )
    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=DirectoryEntry.objects.none(),
        required=False,
        empty_label=_("No team"),
        error_messages={"invalid_choice": _("This team is not in the directory any more.")},
    )
    hours = HoursField(
        label=_("Reachable"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Mon-Fri 8-17, Sat 9-14")}),
        help_text=_("Empty: like the team, else always."),
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
        help_text=_("Empty: like the team, else that of the system."),
    )
    days_off = DaysOffField(
        label=_("Closed on"),
        max_length=LONGEST_LIST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One day a line, for example “2026-12-24 Christmas Eve”."),
    )
    audience = AudienceField(
        label=_("Who may use it"),
        queryset=Group.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: everybody."),
        error_messages={
            "invalid_choice": _("Choose groups that exist."),
            "invalid_pk_value": _("Choose groups that exist."),
        },
    )
    key = forms.CharField(
        label=_("Key for imports"),
        max_length=LONGEST["key"],
        required=False,
        help_text=_("The number or word by which an import finds this entry again."),
    )
    is_active = forms.BooleanField(label=_("Agents may transfer to it"), required=False, initial=True)
