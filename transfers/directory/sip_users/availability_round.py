"""Asking TENIOS who is available, a few at a time, so that neither TENIOS nor a worker is held up.

Only while calls are live, only of SIP users that agents can transfer to, and only while requests may leave at all.
TENIOS documents neither how often it may be asked nor whether its call distribution knows every SIP user by the e-mail
address of the Cloud PBX. Hence the bounds: so many a minute, a pause when it asks for one or does not answer, and a
long time before one it does not know is asked for again. Transfers are not stopped by any answer here.

An answer counts for five minutes (`directory.availability`), so five times as many as may be asked a minute can be
known at once. Of more, those have their turn first that agents look at: favourites, and whom calls went to lately.
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
"""How often a round begins."""

MOST_ROUND_SECONDS = 3.0
"""After this much of a round no further question is asked: the worker has transfers to send."""

ASK_AGAIN_AFTER = timedelta(seconds=60)
ASK_UNKNOWN_AGAIN_AFTER = timedelta(minutes=15)

WANTED_GO_AHEAD = timedelta(hours=1)
"""So much earlier comes the turn of who is wanted: enough to stay known, and nobody else waits for ever."""

LATELY = timedelta(days=14)

PAUSES = {
    ReadProblem.ASKED_TO_WAIT: timedelta(seconds=60),
    ReadProblem.KEY_REFUSED: timedelta(minutes=10),
}
OTHER_PAUSE = timedelta(seconds=60)
LEASE = timedelta(seconds=30)

WORDS = {AgentState.READY: AvailabilityState.AVAILABLE, AgentState.NOT_READY: AvailabilityState.NOT_AVAILABLE}


def ask_who_is_available(*, client: TeniosClient) -> int:
    """Make one round, if it is time and another is not under way; return how many agents were asked about."""
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
    """Find whom to ask about, the longest unasked first; who is wanted goes ahead."""
    usable = SipUser.objects.filter(entry__is_active=True, gone_at=None).exclude(email="")
    due = usable.filter(Q(ask_again_at=None) | Q(ask_again_at__lte=Now()))
    turn = Coalesce("ask_again_at", "told_at")
    ahead = ExpressionWrapper(turn - WANTED_GO_AHEAD, output_field=DateTimeField())
    return due.order_by(Case(When(_is_wanted(), then=ahead), default=turn), "pk")


def _is_wanted() -> Q:
    """Find those that stand at the top of somebody's picker."""
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
    word = WORDS.get(answer.state)
    if word is None:
        # What was told before stays with its age, and grows old.
        SipUser.objects.filter(pk=row.pk).update(ask_again_at=Now() + ASK_UNKNOWN_AGAIN_AFTER)
        return
    SipUser.objects.filter(pk=row.pk).update(
        availability=word, availability_at=Now(), ask_again_at=Now() + ASK_AGAIN_AFTER
    )


def _pause(problem: ReadProblem, answer: AgentStateAnswer) -> None:
    pause = PAUSES.get(problem, OTHER_PAUSE)
    if answer.retry_after_seconds is not None:
        pause = timedelta(seconds=max(1, answer.retry_after_seconds))
    logger.warning("asking who is available pauses for %s s: %s %s", pause.seconds, problem, answer.detail)
    AvailabilityCheck.objects.update(paused_until_at=Now() + pause, problem=problem)
