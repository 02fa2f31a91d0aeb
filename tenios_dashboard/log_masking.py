"""Keeps phone numbers and keys out of every log line, tracebacks included."""

import logging
import re
import time

from django.conf import settings

_NUMBER = re.compile(r"(?<![\w-])(\+|00|0)(\d{2,3})\d{3,10}(\d{2})(?![\w-])")


def mask_personal_data(text: str) -> str:
    """Return `text` with phone numbers cut to their ends (`+492…63`) and every configured key replaced by `[key]`."""
    for key in (settings.TENIOS_ACCESS_KEY, *settings.TENIOS_EVENT_KEYS, settings.SECRET_KEY):
        if key:
            text = text.replace(key, "[key]")
    return _NUMBER.sub(r"\1\2…\3", text)


class MaskPersonalData(logging.Filter):
    """Writes a record's final message once, masked, so that no later handler sees the arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask `record` in place; never drops one."""
        record.msg, record.args = mask_personal_data(record.getMessage()), None
        return True


class MaskingFormatter(logging.Formatter):
    """One line a record, its time in UTC, and a masked traceback after it."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s")

    def formatException(self, ei: object) -> str:  # noqa: N802 (the name is logging's)
        """Return the traceback with numbers and keys masked."""
        return mask_personal_data(super().formatException(ei))  # type: ignore[arg-type]
