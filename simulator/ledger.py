"""The ledger: every request for a transfer, and what was really done about it. Tests compare the product with it."""

import itertools
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from .call_records import format_stamp

_MOST_TEXT = 500


@dataclass
class LedgerEntry:
    """One request. `fields` is None when the body was no JSON object; the access key is never among them.

    `behaviour` is the name of the behaviour that answered, `acted` whether the call was really moved, `leg_uuid` the
    new leg, `status` the HTTP status (None when none was sent, or not yet). `at_monotonic` is in seconds.
    """

    id: int
    at: datetime
    at_monotonic: float
    fields: dict[str, Any] | None
    behaviour: str = "normal"
    acted: bool = False
    leg_uuid: str | None = None
    status: int | None = None
    error_code: str | None = None


class Ledger:
    """The last 20,000 requests, oldest first."""

    def __init__(self, *, most: int = 20_000) -> None:
        self._entries: deque[LedgerEntry] = deque(maxlen=most)
        self._ids = itertools.count(1)
        self._lock = threading.Lock()

    def open_entry(self, *, fields: Mapping[str, Any] | None, at: datetime, at_monotonic: float) -> LedgerEntry:
        """Record that a request has arrived; return its entry, which the endpoint completes."""
        shown = None if fields is None else {_cut(key): _cut(fields[key]) for key in fields if key != "access_key"}
        with self._lock:
            entry = LedgerEntry(id=next(self._ids), at=at, at_monotonic=at_monotonic, fields=shown)
            self._entries.append(entry)
        return entry

    def last(self, count: int) -> list[LedgerEntry]:
        """Return the latest entries, newest first."""
        with self._lock:
            return list(itertools.islice(reversed(self._entries), count))

    def as_json(self) -> list[dict[str, Any]]:
        """Return all entries, oldest first, times in ISO format."""
        with self._lock:
            return [{**asdict(entry), "at": format_stamp(entry.at)} for entry in self._entries]


def _cut(value: Any) -> Any:
    """Return small values as they are, the beginning of a text, and only the type of a nested value."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else "..."
    text = value if isinstance(value, str) else type(value).__name__
    return text[:_MOST_TEXT]
