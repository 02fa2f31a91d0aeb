"""Which destinations a call may be sent to. The directory, the request and the worker before it sends ask here."""

from django.utils.translation import gettext as _

from transfers.destination_policy.number_policy import check_number
from transfers.destination_policy.sip_names import check_sip_name
from transfers.destination_policy.verdict import CheckedDestination, DestinationRefused
from transfers.models import DestinationType


def check_destination(*, destination_type: str, address: str, is_agreed: bool = False) -> CheckedDestination:
    """Judge a destination in any spelling; raises `DestinationRefused`. A checked `address` checks to itself.

    `is_agreed`: a supervisor has agreed to this transfer. Then region and type do not count, all else does.
    """
    if destination_type == DestinationType.EXTERNAL_NUMBER:
        return check_number(address, is_agreed=is_agreed)
    if destination_type in (DestinationType.SIP_USER, DestinationType.SIP_TRUNK):
        return CheckedDestination(destination_type=str(destination_type), address=check_sip_name(address))
    raise DestinationRefused(_("Choose a phone number, a SIP user or a SIP trunk."), code="kind")
