"""The keyed digest of a caller's number. It replaces the number where no number may appear, such as in addresses.

A plain hash of a phone number can be reversed by trying all numbers. This one cannot without the SECRET_KEY.
"""

from django.utils.crypto import salted_hmac

from transfers.base.phone_numbers import to_e164

_WITHHELD = {"", "anonymous"}
_SALT = "transfers.calls.caller_digest"


def digest_caller(number: str) -> str:
    """Return the HMAC-SHA-256 (64 hex digits) of a number, the same for all its spellings; "" for a withheld number."""
    number = number.strip()
    if number.lower() in _WITHHELD:
        return ""
    return salted_hmac(_SALT, to_e164(number) or number, algorithm="sha256").hexdigest()
