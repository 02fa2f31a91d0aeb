"""Texts of transfers that have not been sent, and of those that never will be."""

from django.utils.translation import gettext as _

from transfers.lifecycle.texts.explanation import Explanation, join, still_yours
from transfers.models import CancelReason, Problem, Transfer


def requested(_transfer: Transfer) -> Explanation:
    """Explain a transfer that waits for the end of the time to undo."""
    return Explanation(_("Queued"), _("It is sent when the time to undo is over."))


def sending(_transfer: Transfer) -> Explanation:
    """Explain a transfer that a sender has claimed."""
    return Explanation(_("Sending to TENIOS"), _("Stay on the line until TENIOS has accepted."))


def waiting_for_pause() -> Explanation:
    """Explain a request that waits because TENIOS has asked us to pause."""
    text = _("It is sent by itself if the pause is over in time. If not, this card says so.")
    return Explanation(_("TENIOS asks us to wait"), text)


def cancelled(transfer: Transfer) -> Explanation:
    """Explain a request that was cancelled, by its agent or by us."""
    if transfer.cancel_reason == CancelReason.SENDING_STOPPED:
        text = join(_("Nothing was sent. Transfer from your phone if you can."), still_yours(transfer))
        return Explanation(_("TENIOS refuses our access key"), text, can_retry=True)
    reasons: dict[str, str] = {
        CancelReason.CALL_ENDED: _("The call ended before it was sent."),
        CancelReason.ANSWERED_MEANWHILE: _("The caller was answered elsewhere meanwhile."),
        CancelReason.RIGHT_LOST: _("You may no longer transfer calls."),
        CancelReason.DESTINATION_REFUSED: _("The destination is no longer allowed."),
    }
    text = reasons.get(transfer.cancel_reason, "")
    return Explanation(_("Transfer undone. Nothing was sent."), text, can_retry=not text, can_try_another=True)


def not_sent(transfer: Transfer) -> Explanation:
    """Explain a transfer that was claimed and did not reach TENIOS."""
    if transfer.problem == Problem.TOO_LATE:
        return not_sent_in_time(transfer)
    text = join(_("Nothing was sent."), still_yours(transfer))
    return Explanation(_("TENIOS cannot be reached"), text, can_retry=True, can_try_another=True)


def not_sent_in_time(transfer: Transfer) -> Explanation:
    """Explain a transfer that was not sent before its time was over. It will not be sent any more."""
    if transfer.cancel_reason == CancelReason.SENDING_PAUSED:
        reason = _("TENIOS had asked us to wait for longer. Try again.")
    else:
        reason = _("Nothing happened to the call. Try again.")
    text = join(reason, still_yours(transfer))
    return Explanation(_("The transfer was not sent in time"), text, can_retry=True, can_try_another=True)
