"""Masks phone numbers and keys in every log record, tracebacks included."""

import logging
import re
import time

from django.conf import settings

# A phone number as people write it and as it is encoded in a URL: at least seven digits after + or 0, with up to four
# separators between two digits, percent-encoded or not. Two numbers next to each other are masked as one.
_NUMBER = re.compile(
    r"""
    (?P<prefix> \+ | %2B | (?: (?<![\w-]) | (?<=%[0-9A-F]{2}) ) 00? )
    (?P<digits> (?: (?: [^\S\n] | [+/().-] | %(?!3\d)[0-9A-F]{2} ){0,4} \d ){7,} )
    (?! [\w-] )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ENCODED = re.compile(r"%..")


def mask_personal_data(text: str) -> str:
    """Return `text` with phone numbers cut to their ends (`+492…63`) and every configured key replaced by `[key]`."""
    # The longest first: replacing the shorter of two keys with the same beginning would leave the rest of the longer.
    keys = (settings.TENIOS_ACCESS_KEY, *settings.TENIOS_EVENT_KEYS, settings.SECRET_KEY)
    for key in sorted(keys, key=len, reverse=True):
        if key:
            text = text.replace(key, "[key]")
    return _NUMBER.sub(_mask_number, text)


def _mask_number(number: re.Match[str]) -> str:
    prefix = number["prefix"].upper().replace("%2B", "+")
    digits = re.sub(r"\D", "", _ENCODED.sub("", number["digits"]))
    return f"{prefix}{digits[:3]}…{digits[-2:]}"


class MaskPersonalData(logging.Filter):
    """Replaces a record's message by its masked text, so that no later handler sees the arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask `record` in place; keeps every record."""
        record.msg, record.args = mask_personal_data(record.getMessage()), None
        return True


class MaskingFormatter(logging.Formatter):
    """One text line for each record, with the time in UTC; a masked traceback follows it."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s")

    def formatException(self, ei: object) -> str:  # noqa: N802 (the name is logging's)
        """Return the traceback with numbers and keys masked."""
        return mask_personal_data(super().formatException(ei))  # type: ignore[arg-type]
