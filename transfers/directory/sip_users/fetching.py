"""Fetching the SIP users: wished by a person or due by the clock, read in a worker, kept, and changed nowhere else.

The row is the queue, as for transfers: a wish stands in it until a worker takes it, Redis or not. Its lease lets one
fetch run at a time. TENIOS is asked outside of every transaction. What came is compared, never applied.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from transfers.base import leases
from transfers.directory.sip_users.keeping import keep_sip_users
from transfers.directory.sip_users.review import count_waiting
from transfers.lifecycle import gate
from transfers.models import SipUserFetch
from transfers.tenios import SipUsers, SipUsersUnavailable, TeniosClient

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
"""How long one fetch may take, from its lease to its record: the client's 40 s, its last request, and the writing."""

RETRY_AFTER = timedelta(hours=1)
"""When a fetch by the clock is tried again after one that failed."""


def ask_for_fetch() -> None:
    """Write down the wish for a fetch; a second one before a worker takes it changes nothing."""
    SipUserFetch.objects.bulk_create([SipUserFetch(pk=1)], ignore_conflicts=True)
    SipUserFetch.objects.filter(asked_at=None).update(asked_at=Now())


def fetch_if_wanted(*, client: TeniosClient) -> bool:
    """Fetch if somebody asked or it is time, unless a fetch runs; return whether one was made.

    What TENIOS refuses here stops no transfer: the gate belongs to transfers, and a list may be refused for itself.
    """
    if not _claim():
        return False
    try:
        found = client.sip_users(on_page=_note_progress)
    except SipUsersUnavailable as error:
        logger.warning("the SIP users could not be fetched: %s %s", error.problem, error.detail)
        _finish(problem=error.problem, detail=error.detail[:64])
        return True
    _keep(found)
    return True


def _claim() -> bool:
    if not SipUserFetch.objects.filter(pk=1).exists():
        SipUserFetch.objects.bulk_create([SipUserFetch(pk=1)], ignore_conflicts=True)
    is_free = leases.is_free("running_until_at", longest=LEASE)
    wanted = Q(asked_at__isnull=False) | _is_due()
    return bool(
        SipUserFetch.objects.filter(is_free, wanted).update(
            asked_at=None, started_at=Now(), running_until_at=Now() + LEASE, read_count=0
        )
    )


def _is_due() -> Q:
    """Find the row when the clock asks for a fetch. While nothing may leave for TENIOS, the clock asks for none."""
    hours = settings.SIP_USER_FETCH_HOURS
    if not hours or not gate.read_gate().is_open:
        return Q(pk__in=[])
    interval = timedelta(hours=hours)
    is_over = Q(problem="", started_at__lte=Now() - interval)
    is_tried_again = ~Q(problem="") & Q(started_at__lte=Now() - min(interval, RETRY_AFTER))
    return Q(started_at=None) | is_over | is_tried_again


def _note_progress(count: int) -> None:
    SipUserFetch.objects.update(read_count=count)


def _keep(found: SipUsers) -> None:
    keep_sip_users(found, at=timezone.now())
    _finish(problem="", detail="", fetched_at=Now(), is_whole=found.is_whole, waiting_count=count_waiting())


def _finish(**values: object) -> None:
    SipUserFetch.objects.update(running_until_at=None, **values)
