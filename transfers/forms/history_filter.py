"""The filter of the history, read from an address. A wrong value is an error at its field; the others still count."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from transfers.forms.history_choices import PERIOD_DAYS, PERIODS, agent_choices, destination_choices
from transfers.forms.history_fields import DateField, DestinationTypeField
from transfers.history import HistoryFilter
from transfers.models import Destination, DestinationType, TransferState, User

MAX_VALUE_LENGTH = 200
UNRESOLVED = "unresolved"
"""The value of `outcome` for `Transfer.objects.unresolved()`."""

_DIRECTORY_KEY = re.compile(r"d(\d{1,18})", re.ASCII)


def _day_begins(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())


class HistoryFilterForm(forms.Form):
    """The filters of docs/interface.md, "History and wallboard".

    Call `is_valid()`, then read `filters`: a filter that is not valid is left out.

    `destination` is `d<id>` for an entry of the directory (no address contains its number), else a number or SIP name.
    A `period` other than "dates" wins over `from` and `to`. Days are those of `settings.TIME_ZONE`, both included.
    """

    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=100)
    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False, choices=PERIODS)
    agent = forms.ChoiceField(label=gettext_lazy("Agent"), required=False)
    destination_type = DestinationTypeField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("All kinds")), *DestinationType.choices],
    )
    destination = forms.CharField(
        label=gettext_lazy("Destination"), required=False, max_length=128, widget=forms.Select
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        required=False,
        choices=[
            ("", gettext_lazy("All outcomes")),
            *TransferState.choices,
            (UNRESOLVED, gettext_lazy("Unresolved for 24 hours")),
        ],
    )
    caller = forms.RegexField(r"^[0-9a-f]{64}\Z", required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any], *, user: User) -> None:
        values = {
            name: str(data[name])[:MAX_VALUE_LENGTH] for name in [*self.base_fields, "from", "to"] if name in data
        }
        if values.get("from") or values.get("to"):
            values["period"] = values.get("period") or "dates"
        super().__init__({name: value.strip() for name, value in values.items()})
        self.fields["from"] = DateField(label=_("From"))
        self.fields["to"] = DateField(label=_("To"))
        self._user = user
        self._offer_agents(user)
        self._offer_destinations(user)

    def _offer_agents(self, user: User) -> None:
        if not user.has_perm("transfers.view_all_transfers"):
            del self.fields["agent"]
            return
        cast(forms.ChoiceField, self.fields["agent"]).choices = agent_choices()

    def _offer_destinations(self, user: User) -> None:
        choices = destination_choices(user, chosen=self.data.get("destination", ""))
        cast(forms.Select, self.fields["destination"].widget).choices = choices

    def clean_destination(self) -> tuple[str, str]:
        """Return type ("" for any) and address ("" for all destinations)."""
        text = self.cleaned_data["destination"]
        key = _DIRECTORY_KEY.fullmatch(text)
        if key is None:
            return "", text
        known = Destination.objects.visible_to(self._user)
        found = known.filter(pk=int(key[1])).values_list("destination_type", "address").first()
        if found is None:
            raise forms.ValidationError(_("This destination is not in the directory."))
        return found

    def clean(self) -> dict[str, Any]:
        """Refuse a value that contradicts another field. The other field still counts."""
        values = self.cleaned_data
        first, last = values.get("from"), values.get("to")
        if first and last and last < first and self._has_own_dates():
            self.add_error("to", _("The last day lies before the first."))
        kind, kind_of_destination = values.get("destination_type"), (values.get("destination") or ("", ""))[0]
        if kind and kind_of_destination and kind != kind_of_destination:
            self.add_error("destination_type", _("The chosen destination is of another kind."))
        return values

    def _has_own_dates(self) -> bool:
        return self.data.get("period", "") not in PERIOD_DAYS

    def _days(self) -> tuple[date | None, date | None]:
        days = PERIOD_DAYS.get(self.cleaned_data.get("period", ""))
        if days:
            today = timezone.localdate(timezone=timezone.get_default_timezone())
            return today - timedelta(days=days - 1), today
        return self.cleaned_data.get("from"), self.cleaned_data.get("to")

    @property
    def is_unresolved(self) -> bool:
        """Whether the filter asks for unresolved transfers, which is no state but a list to work through."""
        return self.cleaned_data.get("outcome") == UNRESOLVED

    @property
    def filters(self) -> HistoryFilter:
        """What to filter by. A field with an error filters nothing."""
        values = self.cleaned_data
        first, last = self._days()
        directory_type, address = values.get("destination") or ("", "")
        return HistoryFilter(
            text=values.get("q", ""),
            caller_digest=values.get("caller", ""),
            agent_id=int(values.get("agent") or 0) or None,
            destination_type=directory_type or values.get("destination_type", ""),
            destination=address,
            outcome="" if self.is_unresolved else values.get("outcome", ""),
            is_unresolved=self.is_unresolved,
            from_at=_day_begins(first) if first else None,
            until_at=_day_begins(last + timedelta(days=1)) if last else None,
        )

    def query(self, **changes: str) -> str:
        """Return the filter as the query of an address, with `changes` (name: value, "" removes)."""
        values = {**self.data, **changes}
        unused = set() if self._has_own_dates() else {"from", "to"}
        return urlencode({name: values[name] for name in self.fields if values.get(name) and name not in unused})
