"""Anchors: the head of the chain at a moment, as one JSON line, to be kept where the database's owner cannot write.

Without them a cut tail, or a chain rewritten as a whole, does not show. They are not signed: what they prove is worth
as much as the place they are kept in.
"""

import json
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from transfers.audit_log.writer import chain_head


class UnreadableAnchorsError(Exception):
    """A file of anchors cannot be read; the message says where it fails."""


@dataclass(frozen=True, order=True)
class Anchor:
    """The seq of the last entry at that moment, and its hash."""

    seq: int
    hash: str


def head_as_line() -> str:
    """Return the chain's head as one line, empty before the first entry."""
    head = chain_head()
    if head is None:
        return ""
    recorded_at = head.recorded_at.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps({"seq": head.seq, "hash": head.hash, "recorded_at": recorded_at})


def read_anchors(path: Path) -> list[Anchor]:
    """Return the anchors of a file of such lines, by seq; empty lines are passed over.

    Raises UnreadableAnchorsError.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            return sorted(_read_line(line, number) for number, line in enumerate(lines, start=1) if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableAnchorsError(f"The file of anchors cannot be read ({error.__class__.__name__}).") from error


def _read_line(line: str, number: int) -> Anchor:
    try:
        value: Any = json.loads(line)
        seq, hash_ = value["seq"], value["hash"]
    except (ValueError, TypeError, LookupError, RecursionError):
        seq = hash_ = None
    if type(seq) is not int or seq < 1 or not isinstance(hash_, str) or len(hash_) != 64:
        raise UnreadableAnchorsError(f"Line {number} of the file of anchors is no anchor.")
    return Anchor(seq=seq, hash=hash_)
