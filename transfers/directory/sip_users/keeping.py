"""Stores what a fetch returned: rows of SIP users, linked to entries by address. No entry is changed.

In transactions of at most `BATCH` users, because on SQLite a long one would block every transfer. A reader may see some
users as they were before. If a fetch is interrupted, the next one stores the rest.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from transfers.directory.entry_check import LONGEST, LONGEST_LABEL
from transfers.directory.sip_users.comparison import Facts, facts_from, merge_base
from transfers.directory.sip_users.review import local_facts
from transfers.directory.tidying import tidy
from transfers.models import Destination, DestinationType, SipUser
from transfers.tenios import SipUser as RemoteUser
from transfers.tenios import SipUsers

BATCH = 100
PLAIN_FIELDS = ["email", "remote", "remote_since", "gone_at", "base"]
FIELDS = [*PLAIN_FIELDS, "entry"]


def keep_sip_users(fetched: SipUsers, *, at: datetime) -> None:
    """Store what TENIOS listed at this moment. Only a whole list proves that a user is gone.

    A user who is gone and has no entry is deleted.
    """
    remote = {user.user_name: user for user in fetched.users}
    names = list(remote)
    if fetched.is_whole:
        known = SipUser.objects.order_by("pk").values_list("user_name", flat=True)
        names += [user_name for user_name in known if user_name not in remote]
    for start in range(0, len(names), BATCH):
        with transaction.atomic():
            _keep_batch(names[start : start + BATCH], remote, at=at)


def facts_of(user: RemoteUser) -> Facts:
    """Return a user of TENIOS in the directory's terms. Without a name, the user name is the name."""
    name = tidy(f"{user.first_name} {user.last_name}")[: LONGEST["name"]].strip()
    return Facts(name=name or tidy(user.user_name)[: LONGEST["name"]], label=tidy(user.extension)[:LONGEST_LABEL])


def _keep_batch(names: Iterable[str], remote: Mapping[str, RemoteUser], *, at: datetime) -> None:
    user_names = set(names)
    rows = {row.user_name: row for row in SipUser.objects.filter(user_name__in=user_names).select_related("entry")}
    destinations = _destinations_of(user_names)
    entry_ids = {row.entry_id for row in rows.values()} | {each.entry_id for each in destinations.values()}
    addresses = _addresses_of(entry_ids)
    changed = []
    for user_name in user_names:
        row = rows.get(user_name) or SipUser(user_name=user_name, remote={}, remote_since=at)
        before = _state(row)
        _set_remote(row, remote.get(user_name), at=at)
        _set_entry(row, destinations.get(user_name))
        _set_base(row, addresses.get(row.entry_id or 0, []))
        if row.entry_id is None and row.gone_at:
            SipUser.objects.filter(user_name=user_name).delete()
        elif _state(row) != before:
            changed.append(_without_pk(row))
    SipUser.objects.bulk_create(changed, update_conflicts=True, unique_fields=["user_name"], update_fields=FIELDS)


def _state(row: SipUser) -> tuple[object, ...]:
    return (row.email, row.remote, row.gone_at, row.entry_id, row.base)


def _without_pk(row: SipUser) -> SipUser:
    """Return a copy that is saved by its user name. Fields that are not in `FIELDS` keep their stored values."""
    values = {name: getattr(row, name) for name in PLAIN_FIELDS}
    return SipUser(user_name=row.user_name, entry_id=row.entry_id, **values)


def _set_remote(row: SipUser, user: RemoteUser | None, *, at: datetime) -> None:
    facts = facts_of(user).as_json() if user else {**row.remote, "is_there": False}
    if facts != row.remote:
        row.remote, row.remote_since = facts, at
    if user:
        row.email, row.gone_at = user.email, None
    elif row.gone_at is None:
        row.gone_at = at


def _set_entry(row: SipUser, destination: Destination | None) -> None:
    """Link the shared entry that has the address now."""
    if destination is None or destination.entry_id == row.entry_id:
        return
    if row.entry_id is None:
        row.base = None  # somebody added the entry by hand: what it says counts as edited
    row.entry = destination.entry


def _set_base(row: SipUser, addresses: list[Destination]) -> None:
    old = facts_from(row.base) if row.base else None
    base = merge_base(remote=facts_from(row.remote), base=old, local=local_facts(row, addresses))
    row.base = base.as_json() if base else None


def _destinations_of(user_names: set[str]) -> dict[str, Destination]:
    known = Destination.objects.filter(owner=None, destination_type=DestinationType.SIP_USER, address__in=user_names)
    return {each.address: each for each in known.select_related("entry")}


def _addresses_of(entry_ids: set[int | None]) -> dict[int, list[Destination]]:
    found: dict[int, list[Destination]] = {}
    for destination in Destination.objects.filter(entry__in=entry_ids - {None}).order_by("position", "pk"):
        found.setdefault(destination.entry_id, []).append(destination)
    return found
