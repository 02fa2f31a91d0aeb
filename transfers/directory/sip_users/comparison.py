"""What TENIOS says of a SIP user, against what the directory holds: new, changed, gone, or kept as edited by hand.

Pure. Three versions meet: what TENIOS says now (`told`), what it said when the directory last followed it
(`followed`), and what the directory holds (`held`). A field follows TENIOS only where nobody edited it by hand, that
is, where the directory still holds what was followed.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

FIELDS = ("is_there", "name", "label")


class Kind(StrEnum):
    """What a comparison comes to. The first three wait for a person; `left_out` was once decided against."""

    GONE = "gone"
    CHANGED = "changed"
    NEW = "new"
    KEPT = "kept"
    LEFT_OUT = "left_out"
    SAME = "same"


WAITING = (Kind.GONE, Kind.CHANGED, Kind.NEW)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A SIP user as the directory knows one: `label` is the extension; not `is_there`: gone, or not to be used."""

    name: str
    label: str = ""
    is_there: bool = True

    def as_json(self) -> dict[str, Any]:
        """Spell them as a row keeps them."""
        return asdict(self)


def facts_from(stored: Mapping[str, Any]) -> Facts:
    """Read facts as a row keeps them."""
    return Facts(name=stored["name"], label=stored["label"], is_there=stored["is_there"])


@dataclass(frozen=True)
class Difference:
    """One field: what the directory holds, and what TENIOS says."""

    field: str
    held: Any
    told: Any


@dataclass(frozen=True)
class Finding:
    """What one comparison found: `follows` would be taken over, `kept` differs and stays as it was edited."""

    kind: Kind
    follows: tuple[Difference, ...] = ()
    kept: tuple[Difference, ...] = ()


def compare(*, told: Facts, followed: Facts | None, held: Facts | None) -> Finding:
    """Compare one user. `followed` is None when the directory never followed them, `held` without an entry."""
    if held is None:
        if not told.is_there:
            return Finding(Kind.SAME)
        return Finding(Kind.NEW if followed is None else Kind.LEFT_OUT)
    differences = [Difference(name, getattr(held, name), getattr(told, name)) for name in _compared(told)]
    differences = [each for each in differences if each.held != each.told]
    base = followed or told
    follows = tuple(each for each in differences if getattr(base, each.field) == each.held)
    kept = tuple(each for each in differences if each not in follows)
    return Finding(_kind(follows, kept), follows, kept)


def agree(*, told: Facts, followed: Facts | None, held: Facts | None) -> Facts | None:
    """Return what counts as followed from now on: where both sides say the same, that.

    An entry that stood in the directory before TENIOS told of the user counts as edited by hand in all that differs.
    """
    if held is None:
        return followed
    if followed is None:
        return replace(told, is_there=True)
    same = {name: getattr(told, name) for name in FIELDS if getattr(told, name) == getattr(held, name)}
    return replace(followed, **same)


def _compared(told: Facts) -> tuple[str, ...]:
    return FIELDS if told.is_there else ("is_there",)  # of who is gone TENIOS says nothing more


def _kind(follows: tuple[Difference, ...], kept: tuple[Difference, ...]) -> Kind:
    if any(each.field == "is_there" and not each.told for each in follows):
        return Kind.GONE
    if follows:
        return Kind.CHANGED
    return Kind.KEPT if kept else Kind.SAME
