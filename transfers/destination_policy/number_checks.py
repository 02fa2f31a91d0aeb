"""Whether a number that was read can be dialled: no short number, no digit missing or too many, of a known range."""

import re

import phonenumbers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from phonenumbers import PhoneNumber, PhoneNumberFormat, ValidationResult

HOME_REGION = "DE"
MOST_DIGITS = 15  # ITU-T E.164
E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
EMERGENCY = {"110", "112"}


class NumberUnreadable(Exception):
    """There is not exactly one complete number here. `reason` says in the reader's language what is wrong."""

    def __init__(self, reason: str, *, code: str) -> None:
        super().__init__(code)
        self.reason = reason
        self.code = code


def to_e164(number: PhoneNumber) -> str:
    """Write a number as E.164."""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def require_complete(number: PhoneNumber) -> None:
    """Raise `NumberUnreadable` for a number that nobody can dial, saying how many digits are missing if known."""
    _refuse_short_numbers(number)
    if len(to_e164(number)) > MOST_DIGITS + 1:
        raise too_long()
    if phonenumbers.is_valid_number(number) and E164.fullmatch(to_e164(number)):
        return
    if missing := _missing_digits(number):
        raise _digits_missing(missing)
    result = phonenumbers.is_possible_number_with_reason(number)
    if result == ValidationResult.TOO_LONG:
        raise too_long()
    if result in (ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY):
        raise too_short()
    raise NumberUnreadable(_("There is no such number. Check the digits."), code="no_such_number")


def too_long() -> NumberUnreadable:
    """Return the refusal of more digits than any number has."""
    return NumberUnreadable(_("The number is too long."), code="too_long")


def too_short() -> NumberUnreadable:
    """Return the refusal of a number with an unknown count of missing digits."""
    return NumberUnreadable(_("The number is too short."), code="too_short")


def no_area_code(digits: str) -> NumberUnreadable:
    """Return the refusal of digits that begin with neither 0 nor +: a short number, or one without its area code."""
    if digits in EMERGENCY:
        return _emergency(digits)
    if len(digits) <= 6 and digits.startswith("11"):
        return _short_number(digits)
    return NumberUnreadable(
        _("The area code is missing. Begin with 0, or with + and the country code."), code="no_area_code"
    )


def _refuse_short_numbers(number: PhoneNumber) -> None:
    """Refuse 110, 112, 115, 116117, 118xx … with any prefix: no German area code begins with 11."""
    digits = phonenumbers.national_significant_number(number).lstrip("0")
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    if phonenumbers.is_emergency_number(digits, region):
        raise _emergency(digits)
    if region == HOME_REGION and digits.startswith("11"):
        raise _short_number(digits)


def _emergency(digits: str) -> NumberUnreadable:
    return NumberUnreadable(
        _("A transfer cannot reach the emergency number %(number)s. Dial it on your phone.") % {"number": digits},
        code="emergency",
    )


def _short_number(digits: str) -> NumberUnreadable:
    return NumberUnreadable(
        _("A transfer cannot reach the short number %(number)s, for it has no area code.") % {"number": digits},
        code="short_number",
    )


def _digits_missing(count: int) -> NumberUnreadable:
    sentence = ngettext(
        "The number is too short: at least %(count)d digit is missing.",
        "The number is too short: at least %(count)d digits are missing.",
        count,
    )
    return NumberUnreadable(sentence % {"count": count}, code="too_short")


def _missing_digits(number: PhoneNumber) -> int:
    """Return how many digits at least are missing, 0 when no digits would make this a number."""
    start = to_e164(number)
    for count in range(1, MOST_DIGITS + 2 - len(start)):
        for filler in ("2", "5", "0", "9"):
            if phonenumbers.is_valid_number(phonenumbers.parse(start + filler * count)):
                return count
    return 0
