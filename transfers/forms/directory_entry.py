"""The form of a directory entry. It reads the fields; `transfers.directory` decides whether the entry is valid."""

from typing import Any

from django.contrib.auth.models import Group
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from transfers.directory import EntryData
from transfers.forms.entry_fields import EntryFields
from transfers.models import DirectoryEntry, EntryKind

SHARED_ONLY = ("team", "audience", "key")
FIELD_OF_PROBLEM = {"team_id": "team"}


class EntryForm(EntryFields):
    """All fields of an entry except its addresses. A personal entry has fewer.

    `version` is the version of the entry in the form. It shows whether somebody else has saved the entry since.
    """

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
        """Return the form of an existing entry."""
        names = ("kind", "name", "department", "tags", "note", "hours", "time_zone", "days_off", "key", "is_active")
        initial = {name: getattr(data, name) for name in names} | {"version": entry.version}
        initial |= {"team": data.team_id, "audience": list(data.audience)}
        return cls(is_personal=entry.owner_id is not None, entry=entry, initial=initial)

    def as_typed(self, *, entry: DirectoryEntry | None) -> "EntryForm":
        """Return a form that shows the posted values without validating them."""
        values = {name: self[name].value() for name in self.fields}
        return EntryForm(is_personal="team" not in self.fields, entry=entry, initial=values)

    def with_version(self, version: int) -> "EntryForm":
        """Set the version that the next save replaces, and return this form."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["version"] = str(version)
        self.data = data
        return self

    def entry_data(self, addresses: Any) -> EntryData:
        """Return the entry of a valid form."""
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
        """Show the problems beside their fields, except those of addresses, which belong to their rows."""
        for name, problem in problems.items():
            if not name.startswith("addresses"):
                field = FIELD_OF_PROBLEM.get(name, name)
                self.add_error(field if field in self.fields else None, problem)
