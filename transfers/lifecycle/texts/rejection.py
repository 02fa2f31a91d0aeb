"""Texts of transfers that TENIOS refused."""

from django.utils.translation import gettext as _

from transfers.lifecycle.texts.explanation import Explanation, join, still_yours
from transfers.models import Transfer


def rejected(transfer: Transfer) -> Explanation:
    """Explain why TENIOS refused a transfer. The refusals that close the gate come first, as the gate reads them."""
    if transfer.error_code == "BAD_CREDENTIALS" or transfer.http_status in (401, 403):
        text = join(_("Your administrator can see it."), still_yours(transfer))
        return Explanation(_("TENIOS refuses our access key"), text)
    if transfer.http_status == 429:
        text = join(_("Try again when the pause is over."), still_yours(transfer))
        return Explanation(_("TENIOS asks us to wait"), text, can_retry=True, can_try_another=True)
    return _rejected_for_its_content(transfer)


def _rejected_for_its_content(transfer: Transfer) -> Explanation:
    code, fields = transfer.error_code, transfer.error_fields.split(",")
    if code == "CALL_UUID_NOT_FOUND":
        text = _("The caller may have hung up. If you still hear the caller, try again.")
        return Explanation(_("TENIOS no longer knows this call"), text, can_retry=True, can_try_another=True)
    if code in ("INVALID_VALUE", "INVALID_FIELD") and "call_uuid" in fields:
        text = _("Transfer from your phone if you can. A supervisor can see the details.")
        return Explanation(_("TENIOS cannot match this call"), text)
    if code == "INVALID_VALUE":
        text = join(_("Check the number or choose another one."), still_yours(transfer))
        return Explanation(_("TENIOS does not accept this destination"), text, can_try_another=True)
    if code == "INVALID_FIELD":
        text = join(_("Choose another destination."), still_yours(transfer))
        return Explanation(_("TENIOS does not accept one of the details"), text, can_try_another=True)
    if code in ("INVALID_JSON", "FIELD_IS_REQUIRED"):
        text = join(_("This is our mistake, not yours."), still_yours(transfer))
        return Explanation(_("Our request was incomplete"), text)
    text = join(_("Choose another destination or try again."), still_yours(transfer))
    return Explanation(_("TENIOS refused the transfer"), text, can_retry=True, can_try_another=True)
