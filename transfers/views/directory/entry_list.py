"""The list of the directory: what a page of it shows, and which part of that may stand in an address."""

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
"""A text with that many digits may be a number, and no number stands in an address."""

KINDS: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("All")),
    (EntryKind.PERSON, gettext_lazy("People")),
    (EntryKind.TEAM, gettext_lazy("Teams")),
    (EntryKind.LINE, gettext_lazy("Lines")),
]


def may_look(user: User) -> bool:
    """Tell whether a person has anything to do with the directory: keeps it, or transfers calls."""
    return user.has_perm(MANAGE) or user.has_perm(KEEP_OWN)


def read_filter(data: QueryDict, user: User) -> ListFilter:
    """Read what is wished out of a query or a form; what makes no sense is left out, nothing is refused."""
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
    """Return the page that is wished for, 1 for what is no number."""
    page = data.get("page", "")
    return int(page) if page.isascii() and page.isdigit() and len(page) < 9 else 1


def scopes_of(user: User) -> list[str]:
    """Return the lists a person has, the one that opens by itself first."""
    scopes = [listing.SHARED] if user.has_perm(MANAGE) else [listing.OWN, listing.SHARED]
    return [*scopes, listing.OWN] if user.has_perm(MANAGE) and user.has_perm(KEEP_OWN) else scopes


def query_of(wished: ListFilter, user: User) -> str:
    """Spell a filter as a query, without what goes without saying and without what may be a number."""
    text = "" if sum(char.isdigit() for char in wished.text) >= FEWEST_DIGITS else wished.text
    scope = "" if wished.scope == scopes_of(user)[0] else wished.scope
    page = str(wished.page) if wished.page > 1 else ""
    fields = {"scope": scope, "q": text, "kind": wished.kind, "department": wished.department, "state": wished.state}
    return urlencode({name: value for name, value in {**fields, "page": page}.items() if value})


def is_fit_for_address(wished: ListFilter) -> bool:
    """Tell whether an address can hold all of a filter: whether its text is surely no number."""
    return sum(char.isdigit() for char in wished.text) < FEWEST_DIGITS


def list_address(wished: ListFilter, user: User) -> str:
    """Return the address of a list."""
    query = query_of(wished, user)
    address = reverse("transfers:directory")
    return f"{address}?{query}" if query else address


def list_context(user: User, wished: ListFilter) -> dict[str, Any]:
    """Return what the list and its filter show."""
    page = listing.list_entries(user=user, wished=wished)
    return {
        "listing": page,
        "kinds": [(value, label, page.kinds.get(value, sum(page.kinds.values()))) for value, label in KINDS],
        "scopes": scopes_of(user),
        "query": query_of(page.filter, user),
        "export_fields": {
            "scope": wished.scope,
            "q": wished.text,
            "kind": wished.kind,
            "department": wished.department,
            "state": wished.state,
        }.items(),
        "may_manage": user.has_perm(MANAGE),
        "sip_users_waiting": sip_users.read_fetch_state().waiting_count if user.has_perm(MANAGE) else 0,
        "may_keep_own": user.has_perm(KEEP_OWN),
    }


def _printable(text: str) -> str:
    return "".join(char for char in text[:LONGEST_TEXT] if char.isprintable()).strip()
