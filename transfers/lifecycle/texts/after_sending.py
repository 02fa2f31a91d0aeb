"""Texts of transfers that were sent, or may have been."""

from django.utils import timezone
from django.utils.translation import gettext as _

from transfers.lifecycle.texts.explanation import Explanation, destination_label, join, still_yours
from transfers.models import RECORDS_ASKED_FOR, ResolvedBy, Transfer


def accepted(transfer: Transfer) -> Explanation:
    """Explain a transfer that TENIOS accepted, or of which a person said that the caller is gone."""
    if transfer.resolved_by == ResolvedBy.PERSON:
        text = _("The caller was reported to be gone. The history shows the outcome once the call record is in.")
        if transfer.sent_at and transfer.sent_at < timezone.now() - RECORDS_ASKED_FOR:
            text = _("The caller was reported to be gone. The call records are no longer queried.")
        return Explanation(_("Taken as transferred"), text)
    name = destination_label(transfer)
    return Explanation(
        _("TENIOS has taken over"), _("TENIOS is calling %(name)s. Answer not confirmed yet.") % {"name": name}
    )


def accepted_without_news() -> Explanation:
    """Explain an accepted transfer that got no further news for so long that its agent is free again."""
    return Explanation(
        _("Accepted, but no answer was reported"),
        _("You are free. If the caller is back on your line, try another destination."),
        can_try_another=True,
    )


def answered(transfer: Transfer) -> Explanation:
    """Explain a transfer whose destination answered."""
    name = destination_label(transfer)
    if transfer.ring_seconds is None:
        title = _("%(name)s answered") % {"name": name}
    else:
        title = _("%(name)s answered after %(seconds)s s") % {"name": name, "seconds": transfer.ring_seconds}
    return Explanation(title, _("You are free for the next call."))


def not_answered(transfer: Transfer) -> Explanation:
    """Explain a transfer whose destination did not answer, with the reason where TENIOS gave one."""
    name = destination_label(transfer)
    if transfer.hangup_cause == "ORIGINATOR_CANCEL":
        return Explanation(_("The caller hung up before %(name)s answered") % {"name": name}, "")
    titles = {
        "USER_BUSY": _("%(name)s is busy"),
        "CALL_REJECTED": _("%(name)s declined"),
        "USER_NOT_REGISTERED": _("The phone of %(name)s is not signed in"),
        "SUBSCRIBER_ABSENT": _("The phone of %(name)s is not signed in"),
    }
    title = titles.get(transfer.hangup_cause, _("Nobody answered at %(name)s")) % {"name": name}
    text = _("If the caller is back on your line, try another destination.")
    return Explanation(title, text, can_try_another=True)


def unknown(_transfer: Transfer) -> Explanation:
    """Explain a transfer without a clear answer."""
    text = _("Is the caller still with you? If not, the history will show what happened.")
    return Explanation(_("We do not know whether TENIOS got it"), text)


def not_executed(transfer: Transfer) -> Explanation:
    """Explain an unclear transfer that did not move the caller."""
    if transfer.resolved_by == ResolvedBy.PERSON:
        text = _("The caller was reported to be still there.")
    else:
        text = join(_("The caller was not moved."), still_yours(transfer))
    return Explanation(_("The transfer did not happen"), text, can_retry=True, can_try_another=True)
