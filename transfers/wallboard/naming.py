"""What the wallboard shows of a destination: a name, but no phone number outside the directory."""

import re

from django.utils.translation import gettext as _

from transfers.models import Transfer

_NUMBER = re.compile(r"\+?[\d\s()/.-]{6,}", re.ASCII)


def public_name(*, name: str, address: str) -> str:
    """Return the name of a destination, or its address if that is no phone number."""
    if name:
        return name
    return _("Number outside the directory") if _NUMBER.fullmatch(address) else address


def destination_name(transfer: Transfer) -> str:
    """Return what the wallboard shows of a transfer's destination."""
    return public_name(name=transfer.destination_name, address=transfer.destination)
