"""The list of the directory: its filter, its address, and the context of its template."""

from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from transfers.directory import listing, sip_users
from transfers.directory.editing import KEEP_OWN, MANAGE
from transfers.directory.listing import ListFilter
from transfers.models import EntryKind, User

LONGEST_TEXT = 128
FEWEST_DIGITS = 4
"""A text with that many digits may be a phone number, and no phone number belongs in an address."""

KINDS: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("All")),
    (EntryKind.PERSON, gettext_lazy("People")),
    (EntryKind.TEAM, gettext_lazy("Teams")),
    (EntryKind.LINE, gettext_lazy("Lines")),
]


def may_see_directory(user: User) -> bool:
    """Tell whether a person may see the directory: because they manage it, or because they transfer calls."""
    return user.has_perm(MANAGE) or user.has_perm(KEEP_OWN)


def read_filter(data: QueryDict, user: User) -> ListFilter:
    """Read a filter from a query string or a form. Invalid values are ignored."""
    scopes = scopes_of(user)
    scope, kind, state = data.get("scope", ""), data.get("kind", ""), data.get("state", "")
    return ListFilter(
        scope=scope if scope in scopes else scopes[0],
        text=_printable(data.get("q", "")),
        kind=kind if kind in EntryKind.values else "",
        department=_printable(data.get("department", "")),
        state=state if state in listing.STATES else "",
        page=read_page_number(data),
    )


def read_page_number(data: QueryDict) -> int:
    """Return the requested page, 1 if it is not a number."""
    page = data.get("page", "")
    return int(page) if page.isascii() and page.isdigit() and len(page) < 9 else 1


def scopes_of(user: User) -> list[str]:
    """Return the lists a person may see, the default one first."""
    scopes = [listing.SHARED] if user.has_perm(MANAGE) else [listing.OWN, listing.SHARED]
    return [*scopes, listing.OWN] if user.has_perm(MANAGE) and user.has_perm(KEEP_OWN) else scopes


def query_string(query: ListFilter, user: User) -> str:
    """Write a filter as a query string, without defaults and without a text that may be a phone number."""
    text = "" if sum(char.isdigit() for char in query.text) >= FEWEST_DIGITS else query.text
    scope = "" if query.scope == scopes_of(user)[0] else query.scope
    page = str(query.page) if query.page > 1 else ""
    fields = {"scope": scope, "q": text, "kind": query.kind, "department": query.department, "state": query.state}
    return urlencode({name: value for name, value in {**fields, "page": page}.items() if value})


def is_fit_for_address(query: ListFilter) -> bool:
    """Tell whether the whole filter may be part of an address: whether its text cannot be a phone number."""
    return sum(char.isdigit() for char in query.text) < FEWEST_DIGITS


def list_address(query: ListFilter, user: User) -> str:
    """Return the address of a list."""
    text = query_string(query, user)
    address = reverse("transfers:directory")
    return f"{address}?{text}" if text else address


def list_context(user: User, query: ListFilter) -> dict[str, Any]:
    """Return the template context of the list and its filter."""
    page = listing.list_entries(user=user, query=query)
    return {
        "listing": page,
        "kinds": [(value, label, page.kinds.get(value, sum(page.kinds.values()))) for value, label in KINDS],
        "scopes": scopes_of(user),
        "query": query_string(page.filter, user),
        "export_fields": {
            "scope": query.scope,
            "q": query.text,
            "kind": query.kind,
            "department": query.department,
            "state": query.state,
        }.items(),
        "may_manage": user.has_perm(MANAGE),
        "sip_users_waiting": sip_users.read_fetch_state().waiting_count if user.has_perm(MANAGE) else 0,
        "may_keep_own": user.has_perm(KEEP_OWN),
    }


def _printable(text: str) -> str:
    return "".join(char for char in text[:LONGEST_TEXT] if char.isprintable()).strip()
