"""What a call may be sent to: the one judge for the form, the picker and, once more before sending, the worker.

A number must be readable as exactly one. Then the company's own rules speak: a denied beginning is refused whoever
asks, an allowed one passes. Without a rule the number must lie in `TRANSFER_REGIONS` and be of an ordinary type, or
have a supervisor's agreement. Region and type are both needed: satellite numbers count as mobile ones, and dear islands
share the country code of the USA. What comes out is E.164 and nothing else; a SIP name comes out verbatim.
"""

import unicodedata
from dataclasses import dataclass

import phonenumbers
from django.conf import settings
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from transfers.destination_policy.number_checks import NumberUnreadable, require_complete, to_e164
from transfers.destination_policy.number_places import country_name, place_of
from transfers.destination_policy.number_reading import read_number
from transfers.destination_policy.number_rules import rule_for
from transfers.destination_policy.number_types import refusal_of_type
from transfers.models import DestinationType, NumberRule

LONGEST_SIP_NAME = 128
WORLDWIDE = "001"
"""phonenumbers' region of codes that belong to no country: satellites (+870, +881, +882), +883, +800, +979 …"""


Identity = tuple[str, str]
"""Type and address: what makes two destinations the same."""


SUPERVISOR_MAY_AGREE = frozenset({"country", "number_type", "worldwide"})
"""The codes of refusals that a supervisor may overrule for one transfer; all others are final."""


class DestinationRefused(Exception):
    """A destination outside the policy. `reason` tells the agent why, in their language; `code` is for programs."""

    def __init__(self, reason: str, *, code: str) -> None:
        super().__init__(code)
        self.reason = reason
        self.code = code

    @property
    def may_be_agreed_to(self) -> bool:
        """Whether a supervisor may let this one transfer pass all the same."""
        return self.code in SUPERVISOR_MAY_AGREE


@dataclass(frozen=True)
class CheckedDestination:
    """A destination inside the policy, with what can be read back to the agent. For SIP only the first two are filled.

    `address` is E.164, or the SIP name verbatim; `place` is a city in the reader's language; `region` is ISO 3166
    ("DE"); `number_type` is "fixed_line", "mobile", "fixed_line_or_mobile", "voip", "toll_free" or "uan"; `national`
    and `international` are the grouped spellings.
    """

    destination_type: str
    address: str
    place: str = ""
    region: str = ""
    number_type: str = ""
    national: str = ""
    international: str = ""

    @property
    def identity(self) -> Identity:
        """Type and address."""
        return (self.destination_type, self.address)


def check_destination(*, destination_type: str, address: str, is_agreed: bool = False) -> CheckedDestination:
    """Judge a destination in any spelling; raises `DestinationRefused`. A checked `address` checks to itself.

    With `is_agreed` a supervisor has let this transfer pass: region and type count no more, all else does.
    """
    if destination_type == DestinationType.EXTERNAL_NUMBER:
        return _check_number(address, is_agreed=is_agreed)
    if destination_type in (DestinationType.SIP_USER, DestinationType.SIP_TRUNK):
        return CheckedDestination(destination_type=str(destination_type), address=_checked_sip_name(address))
    raise DestinationRefused(_("Choose a phone number, a SIP user or a SIP trunk."), code="kind")


def _check_number(text: str, *, is_agreed: bool) -> CheckedDestination:
    try:
        number = read_number(text)
        passes = _is_allowed_by_rule(number) or is_agreed
        if not passes:
            _require_country(number)
        require_complete(number)
    except NumberUnreadable as unreadable:
        raise DestinationRefused(unreadable.reason, code=unreadable.code) from None
    if not passes:
        _require_region(number)
        _require_type(number)
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
    """Refuse by the country code alone, so that nobody completes a number that is not allowed anyway."""
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


def _checked_sip_name(text: str) -> str:
    """Return a SIP name without the blanks around it, else verbatim: docs/tenios-api.md §5 knows no alphabet."""
    name = text.strip()
    if not name:
        raise DestinationRefused(_("Enter the SIP name as TENIOS shows it."), code="sip_empty")
    if len(name) > LONGEST_SIP_NAME:
        raise DestinationRefused(
            _("A SIP name has %(most)d characters at most.") % {"most": LONGEST_SIP_NAME}, code="sip_too_long"
        )
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in name):
        raise DestinationRefused(_("The SIP name holds characters that cannot be seen."), code="sip_characters")
    if "@" in name or name.casefold().startswith(("sip:", "sips:", "tel:")):
        raise DestinationRefused(_("Enter the SIP name only: what stands between “sip:” and “@”."), code="sip_address")
    return name
