"""What the templates show for a state, a type, a number, a key. Each mapping stands here and nowhere else.

Words that the database knows come from the choices of the models; this module adds the icon and the class `is-<state>`,
whose colours stand in static/css/components.css: shape, word and colour always come together.
"""

import re
from functools import lru_cache

import phonenumbers
from django import template
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from transfers.base.durations import write_duration
from transfers.calls import Level
from transfers.models import CallState, DestinationType, TransferState

register = template.Library()

Look = tuple[str, str | Promise]  # icon, word

CALL_STATES: dict[str, Look] = {
    CallState.RINGING: ("ringing", CallState.RINGING.label),
    CallState.MENU: ("menu", CallState.MENU.label),
    CallState.FORWARDING: ("forwarding", CallState.FORWARDING.label),
    CallState.CONNECTED: ("connected", CallState.CONNECTED.label),
    CallState.ENDED: ("ended", CallState.ENDED.label),
    "transferring": ("transfer", gettext_lazy("Transferring")),
    "transferred": ("transferred", gettext_lazy("Transferred")),
}
OUTCOMES: dict[str, Look] = {
    TransferState.REQUESTED: ("queue", TransferState.REQUESTED.label),
    TransferState.SENDING: ("send", TransferState.SENDING.label),
    TransferState.ACCEPTED: ("transfer", TransferState.ACCEPTED.label),
    TransferState.ANSWERED: ("check-circle", TransferState.ANSWERED.label),
    TransferState.NOT_ANSWERED: ("missed", TransferState.NOT_ANSWERED.label),
    TransferState.REJECTED: ("x-circle", TransferState.REJECTED.label),
    TransferState.NOT_SENT: ("alert", TransferState.NOT_SENT.label),
    TransferState.EXPIRED: ("alert", TransferState.NOT_SENT.label),
    TransferState.CANCELLED: ("undo", TransferState.CANCELLED.label),
    TransferState.UNKNOWN: ("unknown", TransferState.UNKNOWN.label),
    TransferState.NOT_EXECUTED: ("x", TransferState.NOT_EXECUTED.label),
}
DESTINATION_TYPES: dict[str, Look] = {
    DestinationType.EXTERNAL_NUMBER: ("phone", DestinationType.EXTERNAL_NUMBER.label),
    DestinationType.SIP_USER: ("headset", DestinationType.SIP_USER.label),
    DestinationType.SIP_TRUNK: ("trunk", DestinationType.SIP_TRUNK.label),
}
LEVELS: dict[str, Look] = {
    Level.AMBER: ("clock", gettext_lazy("Long")),
    Level.RED: ("alert", gettext_lazy("Too long")),
}
WITHHELD = {"", "anonymous"}
E164 = re.compile(r"\+[1-9]\d{5,14}", re.ASCII)


# A list draws few different ones, each many times.
@register.simple_tag
@lru_cache(maxsize=1_024)
def icon(name: str, size: str = "", extra_class: str = "") -> SafeString:
    """Draw a symbol of templates/_icons.html, hidden from screen readers. Sizes: "sm", "lg", else 18 px."""
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
    """Show the state of a call: those of `CallState`, and `transferring`, `transferred`."""
    return _state(state=state, look=CALL_STATES.get(state, ("question", state)), chip=chip)


@register.simple_tag
def call_level(level: str) -> SafeString:
    """Mark a duration that has become long (`amber`) or too long (`red`); nothing for any other."""
    if level not in LEVELS:
        return SafeString()
    name, word = LEVELS[level]
    return format_html('<span class="call-level">{}<span class="sr-only">{} </span></span>', icon(name, "sm"), word)


@register.simple_tag
def outcome(state: str, *, chip: bool = False) -> SafeString:
    """Show the state of a transfer."""
    return _state(state=state, look=OUTCOMES.get(state, ("question", state)), chip=chip)


@register.simple_tag
def outcome_icon(state: str) -> SafeString:
    """Draw the icon of a transfer's state alone; the word must stand beside it."""
    return icon(OUTCOMES.get(state, ("question", state))[0])


@register.filter
def outcome_word(state: str) -> str:
    """Name a transfer's state in the person's language."""
    return str(OUTCOMES.get(state, ("question", state))[1])


@register.simple_tag
def dest_type(type_: str, *, icon_only: bool = False) -> SafeString:
    """Show the type of a destination; with `icon_only` its word is there for screen readers alone."""
    name, word = DESTINATION_TYPES.get(type_, ("question", type_))
    return _dest_type(name, str(word), icon_only=icon_only)


@lru_cache(maxsize=64)
def _dest_type(name: str, word: str, *, icon_only: bool) -> SafeString:
    shown = format_html('<span class="sr-only">{} </span>', word) if icon_only else word
    return format_html('<span class="dest-type">{}{}</span>', icon(name), shown)


@register.filter
def phone(number: str | None) -> str:
    """Group a number in E.164 for reading, held together by no-break spaces. Anything else is returned as it is.

    >>> phone("+4922147105630")
    '+49 221 47105630'
    """
    if (number or "").strip().lower() in WITHHELD:
        return _("Number withheld")
    number = str(number)
    return _group(number) if E164.fullmatch(number) else number


# A row shows its caller twice, and a board has few other numbers.
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
    """Draw a keycap."""
    return format_html('<kbd class="kbd">{}</kbd>', key)


@register.simple_tag
def duration(seconds: float | None) -> str:
    """Write seconds as mm:ss, from one hour on as h:mm:ss; nothing for None; 00:00 when clocks disagree."""
    return write_duration(seconds)


@register.filter
def initials(name: str) -> str:
    """Return the first letters of the first and the last word, for the avatar."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def control(field: BoundField) -> SafeString:
    """Draw the control of a form field in the look of the house; Django adds the aria attributes."""
    looks = {"checkbox": "", "radio": "", "select": "select"}
    look = looks.get(getattr(field.field.widget, "input_type", "textarea"), "input")
    return field.as_widget(attrs={"class": look} if look else None)
