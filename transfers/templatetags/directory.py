"""The names and values of directory fields, as its pages show them."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from transfers.directory import Hours
from transfers.directory.availability import Availability
from transfers.directory.hours.writing import write_hours
from transfers.directory.listing import ListedEntry
from transfers.directory.role_names import ROLE_NAMES
from transfers.models import EntryKind
from transfers.operations.connection_report import age_text
from transfers.templatetags._looks import Look
from transfers.templatetags.transferdesk import icon, phone

register = template.Library()

FIELDS: dict[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "kind": gettext_lazy("Kind"),
    "addresses": gettext_lazy("Addresses"),
    "department": gettext_lazy("Department"),
    "tags": gettext_lazy("Tags"),
    "note": gettext_lazy("Note"),
    "is_active": gettext_lazy("Agents may transfer to it"),
    "team": gettext_lazy("Team"),
    "audience": gettext_lazy("Who may use it"),
    "hours": gettext_lazy("Reachable"),
    "time_zone": gettext_lazy("Time zone"),
    "days_off": gettext_lazy("Closed on"),
    "key": gettext_lazy("Key for imports"),
}
KINDS: dict[str, Look] = {
    EntryKind.PERSON: ("user", EntryKind.PERSON.label),
    EntryKind.TEAM: ("users", EntryKind.TEAM.label),
    EntryKind.LINE: ("phone", EntryKind.LINE.label),
}


@register.filter
def field_name(field: str) -> str:
    """Return the name of a field of an entry."""
    return str(FIELDS.get(field, field))


@register.filter
def fact(value: Any, field: str) -> str:
    """Write a value of the change log for people. "" for no value."""
    if value is None or value == "" or value == []:
        return ""
    write = _WRITERS.get(field, str)
    return write(value)


@register.simple_tag
def entry_kind(kind: str, *, icon_only: bool = False) -> SafeString:
    """Show the kind of an entry. With `icon_only` its name is for screen readers only."""
    name, word = KINDS.get(kind, ("question", kind))
    shown = format_html('<span class="sr-only">{} </span>', word) if icon_only else word
    return format_html('<span class="dest-type">{}{}</span>', icon(name), shown)


@register.simple_tag
def entry_state(row: ListedEntry) -> SafeString:
    """Show the state of an entry: switched off, closed now, or the last availability report."""
    age = ""
    if not row.entry.is_active:
        state, name, word = "ended", "lock", _("Switched off")
    elif row.closed:
        state, name, word = "unknown", "clock", _("Closed now")
    else:
        state, name, word, age = _open_state(row.availability)
    said = format_html('{} <small class="directory-row__age">{}</small>', word, age) if age else word
    return format_html('<span class="state is-{}">{}<span>{}</span></span>', state, icon(name), said)


def _open_state(availability: Availability | None) -> tuple[str, str, str, str]:
    """Return state, icon, text and age of an entry that can be used now."""
    if availability is None:
        return "answered", "check-circle", _("Active"), ""
    age = age_text(availability.reported_at)
    if availability.is_away:
        return "unknown", "clock", _("Not available"), age
    if availability.is_available:
        return "answered", "check-circle", _("Available"), age
    return "answered", "check-circle", _("Active"), _("availability not known")


@register.simple_tag
def import_result(result: str) -> SafeString:
    """Show the result of a row of an import."""
    state, name, word = {
        "bad": ("failed", "x-circle", _("Error")),
        "changed": ("forwarding", "pencil", _("Changed")),
        "new": ("answered", "plus", _("New")),
        "unchanged": ("ended", "check", _("Unchanged")),
    }[result]
    return format_html('<span class="state is-{}">{}<span>{}</span></span>', state, icon(name), word)


def _addresses(value: list[list[str]]) -> str:
    return ", ".join(f"{phone(address)} ({label})" if label else phone(address) for _type, address, label in value)


def _hours(value: list[list[Any]]) -> str:
    return write_hours(
        Hours(day, time.fromisoformat(opens), time.fromisoformat(closes)) for day, opens, closes in value
    )


def _days(value: list[list[str]]) -> str:
    days = (f"{date_format(date.fromisoformat(day), 'SHORT_DATE_FORMAT')} {name}".strip() for day, name in value)
    return ", ".join(days)


_WRITERS: dict[str, Callable[[Any], str]] = {
    "kind": lambda value: str(KINDS[value][1]) if value in KINDS else str(value),
    "addresses": _addresses,
    "tags": ", ".join,
    "is_active": lambda value: _("yes") if value else _("no"),
    "audience": lambda value: ", ".join(str(ROLE_NAMES.get(name, name)) for name in value),
    "hours": _hours,
    "days_off": _days,
}
