"""Reads the questions to supervisors: which ones wait for an answer, and which one an agent's card shows."""

from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from transfers.models import Approval, ApprovalState, Call, User

OPEN_FOR = timedelta(minutes=2)
"""How long a question can be answered. It is short because a caller is waiting."""

REFUSAL_SHOWN_FOR = timedelta(minutes=2)
"""How long the agent's card shows that a question was refused, or not answered in time."""


def open_questions() -> QuerySet[Approval]:
    """Return what waits for a supervisor, oldest first."""
    answerable = Approval.objects.pending().filter(asked_at__gte=Now() - OPEN_FOR)
    return answerable.select_related("agent", "call").order_by("asked_at")


def is_too_old(approval: Approval) -> bool:
    """Tell whether nobody answered an open question in time."""
    return approval.state == ApprovalState.ASKED and approval.asked_at < timezone.now() - OPEN_FOR


def question_on_card(user: User, call: Call) -> Approval | None:
    """Return the question about this call that the agent's card shows: open, or refused or too old a moment ago."""
    latest = Approval.objects.filter(agent=user, call=call).order_by("-pk").first()
    if latest is None or latest.state not in (ApprovalState.ASKED, ApprovalState.REFUSED):
        return None
    over_at = latest.decided_at or latest.asked_at + OPEN_FOR
    return latest if over_at > timezone.now() - REFUSAL_SHOWN_FOR else None
