"""The kinds of field that the filter of the history is made of."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from transfers import tenios

_DATE_BOUNDS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 12, 31))]


class DestinationTypeField(forms.ChoiceField):
    """Our word for a type of destination; TENIOS' own word for it is read as well."""

    def prepare_value(self, value: Any) -> Any:
        """Turn TENIOS' word into ours, for the list to show it as chosen."""
        try:
            return tenios.from_wire(value) if value else value
        except tenios.UnknownDestinationType:
            return value

    def to_python(self, value: Any) -> str:
        """Return our word; anything unknown stays, and is refused as no choice."""
        return str(super().to_python(self.prepare_value(value)))


class DateField(forms.DateField):
    """A day, as `<input type="date">` sends it, within years that can be reckoned with in every time zone."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(
            required=False, widget=widget, input_formats=["%Y-%m-%d"], validators=_DATE_BOUNDS, localize=False, **kwargs
        )
