"""The tags and filters that all templates use: icons, states, destinations, phone numbers, durations and controls."""

import re
from functools import lru_cache

import phonenumbers
from django import template
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from transfers.base.durations import write_duration
from transfers.templatetags._looks import CALL_STATES, DESTINATION_TYPES, LEVELS, OUTCOMES, Look, look_of

register = template.Library()

WITHHELD = {"", "anonymous"}
E164 = re.compile(r"\+[1-9]\d{5,14}", re.ASCII)


# Cached, because a list draws a few different icons, each many times.
@register.simple_tag
@lru_cache(maxsize=1_024)
def icon(name: str, size: str = "", extra_class: str = "") -> SafeString:
    """Draw an icon of templates/_icons.html, hidden from screen readers. `size` is "sm", "lg" or "" (18 px)."""
    classes = " ".join(part for part in ("icon", size and f"icon--{size}", extra_class) if part)
    return format_html('<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', classes, name)


def _state(*, state: str, look: Look, chip: bool) -> SafeString:
    name, word = look
    return format_html(
        '<span class="state is-{}{}">{}<span class="truncate">{}</span></span>',
        state,
        " state--chip" if chip else "",
        icon(name),
        word,
    )


@register.simple_tag
def call_state(state: str, *, chip: bool = False) -> SafeString:
    """Show icon and word of a call's state: one of `CallState`, or `transferring`, `transferred`."""
    return _state(state=state, look=look_of(state, CALL_STATES), chip=chip)


@register.simple_tag
def call_level(level: str) -> SafeString:
    """Mark a duration that is long (`amber`) or too long (`red`). Any other level shows nothing."""
    if level not in LEVELS:
        return SafeString()
    name, word = LEVELS[level]
    return format_html('<span class="call-level">{}<span class="sr-only">{} </span></span>', icon(name, "sm"), word)


@register.simple_tag
def outcome(state: str, *, chip: bool = False) -> SafeString:
    """Show icon and word of a transfer's state."""
    return _state(state=state, look=look_of(state, OUTCOMES), chip=chip)


@register.simple_tag
def outcome_icon(state: str) -> SafeString:
    """Draw only the icon of a transfer's state. The template must write the word beside it."""
    return icon(look_of(state, OUTCOMES)[0])


@register.filter
def outcome_word(state: str) -> str:
    """Return the word for a transfer's state in the reader's language."""
    return str(look_of(state, OUTCOMES)[1])


@register.simple_tag
def dest_type(type_: str, *, icon_only: bool = False) -> SafeString:
    """Show icon and word of a destination's type. With `icon_only`, only screen readers get the word."""
    name, word = look_of(type_, DESTINATION_TYPES)
    return _dest_type(name, str(word), icon_only=icon_only)


@lru_cache(maxsize=64)
def _dest_type(name: str, word: str, *, icon_only: bool) -> SafeString:
    shown = format_html('<span class="sr-only">{} </span>', word) if icon_only else word
    return format_html('<span class="dest-type">{}{}</span>', icon(name), shown)


@register.filter
def phone(number: str | None) -> str:
    """Group the digits of a number in E.164 with no-break spaces. Any other text stays as it is.

    >>> phone("+4922147105630")
    '+49 221 47105630'
    """
    if (number or "").strip().lower() in WITHHELD:
        return _("Number withheld")
    number = str(number)
    return _group(number) if E164.fullmatch(number) else number


# Cached, because a row shows its caller twice, and a board has only a few other numbers.
@lru_cache(maxsize=4_096)
def _group(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL).replace(" ", "\u00a0")


@register.simple_tag
@lru_cache(maxsize=64)
def kbd(key: str) -> SafeString:
    """Draw a key of the keyboard."""
    return format_html('<kbd class="kbd">{}</kbd>', key)


@register.simple_tag
def duration(seconds: float | None) -> str:
    """Write seconds as mm:ss, or h:mm:ss from one hour on. None writes nothing, a negative value 00:00."""
    return write_duration(seconds)


@register.filter
def initials(name: str) -> str:
    """Return the first letters of the first and the last word of a name, for the avatar."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def control(field: BoundField) -> SafeString:
    """Draw the control of a form field with our CSS class. Django adds the aria attributes."""
    classes = {"checkbox": "", "radio": "", "select": "select"}
    css_class = classes.get(getattr(field.field.widget, "input_type", "textarea"), "input")
    return field.as_widget(attrs={"class": css_class} if css_class else None)
