"""Phone numbers in one spelling: E.164, so that two spellings of one number are one number."""

import phonenumbers

HOME_REGION = "DE"


def to_e164(text: str) -> str:
    """Return a number in any German or international spelling as E.164, or an empty text when it is no number."""
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def write_number(address: str) -> str:
    """Group a number in E.164 as it is written, with plain blanks; a SIP name stays as it is."""
    if not address.startswith("+"):
        return address
    try:
        number = phonenumbers.parse(address)
    except phonenumbers.NumberParseException:
        return address
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def is_same_address(one: str, other: str) -> bool:
    """Tell whether two SIP names or numbers reach the same place: equal, or the same number spelt differently."""
    return one == other or (to_e164(one) == to_e164(other) != "")
