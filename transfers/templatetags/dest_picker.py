"""Filters for the picker's templates: titles, form values, numbers in groups, short times."""

from datetime import datetime
from functools import lru_cache

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from transfers import tenios
from transfers.destination_policy import country_name
from transfers.directory import Closed, Option
from transfers.directory.availability import Availability
from transfers.operations.connection_report import age_text
from transfers.templatetags.transferdesk import duration, phone

register = template.Library()

GROUPS: dict[str, str | Promise] = {
    "last_time": gettext_lazy("This caller’s last time"),
    "favourites": gettext_lazy("Favourites"),
    "recent": gettext_lazy("Recent"),
    "directory": gettext_lazy("Directory"),
    "near": gettext_lazy("Nothing matches exactly. Did you mean …?"),
    "typed": gettext_lazy("As typed"),
}


@register.filter
def group_title(kind: str) -> str:
    """Return the title of a group of the list."""
    return str(GROUPS[kind])


@register.filter
def wire_type(destination_type: str) -> str:
    """Return a destination type as the form field `destination_type` has it (docs/interface.md, "Transfer")."""
    return tenios.to_wire(destination_type)


@register.filter
def spoken_name(option: Option) -> str:
    """Return the name of a destination, otherwise its number or SIP name."""
    return option.name or phone(option.address)


# Cached, because each row of the list needs it again after each typed letter.
@register.simple_tag
@lru_cache(maxsize=4_096)
def favourite_address(destination_id: int) -> str:
    """Return the address that makes a destination a favourite or removes it."""
    return reverse("transfers:set-favourite", args=[destination_id])


def _in_twos(digits: str) -> list[str]:
    """Split a local number into pairs. An odd number begins with a group of three.

    >>> _in_twos("4710563")
    ['471', '05', '63']
    """
    head = 3 if len(digits) % 2 else 2
    return [digits[:head], *(digits[at : at + 2] for at in range(head, len(digits), 2))]


@register.filter
def number_groups(number: str) -> list[str]:
    """Split a number (E.164) into groups that are short enough to compare. A SIP name stays one piece."""
    pieces = phone(number).split("\u00a0")
    if len(pieces) == 1:
        return pieces
    return [group for piece in pieces for group in (_in_twos(piece) if len(piece) > 5 else [piece])]


@register.filter
def whereabouts(option: Option) -> str:
    """Return place, if known, and country of a typed number. "" for a SIP name."""
    if option.checked is None or not option.checked.region:
        return ""
    return ", ".join(filter(None, [option.checked.place, country_name(option.checked.region)]))


@register.filter
def when_short(moment: datetime | None) -> str:
    """Write a past moment briefly: the time for today, the weekday for the last week, otherwise the date."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    days = (timezone.localdate() - local.date()).days
    if days < 1:
        return date_format(local, "H:i")
    return date_format(local, "D") if days < 7 else date_format(local, "SHORT_DATE_FORMAT")


@register.filter
def opens_when(closed: Closed) -> str:
    """Write the next opening in the reader's time zone: "today 13:00", "Mon 8:00", "2 January 8:00". "" if unknown."""
    if closed.opens_at is None:
        return ""
    local = timezone.localtime(closed.opens_at)
    days = (local.date() - timezone.localdate()).days
    clock = date_format(local, "H:i")
    if days < 1:
        return _("today %(time)s") % {"time": clock}
    day = date_format(local, "D") if days < 7 else date_format(local, "SHORT_DATE_FORMAT")
    return f"{day} {clock}"


@register.filter
def running(started_at: datetime) -> str:
    """Write how long ago a moment was, as a duration (mm:ss)."""
    return duration((timezone.now() - started_at).total_seconds())


@register.filter
def availability_said(availability: Availability) -> str:
    """Say, in lower case, what TENIOS reported about an agent and how old the report is. Too old counts as unknown."""
    age = {"age": age_text(availability.reported_at)}
    if availability.is_away:
        return _("not available (as of %(age)s)") % age
    if availability.is_available:
        return _("available (as of %(age)s)") % age
    return _("unknown whether available (last report %(age)s)") % age
