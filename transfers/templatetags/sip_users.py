"""Texts of the page on which people decide about TENIOS' SIP users."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from transfers.directory.sip_users import Difference, FetchState, Kind, ReviewItem
from transfers.tenios import ReadProblem

register = template.Library()

Text = str | Promise

TITLES: dict[str, Text] = {
    Kind.GONE: gettext_lazy("Gone at TENIOS"),
    Kind.CHANGED: gettext_lazy("Changed at TENIOS"),
    Kind.NEW: gettext_lazy("New at TENIOS"),
    Kind.KEPT: gettext_lazy("Kept as edited here"),
    Kind.LEFT_OUT: gettext_lazy("Left out of the directory"),
}
MEANINGS: dict[str, Text] = {
    Kind.GONE: gettext_lazy("TENIOS' list does not hold them any more. What you tick is switched off, not deleted."),
    Kind.CHANGED: gettext_lazy("Nobody edited these fields here. What you tick follows TENIOS."),
    Kind.NEW: gettext_lazy("What you tick becomes a person of the shared directory, for everybody."),
    Kind.KEPT: gettext_lazy(
        "Somebody edited these fields here. They stay as they are until the entry is edited again."
    ),
    Kind.LEFT_OUT: gettext_lazy("They were left out or deleted here. What you tick is added all the same."),
}
PROBLEMS: dict[str, Text] = {
    ReadProblem.UNREACHABLE: gettext_lazy("TENIOS could not be reached, or did not answer to the end."),
    ReadProblem.KEY_REFUSED: gettext_lazy(
        "TENIOS refuses our access key for this list. Transfers are not stopped by it."
    ),
    ReadProblem.ASKED_TO_WAIT: gettext_lazy("TENIOS asks us to wait. Try again in some minutes."),
    ReadProblem.ERROR_ANSWER: gettext_lazy("TENIOS answered with an error."),
    ReadProblem.NOT_UNDERSTOOD: gettext_lazy("The answer of TENIOS could not be understood."),
    ReadProblem.TOO_MUCH: gettext_lazy("The list is too long, or came too slowly, to be read to its end."),
}
FIELDS: dict[str, Text] = {"name": gettext_lazy("Name"), "label": gettext_lazy("Label")}


@register.filter
def kind_title(kind: str) -> str:
    """Name a part of the page."""
    return str(TITLES[kind])


@register.filter
def kind_meaning(kind: str) -> str:
    """Say what a part of the page shows, and what ticking does there."""
    return str(MEANINGS[kind])


@register.filter
def problem_said(state: FetchState) -> str:
    """Say why the last fetch failed, with TENIOS' own code."""
    text = str(PROBLEMS.get(state.problem, state.problem))
    return f"{text} ({state.detail})" if state.detail else text


@register.filter
def consequences(item: ReviewItem) -> list[str]:
    """List what ticking an item does to the directory."""
    if item.kind in (Kind.NEW, Kind.LEFT_OUT):
        return [
            _("Is added, extension %(label)s") % {"label": item.remote.label} if item.remote.label else _("Is added")
        ]
    return [_consequence(difference, item) for difference in item.finding.follows]


def _consequence(difference: Difference, item: ReviewItem) -> str:
    if difference.field != "is_there":
        return _change_of_text(difference) % _worded(difference)
    if difference.remote:
        return _("Is back at TENIOS: can be used again")
    if item.has_other_addresses:
        return _("Loses this address and keeps its others")
    return _("Is switched off")


def _change_of_text(difference: Difference) -> str:
    if not difference.local:
        return _("%(field)s: %(new)s is added")
    return _("%(field)s: %(old)s becomes %(new)s") if difference.remote else _("%(field)s: %(old)s is taken away")


@register.filter
def kept_edits(item: ReviewItem) -> list[str]:
    """List what differs from TENIOS and stays, because somebody edited it here."""
    return [_kept(difference, item) for difference in item.finding.kept]


def _kept(difference: Difference, item: ReviewItem) -> str:
    if difference.field != "is_there":
        return _("%(field)s: here %(old)s, at TENIOS %(new)s") % _worded(difference)
    if not difference.remote:
        return _("Gone at TENIOS, in use here")
    is_off = item.entry is not None and not item.entry.is_active
    return _("Switched off here") if is_off else _("Address taken out here")


def _worded(difference: Difference) -> dict[str, str]:
    nothing = _("nothing")
    return {
        "field": str(FIELDS[difference.field]),
        "old": _quoted(difference.local) or nothing,
        "new": _quoted(difference.remote) or nothing,
    }


def _quoted(text: str) -> str:
    return _("“%(text)s”") % {"text": text} if text else ""
