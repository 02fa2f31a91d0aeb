"""The form behind the button "Transfer": where to, a note, and the key that makes it count once."""

from django import forms
from django.utils.translation import gettext_lazy as _

from transfers import tenios
from transfers.forms.picker_form import INCOMPLETE, PickerForm


class TransferForm(PickerForm):
    """The fields of `POST /calls/<call_uuid>/transfer/` (docs/interface.md).

    After `is_valid()`, `cleaned_data` holds `destination_type` (our word), `destination` (as it was typed),
    `directory_id` (None for what was typed), `note` and `request_key` (`UUID`).
    """

    address_field = "destination"
    field_order = ("destination_type", "destination", "directory_id", "note", "request_key")

    destination_type = forms.CharField(
        widget=forms.HiddenInput, error_messages={"required": _("Choose a destination first.")}
    )
    destination = forms.CharField(
        max_length=128,
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Choose a destination first."),
            "max_length": _("This destination is too long."),
        },
    )
    directory_id = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput, error_messages=INCOMPLETE)

    def clean_destination_type(self) -> str:
        """Turn the wire spelling (`EXTERNALNUMBER`, ...) into our word."""
        try:
            return tenios.from_wire(self.cleaned_data["destination_type"])
        except tenios.UnknownDestinationType:
            raise forms.ValidationError(_("Choose a phone number, a SIP user or a SIP trunk.")) from None
