"""Which SIP names can be sent to TENIOS. Its documentation names no alphabet (docs/tenios-api.md)."""

import unicodedata

from django.utils.translation import gettext as _

from transfers.destination_policy.verdict import DestinationRefused

LONGEST_NAME = 128
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories of characters that nobody sees: control, format, surrogate, line and paragraph separators."""


def check_sip_name(text: str) -> str:
    """Return a SIP name as it was typed, without the blanks around it; raises `DestinationRefused`."""
    name = text.strip()
    if not name:
        raise DestinationRefused(_("Enter the SIP name as TENIOS shows it."), code="sip_empty")
    if len(name) > LONGEST_NAME:
        raise DestinationRefused(
            _("A SIP name has %(most)d characters at most.") % {"most": LONGEST_NAME}, code="sip_too_long"
        )
    if any(unicodedata.category(char) in _INVISIBLE for char in name):
        raise DestinationRefused(_("The SIP name holds characters that cannot be seen."), code="sip_characters")
    if "@" in name or name.casefold().startswith(("sip:", "sips:", "tel:")):
        raise DestinationRefused(_("Enter the SIP name only: what stands between “sip:” and “@”."), code="sip_address")
    return name
