"""The four steps of a transfer as the card shows them: queued, sent, accepted by TENIOS, answered."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from transfers.calls.card_times import is_without_news
from transfers.lifecycle import gate
from transfers.lifecycle.states import TTL
from transfers.lifecycle.texts import Explanation, accepted_without_news, explain, not_sent_in_time, waiting_for_pause
from transfers.models import CancelReason, ResolvedBy, Transfer, TransferState

_TONE = {
    TransferState.ANSWERED: "answered",
    TransferState.NOT_ANSWERED: "not_answered",
    TransferState.REJECTED: "rejected",
    TransferState.NOT_SENT: "not_sent",
    TransferState.EXPIRED: "expired",
    TransferState.UNKNOWN: "unknown",
    TransferState.NOT_EXECUTED: "not_executed",
}
_ICON = {"done": "check", "fail": "x", "unknown": "question"}


@dataclass(frozen=True)
class Step:
    """One step: `status` is `done`, `now`, `fail`, `unknown` or `todo`; `at` is when it was reached (UTC)."""

    label: str
    status: str
    at: datetime | None = None

    @property
    def icon(self) -> str:
        """The name of the step's icon; empty for `now` and `todo`."""
        return _ICON.get(self.status, "")


@dataclass(frozen=True)
class Progress:
    """The four steps and their explanation. `tone` is the CSS class that tints the card; "" for the call's own tint.

    `is_overdue`: the request was not sent in time. `is_paused`: it waits, because TENIOS asked us to pause.
    """

    steps: tuple[Step, ...]
    explanation: Explanation
    is_overdue: bool
    is_paused: bool
    tone: str
    is_announced_urgently: bool


def describe_progress(transfer: Transfer) -> Progress:
    """Return how far a transfer has come, and never more than is known."""
    is_overdue = transfer.state == TransferState.REQUESTED and transfer.due_at < timezone.now() - TTL
    is_paused = transfer.state == TransferState.REQUESTED and not is_overdue and _is_paused_beyond_grace(transfer)
    tone = _tone(transfer, is_overdue=is_overdue)
    return Progress(
        steps=(_queued(transfer), _sent(transfer), _accepted(transfer), _answered(transfer)),
        explanation=_explanation(transfer, is_overdue=is_overdue, is_paused=is_paused),
        is_overdue=is_overdue,
        is_paused=is_paused,
        tone=tone,
        is_announced_urgently=tone not in ("", "answered"),
    )


def _tone(transfer: Transfer, *, is_overdue: bool) -> str:
    if is_overdue:
        return "expired"
    is_stopped = transfer.state == TransferState.CANCELLED and transfer.cancel_reason == CancelReason.SENDING_STOPPED
    return "not_sent" if is_stopped else _TONE.get(TransferState(transfer.state), "")


def _is_paused_beyond_grace(transfer: Transfer) -> bool:
    """Whether the pause lasts longer than the time in which the agent may undo the request."""
    state = gate.read_gate()
    return state.is_paused and state.paused_until_at is not None and state.paused_until_at > transfer.due_at


def _explanation(transfer: Transfer, *, is_overdue: bool, is_paused: bool) -> Explanation:
    if is_paused:
        return waiting_for_pause()
    if is_overdue:
        return not_sent_in_time(transfer)
    is_unanswered = transfer.state == TransferState.ACCEPTED and transfer.resolved_by != ResolvedBy.PERSON
    return accepted_without_news() if is_unanswered and is_without_news(transfer) else explain(transfer)


def _queued(transfer: Transfer) -> Step:
    is_waiting = transfer.state == TransferState.REQUESTED
    return Step(_("Queued"), "now" if is_waiting else "done", transfer.requested_at)


def _sent(transfer: Transfer) -> Step:
    state = transfer.state
    if state == TransferState.REQUESTED:
        return Step(_("Sent"), "todo")
    if state == TransferState.SENDING:
        return Step(_("Sent"), "now")
    if state in (TransferState.NOT_SENT, TransferState.EXPIRED, TransferState.CANCELLED):
        return Step(_("Not sent"), "fail", transfer.settled_at)
    if state == TransferState.UNKNOWN:
        return Step(_("Unconfirmed"), "unknown", transfer.sent_at)
    return Step(_("Sent"), "done", transfer.sent_at)


def _accepted(transfer: Transfer) -> Step:
    if transfer.state == TransferState.REJECTED:
        return Step(_("Rejected"), "fail", transfer.settled_at)
    if transfer.state == TransferState.NOT_EXECUTED:
        return Step(_("Not executed"), "fail", transfer.settled_at)
    if transfer.state == TransferState.ACCEPTED and transfer.resolved_by == ResolvedBy.PERSON:
        return Step(_("Unconfirmed"), "unknown", transfer.accepted_at)
    if transfer.state in (TransferState.ACCEPTED, TransferState.ANSWERED, TransferState.NOT_ANSWERED):
        return Step(_("Accepted by TENIOS"), "done", transfer.accepted_at)
    return Step(_("Accepted by TENIOS"), "todo")


def _answered(transfer: Transfer) -> Step:
    if transfer.state == TransferState.ANSWERED:
        return Step(_("Answered"), "done", transfer.settled_at)
    if transfer.state == TransferState.NOT_ANSWERED:
        return Step(_("Not answered"), "fail", transfer.settled_at)
    if transfer.state != TransferState.ACCEPTED:
        return Step(_("Answered"), "todo")
    is_unconfirmed = transfer.resolved_by == ResolvedBy.PERSON or is_without_news(transfer)
    return Step(_("Unconfirmed"), "unknown") if is_unconfirmed else Step(_("Answered"), "now")
