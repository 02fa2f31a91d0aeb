"""What a detail may contain: plain JSON that both databases can store, and never an access key."""

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.conf import settings

MASK = "••••"
MAX_DEPTH = 20
MAX_INTEGER_BITS = 256


def storable_detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return the detail as it is stored.

    Fields named access key, in any spelling, are left out unless their value is masked; the configured keys are masked
    in every other text. NUL and lone surrogates, which PostgreSQL refuses, become U+FFFD. Values that JSON does not
    know become texts, so that no input from outside can prevent an entry.
    """
    return _clean_fields(detail, scrub=_key_remover(), depth=0)


def _key_remover() -> Callable[[str], str]:
    keys = {settings.TENIOS_ACCESS_KEY, *settings.TENIOS_EVENT_KEYS} - {""}
    longest_first = sorted(keys, key=len, reverse=True)

    def scrub(text: str) -> str:
        text = _storable_text(text)
        for key in longest_first:
            text = text.replace(key, MASK)
        return text

    return scrub


def _storable_text(text: str) -> str:
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\x00", "\ufffd")


def _clean_fields(fields: Mapping[Any, Any], *, scrub: Callable[[str], str], depth: int) -> dict[str, Any]:
    kept = ((scrub(str(name)), value) for name, value in fields.items() if not _is_bare_key(name, value))
    return {name: _clean(value, scrub=scrub, depth=depth + 1) for name, value in kept}


def _is_bare_key(name: object, value: object) -> bool:
    is_key = str(name).lower().replace("_", "").replace("-", "") == "accesskey"
    return is_key and not (isinstance(value, str) and value.startswith(MASK))


def _clean(value: object, *, scrub: Callable[[str], str], depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if depth > MAX_DEPTH:
        return "…"
    if isinstance(value, Mapping):
        return _clean_fields(value, scrub=scrub, depth=depth)
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item, scrub=scrub, depth=depth + 1) for item in value]
    return _clean_scalar(value, scrub=scrub)


def _clean_scalar(value: object, *, scrub: Callable[[str], str]) -> str | int | float:
    if isinstance(value, int):
        return int(value) if value.bit_length() <= MAX_INTEGER_BITS else scrub(hex(value))
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    return scrub(value.isoformat() if isinstance(value, date) else str(value))
