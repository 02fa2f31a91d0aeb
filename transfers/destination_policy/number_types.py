"""Which types of number are allowed as a destination, and why the others are not."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from phonenumbers import PhoneNumberType

ALLOWED = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.VOIP,  # without a place, like 05 and 0720 in Austria; priced like fixed lines
    PhoneNumberType.TOLL_FREE,  # the callee pays, and a partner's hotline may be the right specialist
}
COMPANY_WIDE_REGIONS = {"CH"}
"""Where a company-wide number (UAN) costs the same as a fixed line: 058. The owner of a German 018 sets the price."""

_REASONS: dict[int, str | Promise] = {
    PhoneNumberType.PREMIUM_RATE: gettext_lazy("Premium-rate numbers are not allowed as a destination."),
    PhoneNumberType.SHARED_COST: gettext_lazy("Shared-cost numbers (0180, 0137 …) are not allowed as a destination."),
    PhoneNumberType.PERSONAL_NUMBER: gettext_lazy("Personal numbers (0700 …) are not allowed as a destination."),
    PhoneNumberType.PAGER: gettext_lazy("A pager is not allowed as a destination: nobody could talk there."),
    PhoneNumberType.VOICEMAIL: gettext_lazy("A mailbox is not allowed as a destination: nobody could talk there."),
    PhoneNumberType.UAN: gettext_lazy("User-group numbers (018 …) are not allowed as a destination."),
}


def refusal_of_type(number_type: int, *, region: str) -> str:
    """Return why a type of number (`PhoneNumberType`) is refused, in the reader's language; "" when it is allowed."""
    if number_type in ALLOWED or (number_type == PhoneNumberType.UAN and region in COMPANY_WIDE_REGIONS):
        return ""
    return str(_REASONS.get(number_type, gettext_lazy("Numbers of this kind are not allowed as a destination.")))
