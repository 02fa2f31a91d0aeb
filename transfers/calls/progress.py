"""The steps of one transfer as the card draws them: queued, sent, accepted by TENIOS, answered."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from transfers.calls.board import is_without_news
from transfers.lifecycle import gate as sending_gate
from transfers.lifecycle.states import TTL
from transfers.lifecycle.texts import Explanation, accepted_without_news, explain, held_by_pause, not_sent_in_time
from transfers.models import PERSONS_WORD, SENDING_STOPPED, Transfer, TransferState

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
        """The name of the step's icon; empty for a step that is still ahead."""
        return _ICON.get(self.status, "")


@dataclass(frozen=True)
class Progress:
    """The four steps, what they mean in words, and the class that tints the card (empty: the call's own tint).

    `is_held`: a pause that TENIOS asked for keeps the request back.
    """

    steps: tuple[Step, ...]
    explanation: Explanation
    is_overdue: bool
    is_held: bool
    tone: str
    is_announced_urgently: bool


def describe_progress(transfer: Transfer) -> Progress:
    """Return how far a transfer has come, never more than is known."""
    is_by_word = transfer.error_code == PERSONS_WORD
    is_released = transfer.state == TransferState.ACCEPTED and (is_by_word or is_without_news(transfer))
    is_overdue = transfer.state == TransferState.REQUESTED and transfer.due_at < timezone.now() - TTL
    tone = _tone(transfer, is_overdue=is_overdue)
    is_held = transfer.state == TransferState.REQUESTED and not is_overdue and _outlasts_grace(transfer)
    return Progress(
        steps=(_queued(transfer), _sent(transfer), _accepted(transfer), _answered(transfer, is_released)),
        explanation=held_by_pause()
        if is_held
        else _explanation(transfer, is_overdue=is_overdue, is_released=is_released and not is_by_word),
        is_overdue=is_overdue,
        is_held=is_held,
        tone=tone,
        is_announced_urgently=tone not in ("", "answered"),
    )


def _tone(transfer: Transfer, *, is_overdue: bool) -> str:
    if is_overdue:
        return "expired"
    is_stopped = transfer.state == TransferState.CANCELLED and transfer.error_code == SENDING_STOPPED
    return "not_sent" if is_stopped else _TONE.get(TransferState(transfer.state), "")


def _outlasts_grace(transfer: Transfer) -> bool:
    """Tell whether sending is paused for longer than the agent may still take the request back."""
    gate = sending_gate.read_gate()
    return gate.is_paused and gate.paused_until_at is not None and gate.paused_until_at > transfer.due_at


def _explanation(transfer: Transfer, *, is_overdue: bool, is_released: bool) -> Explanation:
    if is_overdue:
        return not_sent_in_time(transfer)
    return accepted_without_news() if is_released else explain(transfer)


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
    if transfer.state == TransferState.ACCEPTED and transfer.error_code == PERSONS_WORD:
        return Step(_("Unconfirmed"), "unknown", transfer.accepted_at)
    if transfer.state in (TransferState.ACCEPTED, TransferState.ANSWERED, TransferState.NOT_ANSWERED):
        return Step(_("Accepted by TENIOS"), "done", transfer.accepted_at)
    return Step(_("Accepted by TENIOS"), "todo")


def _answered(transfer: Transfer, is_released: bool) -> Step:
    if transfer.state == TransferState.ANSWERED:
        return Step(_("Answered"), "done", transfer.settled_at)
    if transfer.state == TransferState.NOT_ANSWERED:
        return Step(_("Not answered"), "fail", transfer.settled_at)
    if is_released:
        return Step(_("Unconfirmed"), "unknown")
    return Step(_("Answered"), "now" if transfer.state == TransferState.ACCEPTED else "todo")
