"""Keeping what a fetch brought: rows of SIP users, whose entries are found by their address. No entry is touched.

In small transactions, each of some hundredths of a second: on SQLite a long one would hold up every transfer. Who reads
in between sees some users as they were before; a fetch that is broken off is made good by the next one.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from transfers.directory.entry_check import LONGEST, LONGEST_LABEL, tidy
from transfers.directory.sip_users.comparison import Facts, agree, facts_from
from transfers.directory.sip_users.review import held_facts
from transfers.models import Destination, DestinationType, SipUser
from transfers.tenios import SipUser as ToldUser
from transfers.tenios import SipUsers

BATCH = 100
PLAIN_FIELDS = ["email", "told", "told_at", "gone_at", "followed"]
KEPT_FIELDS = [*PLAIN_FIELDS, "entry"]


def keep_sip_users(found: SipUsers, *, at: datetime) -> None:
    """Write what TENIOS told at this moment. Only a whole list says that somebody is gone.

    Who is gone and has no entry is forgotten.
    """
    told = {user.user_name: user for user in found.users}
    names = list(told)
    if found.is_whole:
        known = SipUser.objects.order_by("pk").values_list("user_name", flat=True)
        names += [user_name for user_name in known if user_name not in told]
    for start in range(0, len(names), BATCH):
        with transaction.atomic():
            _keep_batch(names[start : start + BATCH], told, at=at)


def facts_of(user: ToldUser) -> Facts:
    """Return what TENIOS said of a user in the directory's words; who has no name is called by the user name."""
    name = tidy(f"{user.first_name} {user.last_name}")[: LONGEST["name"]].strip()
    return Facts(name=name or tidy(user.user_name)[: LONGEST["name"]], label=tidy(user.extension)[:LONGEST_LABEL])


def _keep_batch(names: Iterable[str], told: Mapping[str, ToldUser], *, at: datetime) -> None:
    wanted = set(names)
    rows = {row.user_name: row for row in SipUser.objects.filter(user_name__in=wanted).select_related("entry")}
    holders = _entries_holding(wanted)
    addresses = _addresses_of({*(row.entry_id for row in rows.values()), *(each.entry_id for each in holders.values())})
    kept = []
    for user_name in wanted:
        row = rows.get(user_name) or SipUser(user_name=user_name, told={}, told_at=at)
        before = _state(row)
        _take_over(row, told.get(user_name), at=at)
        _find_entry(row, holders.get(user_name))
        _settle(row, addresses.get(row.entry_id or 0, []))
        if row.entry_id is None and row.gone_at:
            SipUser.objects.filter(user_name=user_name).delete()
        elif _state(row) != before:
            kept.append(_without_pk(row))
    SipUser.objects.bulk_create(kept, update_conflicts=True, unique_fields=["user_name"], update_fields=KEPT_FIELDS)


def _state(row: SipUser) -> tuple[object, ...]:
    return (row.email, row.told, row.gone_at, row.entry_id, row.followed)


def _without_pk(row: SipUser) -> SipUser:
    """Return the same to be written by its name; what is not among `KEPT_FIELDS` stays in the row as it is."""
    values = {name: getattr(row, name) for name in PLAIN_FIELDS}
    return SipUser(user_name=row.user_name, entry_id=row.entry_id, **values)


def _take_over(row: SipUser, user: ToldUser | None, *, at: datetime) -> None:
    facts = facts_of(user).as_json() if user else {**row.told, "is_there": False}
    if facts != row.told:
        row.told, row.told_at = facts, at
    if user:
        row.email, row.gone_at = user.email, None
    elif row.gone_at is None:
        row.gone_at = at


def _find_entry(row: SipUser, holder: Destination | None) -> None:
    """Find the shared entry by the address; who keeps the address elsewhere now belongs there."""
    if holder is None or holder.entry_id == row.entry_id:
        return
    if row.entry_id is None:
        row.followed = None  # added by hand, perhaps once more: what it says now is what somebody wanted
    row.entry = holder.entry


def _settle(row: SipUser, addresses: list[Destination]) -> None:
    """Let what both sides agree on count as followed."""
    followed = facts_from(row.followed) if row.followed else None
    agreed = agree(told=facts_from(row.told), followed=followed, held=held_facts(row, addresses))
    row.followed = agreed.as_json() if agreed else None


def _entries_holding(user_names: set[str]) -> dict[str, Destination]:
    known = Destination.objects.filter(owner=None, destination_type=DestinationType.SIP_USER, address__in=user_names)
    return {each.address: each for each in known.select_related("entry")}


def _addresses_of(entry_ids: set[int | None]) -> dict[int, list[Destination]]:
    found: dict[int, list[Destination]] = {}
    for destination in Destination.objects.filter(entry__in=entry_ids - {None}).order_by("position", "pk"):
        found.setdefault(destination.entry_id, []).append(destination)
    return found
