"""Phone numbers in E.164, so that two spellings of one number are equal."""

import phonenumbers

HOME_REGION = "DE"


def to_e164(text: str) -> str:
    """Return a number in any German or international spelling as E.164, or an empty text if it is no number."""
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def write_number(address: str) -> str:
    """Return a number in E.164 with its usual groups, separated by blanks; a SIP name stays as it is."""
    if not address.startswith("+"):
        return address
    try:
        number = phonenumbers.parse(address)
    except phonenumbers.NumberParseException:
        return address
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def is_same_address(one: str, other: str) -> bool:
    """Tell whether two SIP names or numbers are equal, or are the same number in different spellings."""
    return one == other or (to_e164(one) == to_e164(other) != "")
