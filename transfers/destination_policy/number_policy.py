"""Which phone numbers a call may be sent to.

A text must be readable as exactly one number. Then the company's own rules decide: a denied beginning is refused for
everybody, an allowed one passes. Without a rule the number must lie in `TRANSFER_REGIONS` and be of an ordinary type,
or have a supervisor's agreement. Region and type are both needed: satellite numbers count as mobile ones, and expensive
islands share the country code of the USA.
"""

import phonenumbers
from django.conf import settings
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from transfers.destination_policy.number_checks import NumberUnreadable, require_complete, to_e164
from transfers.destination_policy.number_places import country_name, place_of
from transfers.destination_policy.number_reading import read_number
from transfers.destination_policy.number_rules import rule_for
from transfers.destination_policy.number_types import refusal_of_type
from transfers.destination_policy.verdict import CheckedDestination, DestinationRefused
from transfers.models import DestinationType, NumberRule

WORLDWIDE = "001"
"""phonenumbers' region of codes that belong to no country: satellites (+870, +881, +882), +883, +800, +979 …"""


def check_number(text: str, *, is_agreed: bool) -> CheckedDestination:
    """Judge a number in any spelling; raises `DestinationRefused`. See `check_destination`."""
    try:
        number = _read_and_judge(text, is_agreed=is_agreed)
    except NumberUnreadable as unreadable:
        raise DestinationRefused(unreadable.reason, code=unreadable.code) from None
    return _describe(number)


def _read_and_judge(text: str, *, is_agreed: bool) -> PhoneNumber:
    number = read_number(text)
    if _is_allowed_by_rule(number) or is_agreed:
        require_complete(number)
        return number
    # The country before the last digits: nobody shall complete a number that is not allowed anyway.
    _require_country(number)
    require_complete(number)
    _require_region(number)
    _require_type(number)
    return number


def _describe(number: PhoneNumber) -> CheckedDestination:
    number_type = int(phonenumbers.number_type(number))
    return CheckedDestination(
        destination_type=DestinationType.EXTERNAL_NUMBER.value,
        address=to_e164(number),
        place=place_of(to_e164(number)) if number_type == PhoneNumberType.FIXED_LINE else "",
        region=phonenumbers.region_code_for_number(number) or "",
        number_type=PhoneNumberType.to_string(number_type).lower(),
        national=phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL),
        international=phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
    )


def _is_allowed_by_rule(number: PhoneNumber) -> bool:
    rule = rule_for(to_e164(number))
    if rule is None:
        return False
    if rule.verdict == NumberRule.Verdict.DENY:
        raise DestinationRefused(
            _("Your company does not allow numbers that begin with %(starts_with)s. %(reason)s")
            % {"starts_with": rule.starts_with, "reason": rule.reason},
            code="denied",
        )
    return True


def _require_country(number: PhoneNumber) -> None:
    """Judge by the country code alone, which several regions may share."""
    regions = phonenumbers.region_codes_for_country_code(number.country_code or 0)
    if WORLDWIDE in regions:
        raise DestinationRefused(
            _("Satellite and other worldwide numbers (+%(code)d …) are not allowed as a destination.")
            % {"code": number.country_code},
            code="worldwide",
        )
    if not set(regions) & set(settings.TRANSFER_REGIONS):
        raise _outside(phonenumbers.region_code_for_number(number) or regions[0])


def _require_region(number: PhoneNumber) -> None:
    region = phonenumbers.region_code_for_number(number)
    if region is None or region not in settings.TRANSFER_REGIONS:
        raise _outside(region or "")


def _outside(region: str) -> DestinationRefused:
    allowed = ", ".join(map(country_name, settings.TRANSFER_REGIONS))
    return DestinationRefused(
        _("Numbers in this country are not allowed as a destination: %(country)s. Allowed: %(allowed)s.")
        % {"country": country_name(region), "allowed": allowed},
        code="country",
    )


def _require_type(number: PhoneNumber) -> None:
    region = phonenumbers.region_code_for_number(number) or ""
    if reason := refusal_of_type(int(phonenumbers.number_type(number)), region=region):
        raise DestinationRefused(reason, code="number_type")
