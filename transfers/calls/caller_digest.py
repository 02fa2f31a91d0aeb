"""Finding a caller without naming them: a keyed digest stands where the number must not, in addresses above all.

A plain hash of a phone number is undone by trying all numbers; without the key of the settings this one is not.
"""

from django.utils.crypto import salted_hmac

from transfers.base.phone_numbers import to_e164

_WITHHELD = {"", "anonymous"}
_SALT = "transfers.calls.caller_digest"


def digest_caller(number: str) -> str:
    """Return the HMAC-SHA-256 (64 hex digits) of a caller's number, one for all its spellings; "" if it is withheld."""
    number = number.strip()
    if number.lower() in _WITHHELD:
        return ""
    return salted_hmac(_SALT, to_e164(number) or number, algorithm="sha256").hexdigest()
