"""The addresses in the form of an entry, one row each."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.translation import gettext_lazy as _

from transfers.base.phone_numbers import write_number
from transfers.destination_policy import CheckedDestination, DestinationRefused, check_destination
from transfers.directory import Address, EntryData
from transfers.directory.entry_check import LONGEST_LABEL, MOST_ADDRESSES
from transfers.models import DestinationType

PREFIX = "address"


class AddressForm(forms.Form):
    """One address. After validation `checked` is the address as it will be dialled, None if it is refused."""

    checked: CheckedDestination | None = None

    destination_type = forms.ChoiceField(
        label=_("Kind of address"), choices=DestinationType.choices, initial=DestinationType.EXTERNAL_NUMBER
    )
    address = forms.CharField(
        label=_("Number or SIP name"),
        max_length=128,
        error_messages={"required": _("Enter a number or a SIP name, or remove this row.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )
    label = forms.CharField(
        label=_("Label"),
        max_length=LONGEST_LABEL,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("mobile, desk …")}),
    )

    def clean(self) -> dict[str, Any]:
        """Check the address by the same rules as the picker and the worker."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("address") and data.get("destination_type"):
            try:
                self.checked = check_destination(destination_type=data["destination_type"], address=data["address"])
            except DestinationRefused as refusal:
                self.add_error("address", refusal.reason)
        return data


class EntryAddresses(forms.BaseFormSet):  # type: ignore[type-arg]  # generic in the stubs only
    """The rows of one entry. Empty rows and rows to remove do not count."""

    def counted(self) -> list[AddressForm]:
        """Return the rows that count, in order. Call it after validation."""
        return [row for row in self.forms if row.has_changed() and not row.cleaned_data.get(DELETION_FIELD_NAME)]

    def addresses(self) -> tuple[Address, ...]:
        """Return the addresses of the rows that count."""
        rows = (row.cleaned_data for row in self.counted())
        return tuple(Address(row["destination_type"], row["address"], row["label"]) for row in rows)

    def add_fields(self, form: AddressForm, index: int | None) -> None:
        """Name the checkbox that removes a row."""
        super().add_fields(form, index)
        form.fields[DELETION_FIELD_NAME].label = _("Remove")


AddressFormSet = forms.formset_factory(
    AddressForm,
    formset=EntryAddresses,
    extra=0,
    can_delete=True,
    max_num=MOST_ADDRESSES,
    absolute_max=MOST_ADDRESSES + 1,
)


def address_rows(data: Mapping[str, Any] | None, *, entry_data: EntryData | None = None) -> EntryAddresses:
    """Return the posted rows, or those of an entry. An entry without addresses gets an empty row."""
    if data is not None:
        return cast(EntryAddresses, AddressFormSet(data, prefix=PREFIX))
    rows = [
        {"destination_type": each.destination_type, "address": write_number(each.address), "label": each.label}
        for each in (entry_data.addresses if entry_data else ())
    ]
    return _unbound(rows, extra=0 if rows else 1)


def with_another_row(posted: EntryAddresses) -> EntryAddresses:
    """Return the rows as they were typed, not validated, and an empty one."""
    names = ("destination_type", "address", "label")
    rows = [{name: row[name].value() for name in names} for row in posted.forms]
    return _unbound([row for row in rows if row["address"]], extra=1)


def _unbound(rows: list[dict[str, Any]], *, extra: int) -> EntryAddresses:
    formset = AddressFormSet(prefix=PREFIX, initial=rows)
    formset.extra = extra
    return cast(EntryAddresses, formset)
