"""Reads the body of a call event as JSON that every database can store, without any access key."""

import re
from operator import itemgetter
from typing import Any

from ._text import MASK, Pairs, clean_text, read_json, scalar_text

_MOST_DEPTH = 32
_MOST_KEYS = 16
_LEAST_SECRET = 6


class InvalidCallEvent(Exception):
    """The body is no call event. The message says why and quotes nothing of the body."""


def read_post(body: bytes) -> tuple[dict[str, Any], str]:
    """Return the event with storable texts and without access keys, and the sender's key or "".

    Members that hold a key are found in any case, with any separators and at any depth. A key of six characters or more
    is also masked in all other texts. Raises InvalidCallEvent.
    """
    keys = _KeyCollector()
    try:
        post = read_json(body.decode("utf-8-sig"), object_pairs_hook=keys.take_object)
    except ValueError:
        raise InvalidCallEvent("The body is not readable as JSON in UTF-8.") from None
    if not isinstance(post, dict):
        raise InvalidCallEvent("The body is not a JSON object.")
    return _tidy(post, secrets=keys.secrets()), keys.outermost


class _KeyCollector:
    """Removes every access key from the objects while they are read, including duplicate members."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self.outermost = ""

    def take_object(self, pairs: Pairs) -> dict[str, Any]:
        """Build one object without its keys. The outermost object is completed last, so `outermost` is its key."""
        own = [(name == "accessKey", scalar_text(value)) for name, value in pairs if _is_key_name(name)]
        self._keys += [text for _is_exact, text in own]
        # The documented spelling has priority, then the last one.
        self.outermost = sorted(own, key=itemgetter(0))[-1][1] if own else ""
        return {name: value for name, value in pairs if not _is_key_name(name)}

    def secrets(self) -> re.Pattern[str] | None:
        """Return a pattern that matches the keys in other texts, longest first; None without keys."""
        secrets = {text for text in self._keys if len(text) >= _LEAST_SECRET}
        if len(secrets) > _MOST_KEYS:
            raise InvalidCallEvent("The body names too many access keys.")
        ordered = sorted(secrets, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, ordered))) if ordered else None


def _is_key_name(name: str) -> bool:
    return "".join(filter(str.isalnum, name)).casefold() == "accesskey"


def _tidy(value: Any, *, secrets: re.Pattern[str] | None, depth: int = 0) -> Any:
    """Return the value with storable texts and masked keys. Raises InvalidCallEvent beyond 32 levels."""
    if depth > _MOST_DEPTH:
        raise InvalidCallEvent("The body is nested too deeply.")
    if isinstance(value, str):
        text = clean_text(value)
        return secrets.sub(MASK, text) if secrets else text
    if isinstance(value, list):
        return [_tidy(item, secrets=secrets, depth=depth + 1) for item in value]
    if isinstance(value, dict):
        return {
            _tidy(name, secrets=secrets): _tidy(item, secrets=secrets, depth=depth + 1) for name, item in value.items()
        }
    return value
