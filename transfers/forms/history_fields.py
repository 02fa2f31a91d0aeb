"""The kinds of field in the filter of the history."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from transfers import tenios

_DATE_BOUNDS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 12, 31))]


class DestinationTypeField(forms.ChoiceField):
    """A type of destination, in our word or in TENIOS' word."""

    def prepare_value(self, value: Any) -> Any:
        """Turn TENIOS' word into ours, so that the list shows it as chosen."""
        try:
            return tenios.from_wire(value) if value else value
        except tenios.UnknownDestinationType:
            return value

    def to_python(self, value: Any) -> str:
        """Return our word. An unknown word stays as it is and is refused later, because it is no choice."""
        return str(super().to_python(self.prepare_value(value)))


class DateField(forms.DateField):
    """A day, as `<input type="date">` sends it, in years that every time zone can represent."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(
            required=False, widget=widget, input_formats=["%Y-%m-%d"], validators=_DATE_BOUNDS, localize=False, **kwargs
        )
