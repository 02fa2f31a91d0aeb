"""The body of a post as JSON that can be stored: no access key in it, and nothing that a database refuses."""

import re
from operator import itemgetter
from typing import Any

from ._text import MASK, Pairs, clean_text, read_json, scalar_text

_MOST_DEPTH = 32
_MOST_KEYS = 16
_LEAST_SECRET = 6


class InvalidCallEvent(Exception):
    """The body is no post about a call; the message says why and quotes nothing of it."""


def read_post(body: bytes) -> tuple[dict[str, Any], str]:
    """Return the post without any access key, its texts storable, and the key that speaks for the sender, or "".

    Names of keys are known in any case and with any separators, at any depth. A key of six characters or more is also
    masked where it stands in other texts. Raises InvalidCallEvent.
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
    """Takes every access key out of the objects while they are being read, doubled names included."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self.outermost = ""

    def take_object(self, pairs: Pairs) -> dict[str, Any]:
        """Build one object without its keys. The reader finishes the outermost object last, so its key remains."""
        own = [(name == "accessKey", scalar_text(value)) for name, value in pairs if _is_key_name(name)]
        self._found += [text for _is_exact, text in own]
        # The documented spelling goes before all others, then the later before the earlier.
        self.outermost = sorted(own, key=itemgetter(0))[-1][1] if own else ""
        return {name: value for name, value in pairs if not _is_key_name(name)}

    def secrets(self) -> re.Pattern[str] | None:
        """Return what finds the keys in other texts, longest first; None if there is nothing to find."""
        secrets = {text for text in self._found if len(text) >= _LEAST_SECRET}
        if len(secrets) > _MOST_KEYS:
            raise InvalidCallEvent("The body names too many access keys.")
        ordered = sorted(secrets, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, ordered))) if ordered else None


def _is_key_name(name: str) -> bool:
    return "".join(filter(str.isalnum, name)).casefold() == "accesskey"


def _tidy(value: Any, *, secrets: re.Pattern[str] | None, depth: int = 0) -> Any:
    """Return the value with storable texts and masked keys; raises InvalidCallEvent beyond 32 levels."""
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
