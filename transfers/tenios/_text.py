"""Reads text from outside: any input either is read or raises ValueError, and secrets are removed."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

MASK = "••••"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_MOST_DIGITS = 18
_LEAST_LEAK = 8

Pairs = list[tuple[str, Any]]


def read_json(text: str, *, object_pairs_hook: Callable[[Pairs], Any] | None = None) -> Any:
    """Return the value of a JSON text. Raises ValueError, also if it is nested too deeply.

    NaN and the infinities become None. Numbers beyond 64 bits stay text, so the result can be written as JSON again.
    """
    try:
        return json.loads(
            text,
            object_pairs_hook=object_pairs_hook,
            parse_constant=lambda _name: None,
            parse_int=lambda digits: int(digits) if len(digits) <= _MOST_DIGITS else digits,
            parse_float=lambda digits: float(digits) if math.isfinite(float(digits)) else digits,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None


def clean_text(text: str) -> str:
    """Replace NUL and lone surrogates, which PostgreSQL and UTF-8 cannot store, by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def scalar_text(value: object) -> str:
    """Return a JSON value as clean text: booleans as `true` and `false`; null, lists and objects as an empty text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean_text(str(value)) if isinstance(value, str | int | float) else ""


def redact(text: str, *, secret: str) -> str:
    """Mask the secret in the text: in any case, also JSON-escaped, and also cut off at the end of the text."""
    if not secret:
        return text
    for spelling in {secret, json.dumps(secret)[1:-1]}:
        text = re.sub(re.escape(spelling), MASK, text, flags=re.IGNORECASE)
    for length in range(len(secret) - 1, _LEAST_LEAK - 1, -1):
        if text[-length:].lower() == secret[:length].lower():
            return text[:-length] + MASK
    return text
