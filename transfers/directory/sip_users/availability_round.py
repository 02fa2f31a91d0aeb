"""Asks TENIOS in rounds which agents are available, a few per round, so that neither TENIOS nor a worker is overloaded.

It asks only while calls are live and the gate is open, and only about SIP users that agents can transfer to. TENIOS
documents no rate limit for this request, nor whether its call distribution finds every SIP user by e-mail address.
Hence the limits: a number of requests per minute, a pause when TENIOS asks for one or gives no answer, and a long
interval for agents whom TENIOS does not know. No answer here stops transfers.

A report counts for five minutes (`directory.availability`). If there are more users than can be asked in that time,
favourites and users who were transferred to lately come first.
"""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db.models import Case, DateTimeField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce, Now

from transfers.base import leases
from transfers.lifecycle import gate
from transfers.models import AvailabilityCheck, AvailabilityState, Call, DestinationType, Favourite, SipUser, Transfer
from transfers.tenios import AgentState, AgentStateAnswer, ReadProblem, TeniosClient

logger = logging.getLogger(__name__)

ROUND_SECONDS = 10
"""The interval between rounds."""

MOST_ROUND_SECONDS = 3.0
"""A round sends no further request after this time, because the worker has transfers to send."""

ASK_AGAIN_AFTER = timedelta(seconds=60)
ASK_UNKNOWN_AGAIN_AFTER = timedelta(minutes=15)

PREFERRED_AHEAD = timedelta(hours=1)
"""How much earlier a preferred user is due: enough to stay known, while the others still get their turn."""

LATELY = timedelta(days=14)

PAUSES = {
    ReadProblem.ASKED_TO_WAIT: timedelta(seconds=60),
    ReadProblem.KEY_REFUSED: timedelta(minutes=10),
}
OTHER_PAUSE = timedelta(seconds=60)
LEASE = timedelta(seconds=30)

STATES = {AgentState.READY: AvailabilityState.AVAILABLE, AgentState.NOT_READY: AvailabilityState.NOT_AVAILABLE}


def ask_who_is_available(*, client: TeniosClient) -> int:
    """Make one round, unless it is too early or another one runs. Return the number of requests sent."""
    most = _most_questions()
    if not most or not Call.objects.live().exists() or not gate.read_gate().is_open or not _take_lease():
        return 0
    asked, started = 0, time.monotonic()
    for row in _due()[:most]:
        if time.monotonic() - started > MOST_ROUND_SECONDS:
            break
        answer = client.agent_state(email=row.email)
        asked += 1
        if answer.problem:
            _pause(answer.problem, answer)
            break
        _keep(row, answer)
    else:
        AvailabilityCheck.objects.exclude(problem="").update(problem="")
    AvailabilityCheck.objects.update(asking_until_at=None)
    return asked


def _most_questions() -> int:
    rate = settings.AGENT_STATES_PER_MINUTE
    return max(1, rate * ROUND_SECONDS // 60) if rate > 0 else 0


def _take_lease() -> bool:
    AvailabilityCheck.objects.bulk_create([AvailabilityCheck(pk=1)], ignore_conflicts=True)
    is_free = leases.is_free("asking_until_at", longest=LEASE)
    may_ask = leases.is_free("paused_until_at", longest=max(PAUSES.values()))
    return bool(AvailabilityCheck.objects.filter(is_free, may_ask).update(asking_until_at=Now() + LEASE))


def _due() -> "QuerySet[SipUser]":
    """Return the users to ask about: the longest unasked first, preferred ones earlier."""
    usable = SipUser.objects.filter(entry__is_active=True, gone_at=None).exclude(email="")
    due = usable.filter(Q(ask_again_at=None) | Q(ask_again_at__lte=Now()))
    turn = Coalesce("ask_again_at", "remote_since")
    ahead = ExpressionWrapper(turn - PREFERRED_AHEAD, output_field=DateTimeField())
    return due.order_by(Case(When(_is_preferred(), then=ahead), default=turn), "pk")


def _is_preferred() -> Q:
    """Match users that are a favourite of somebody, or were transferred to lately."""
    favourites = Favourite.objects.filter(
        destination__destination_type=DestinationType.SIP_USER, destination__address=OuterRef("user_name")
    )
    transfers = Transfer.objects.filter(
        destination_type=DestinationType.SIP_USER,
        destination=OuterRef("user_name"),
        requested_at__gte=Now() - LATELY,
    )
    return Q(Exists(favourites)) | Q(Exists(transfers))


def _keep(row: SipUser, answer: AgentStateAnswer) -> None:
    state = STATES.get(answer.state)
    if state is None:
        # The earlier report stays and becomes too old by itself.
        SipUser.objects.filter(pk=row.pk).update(ask_again_at=Now() + ASK_UNKNOWN_AGAIN_AFTER)
        return
    SipUser.objects.filter(pk=row.pk).update(
        availability=state, availability_at=Now(), ask_again_at=Now() + ASK_AGAIN_AFTER
    )


def _pause(problem: ReadProblem, answer: AgentStateAnswer) -> None:
    pause = PAUSES.get(problem, OTHER_PAUSE)
    if answer.retry_after_seconds is not None:
        pause = timedelta(seconds=max(1, answer.retry_after_seconds))
    logger.warning("availability requests pause for %s s: %s %s", pause.seconds, problem, answer.detail)
    AvailabilityCheck.objects.update(paused_until_at=Now() + pause, problem=problem)
