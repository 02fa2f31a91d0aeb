"""The form of an entry of the directory. Fields are read here; whether the entry can be, `directory` judges."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from transfers.directory import EntryData
from transfers.directory.entry_check import LONGEST, known_time_zones
from transfers.directory.role_names import ROLE_NAMES
from transfers.forms.directory_fields import LONGEST_TEXT, DaysOffField, HoursField, TagsField
from transfers.models import DirectoryEntry, EntryKind

SHARED_ONLY = ("team", "audience", "key")
FIELD_OF_PROBLEM = {"team_id": "team"}
LONGEST_LIST = 20_000


class AudienceField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """The groups that may use an entry, the roles in the words of the product."""

    def label_from_instance(self, obj: Any) -> str:
        """Name a group."""
        return str(ROLE_NAMES.get(obj.name, obj.name))


class EntryForm(forms.Form):
    """Everything of an entry but its addresses; a personal one has fewer fields.

    `version` is that of the entry the form was made from: with it the writer sees that somebody else was faster.
    """

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

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        is_personal: bool,
        entry: DirectoryEntry | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial, auto_id="entry_%s")
        if is_personal:
            for name in SHARED_ONLY:
                del self.fields[name]
            kinds = [choice for choice in EntryKind.choices if choice[0] != EntryKind.TEAM]
            self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
            self.fields["is_active"].label = _("Show it in the picker")
            return
        teams = DirectoryEntry.objects.shared().filter(kind=EntryKind.TEAM).exclude(pk=entry.pk if entry else 0)
        self.fields["team"].queryset = teams.order_by("search_text")  # type: ignore[attr-defined]
        self.fields["audience"].queryset = Group.objects.order_by("name")  # type: ignore[attr-defined]

    @classmethod
    def of_entry(cls, entry: DirectoryEntry, data: EntryData) -> "EntryForm":
        """Show an entry as it is."""
        names = ("kind", "name", "department", "tags", "note", "hours", "time_zone", "days_off", "key", "is_active")
        initial = {name: getattr(data, name) for name in names} | {"version": entry.version}
        initial |= {"team": data.team_id, "audience": list(data.audience)}
        return cls(is_personal=entry.owner_id is not None, entry=entry, initial=initial)

    def as_typed(self, *, entry: DirectoryEntry | None) -> "EntryForm":
        """Return a form that shows what was posted, without judging it."""
        values = {name: self[name].value() for name in self.fields}
        return EntryForm(is_personal="team" not in self.fields, entry=entry, initial=values)

    def with_version(self, version: int) -> "EntryForm":
        """Return the same form, to be saved over that version."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["version"] = str(version)
        self.data = data
        return self

    def entry_data(self, addresses: Any) -> EntryData:
        """Return what the form says; only for a valid one."""
        values = self.cleaned_data
        team = values.get("team")
        return EntryData(
            **{name: values[name] for name in ("kind", "name", "department", "tags", "note", "hours", "time_zone")},
            is_active=values["is_active"],
            team_id=team.pk if team else None,
            audience=frozenset(group.pk for group in values.get("audience", [])),
            key=values.get("key", ""),
            addresses=addresses,
            days_off=values["days_off"],
        )

    def add_problems(self, problems: dict[str, str]) -> None:
        """Show why the entry was refused, beside the fields; those of addresses belong to their rows."""
        for name, problem in problems.items():
            if not name.startswith("addresses"):
                field = FIELD_OF_PROBLEM.get(name, name)
                self.add_error(field if field in self.fields else None, problem)


def european_time_zones() -> list[str]:
    """Return the names that are offered while typing; every other IANA name may be typed."""
    return sorted(name for name in known_time_zones() if name.startswith("Europe/"))
