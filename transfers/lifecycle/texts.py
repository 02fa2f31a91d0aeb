"""The one place that says in plain words what became of a transfer, and what to do next."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from transfers.models import (
    RECORDS_ASKED_FOR,
    STALE_AFTER,
    CallState,
    CancelReason,
    Problem,
    ResolvedBy,
    Transfer,
    TransferState,
)


@dataclass(frozen=True)
class Explanation:
    """A title, a sentence, and which next step is safe: the same again (`can_retry`) or another destination."""

    title: str
    text: str
    can_retry: bool = False
    can_try_another: bool = False


def destination_label(transfer: Transfer) -> str:
    """How people call the destination: its name in the directory, else its number or SIP name."""
    return transfer.destination_name or transfer.destination


def explain(transfer: Transfer) -> Explanation:
    """Return what an agent reads about this transfer, in the reader's language."""
    return _BY_STATE[TransferState(transfer.state)](transfer)


def outcome_title(transfer: Transfer) -> str:
    """Return the short form of `explain`."""
    return explain(transfer).title


def outcome_text(transfer: Transfer) -> str:
    """Return the sentence of `explain`."""
    return explain(transfer).text


def _still_yours(transfer: Transfer) -> str:
    """Say it only of the requester's own call while it is connected and not silent for long: more we do not know."""
    call = transfer.call
    is_theirs = call.agent_id is not None and call.agent_id == transfer.agent_id
    is_known = call.state == CallState.CONNECTED and call.last_event_at > timezone.now() - STALE_AFTER
    return _("You still have the caller.") if is_theirs and is_known else ""


def _join(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _requested(_transfer: Transfer) -> Explanation:
    return Explanation(_("Queued"), _("It is sent when the time to undo is over."))


def _sending(_transfer: Transfer) -> Explanation:
    return Explanation(_("Sending to TENIOS"), _("Stay on the line until TENIOS has accepted."))


def _accepted(transfer: Transfer) -> Explanation:
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
    """What an agent reads when an accepted transfer got no further news for long enough to let them go."""
    return Explanation(
        _("Accepted, but no answer was reported"),
        _("You are free. If the caller is back on your line, try another destination."),
        can_try_another=True,
    )


def _answered(transfer: Transfer) -> Explanation:
    name = destination_label(transfer)
    if transfer.ring_seconds is None:
        title = _("%(name)s answered") % {"name": name}
    else:
        title = _("%(name)s answered after %(seconds)s s") % {"name": name, "seconds": transfer.ring_seconds}
    return Explanation(title, _("You are free for the next call."))


def _not_answered(transfer: Transfer) -> Explanation:
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


def _rejected(transfer: Transfer) -> Explanation:
    fields = transfer.error_fields.split(",")
    code = transfer.error_code
    if code == "BAD_CREDENTIALS" or transfer.http_status in (401, 403):
        text = _join(_("Your administrator can see it."), _still_yours(transfer))
        return Explanation(_("TENIOS refuses our access key"), text)
    if transfer.http_status == 429:
        text = _join(_("Try again when the pause is over."), _still_yours(transfer))
        return Explanation(_("TENIOS asks us to wait"), text, can_retry=True, can_try_another=True)
    if code == "CALL_UUID_NOT_FOUND":
        text = _("The caller may have hung up. If you still hear the caller, try again.")
        return Explanation(_("TENIOS no longer knows this call"), text, can_retry=True, can_try_another=True)
    if code in ("INVALID_VALUE", "INVALID_FIELD") and "call_uuid" in fields:
        text = _("Transfer from your phone if you can. A supervisor can see the details.")
        return Explanation(_("TENIOS cannot match this call"), text)
    if code == "INVALID_VALUE":
        text = _join(_("Check the number or choose another one."), _still_yours(transfer))
        return Explanation(_("TENIOS does not accept this destination"), text, can_try_another=True)
    if code == "INVALID_FIELD":
        text = _join(_("Choose another destination."), _still_yours(transfer))
        return Explanation(_("TENIOS does not accept one of the details"), text, can_try_another=True)
    if code in ("INVALID_JSON", "FIELD_IS_REQUIRED"):
        text = _join(_("This is our mistake, not yours."), _still_yours(transfer))
        return Explanation(_("Our request was incomplete"), text)
    text = _join(_("Choose another destination or try again."), _still_yours(transfer))
    return Explanation(_("TENIOS refused the transfer"), text, can_retry=True, can_try_another=True)


def _not_sent(transfer: Transfer) -> Explanation:
    if transfer.problem == Problem.TOO_LATE:
        return not_sent_in_time(transfer)
    text = _join(_("Nothing was sent."), _still_yours(transfer))
    return Explanation(_("TENIOS cannot be reached"), text, can_retry=True, can_try_another=True)


def not_sent_in_time(transfer: Transfer) -> Explanation:
    """What an agent reads when nobody sent the transfer before its time was over: no part of us may do so any more."""
    if transfer.cancel_reason == CancelReason.SENDING_PAUSED:
        reason = _("TENIOS had asked us to wait for longer. Try again.")
    else:
        reason = _("Nothing happened to the call. Try again.")
    text = _join(reason, _still_yours(transfer))
    return Explanation(_("The transfer was not sent in time"), text, can_retry=True, can_try_another=True)


def held_by_pause() -> Explanation:
    """What an agent reads while TENIOS' wish to wait keeps their request back."""
    text = _("It is sent by itself if the pause is over in time. If not, this card says so.")
    return Explanation(_("TENIOS asks us to wait"), text)


def _cancelled(transfer: Transfer) -> Explanation:
    if transfer.cancel_reason == CancelReason.SENDING_STOPPED:
        text = _join(_("Nothing was sent. Transfer from your phone if you can."), _still_yours(transfer))
        return Explanation(_("TENIOS refuses our access key"), text, can_retry=True)
    reasons: dict[str, str] = {
        CancelReason.CALL_ENDED: _("The call ended before it was sent."),
        CancelReason.ANSWERED_MEANWHILE: _("The caller was answered elsewhere meanwhile."),
        CancelReason.RIGHT_LOST: _("You may no longer transfer calls."),
        CancelReason.DESTINATION_REFUSED: _("The destination is no longer allowed."),
    }
    text = reasons.get(transfer.cancel_reason, "")
    return Explanation(_("Transfer undone. Nothing was sent."), text, can_retry=not text, can_try_another=True)


def _unknown(_transfer: Transfer) -> Explanation:
    text = _("Is the caller still with you? If not, the history will show what happened.")
    return Explanation(_("We do not know whether TENIOS got it"), text)


def _not_executed(transfer: Transfer) -> Explanation:
    if transfer.resolved_by == ResolvedBy.PERSON:
        text = _("The caller was reported to be still there.")
    else:
        text = _join(_("The caller was not moved."), _still_yours(transfer))
    return Explanation(_("The transfer did not happen"), text, can_retry=True, can_try_another=True)


_BY_STATE = {
    TransferState.REQUESTED: _requested,
    TransferState.SENDING: _sending,
    TransferState.ACCEPTED: _accepted,
    TransferState.ANSWERED: _answered,
    TransferState.NOT_ANSWERED: _not_answered,
    TransferState.REJECTED: _rejected,
    TransferState.NOT_SENT: _not_sent,
    TransferState.EXPIRED: not_sent_in_time,
    TransferState.CANCELLED: _cancelled,
    TransferState.UNKNOWN: _unknown,
    TransferState.NOT_EXECUTED: _not_executed,
}
