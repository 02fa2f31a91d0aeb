"""A three-way merge for one SIP user: what TENIOS says, what the directory has, and what both had in common before.

Without a database. `remote` is what TENIOS says now. `local` is what the directory has. `base` is what TENIOS said when
the directory last took it over. A field is taken over only if `local` equals `base`: otherwise somebody edited it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

FIELDS = ("is_there", "name", "label")


class Kind(StrEnum):
    """The result of a comparison. The first three wait for a decision; `left_out` was once decided against."""

    GONE = "gone"
    CHANGED = "changed"
    NEW = "new"
    KEPT = "kept"
    LEFT_OUT = "left_out"
    SAME = "same"


WAITING = (Kind.GONE, Kind.CHANGED, Kind.NEW)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A SIP user in the directory's terms. `label` is the extension. `is_there` is false if gone or switched off."""

    name: str
    label: str = ""
    is_there: bool = True

    def as_json(self) -> dict[str, Any]:
        """Return the facts as a row stores them."""
        return asdict(self)


def facts_from(stored: Mapping[str, Any]) -> Facts:
    """Read facts as a row stores them."""
    return Facts(name=stored["name"], label=stored["label"], is_there=stored["is_there"])


@dataclass(frozen=True)
class Difference:
    """One field: what the directory has, and what TENIOS says."""

    field: str
    local: Any
    remote: Any


@dataclass(frozen=True)
class Finding:
    """The result for one user: `follows` can be taken over, `kept` differs because somebody edited it."""

    kind: Kind
    follows: tuple[Difference, ...] = ()
    kept: tuple[Difference, ...] = ()


def compare(*, remote: Facts, base: Facts | None, local: Facts | None) -> Finding:
    """Compare one user. `base` is None if the directory never took them over, `local` is None without an entry."""
    if local is None:
        return Finding(_kind_without_entry(remote, base))
    differences = _differences(remote, local)
    follows = tuple(each for each in differences if base and getattr(base, each.field) == each.local)
    kept = tuple(each for each in differences if each not in follows)
    return Finding(_kind(follows, kept), follows, kept)


def merge_base(*, remote: Facts, base: Facts | None, local: Facts | None) -> Facts | None:
    """Return the base from now on: the old one, with each field in which both sides agree.

    If an entry exists before TENIOS reports the user, every difference counts as edited by hand.
    """
    if local is None:
        return base
    if base is None:
        return replace(remote, is_there=True)
    agreed = {name: getattr(remote, name) for name in FIELDS if getattr(remote, name) == getattr(local, name)}
    return replace(base, **agreed)


def _kind_without_entry(remote: Facts, base: Facts | None) -> Kind:
    if not remote.is_there:
        return Kind.SAME
    return Kind.NEW if base is None else Kind.LEFT_OUT


def _differences(remote: Facts, local: Facts) -> list[Difference]:
    # TENIOS says nothing more about a user who is gone.
    fields = FIELDS if remote.is_there else ("is_there",)
    pairs = [Difference(name, getattr(local, name), getattr(remote, name)) for name in fields]
    return [each for each in pairs if each.local != each.remote]


def _kind(follows: tuple[Difference, ...], kept: tuple[Difference, ...]) -> Kind:
    if any(each.field == "is_there" and not each.remote for each in follows):
        return Kind.GONE
    if follows:
        return Kind.CHANGED
    return Kind.KEPT if kept else Kind.SAME
