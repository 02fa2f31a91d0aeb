"""Fetches the SIP users from TENIOS in a worker, on request or by schedule. Stores and compares them, applies nothing.

The row is the queue, as for transfers: a request stays in it until a worker takes it, with or without Redis. Its lease
lets only one fetch run at a time. No transaction is open during a request to TENIOS.
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
"""The longest time of one fetch: the client's 40 s, its last request, and storing the result."""

RETRY_AFTER = timedelta(hours=1)
"""The interval after which a scheduled fetch is retried."""


def ask_for_fetch() -> None:
    """Request a fetch. A second request before a worker takes the first one changes nothing."""
    SipUserFetch.objects.bulk_create([SipUserFetch(pk=1)], ignore_conflicts=True)
    SipUserFetch.objects.filter(asked_at=None).update(asked_at=Now())


def fetch_if_wanted(*, client: TeniosClient) -> bool:
    """Fetch if it was requested or is due, unless a fetch runs. Return whether this call fetched.

    A refusal by TENIOS does not close the gate: the list can be forbidden while transfers are allowed.
    """
    if not _claim():
        return False
    try:
        fetched = client.sip_users(on_page=_note_progress)
    except SipUsersUnavailable as error:
        logger.warning("fetching the SIP users failed: %s %s", error.problem, error.detail)
        _finish(problem=error.problem, detail=error.detail[:64])
        return True
    _keep(fetched)
    return True


def _claim() -> bool:
    if not SipUserFetch.objects.filter(pk=1).exists():
        SipUserFetch.objects.bulk_create([SipUserFetch(pk=1)], ignore_conflicts=True)
    is_free = leases.is_free("running_until_at", longest=LEASE)
    is_wanted = Q(asked_at__isnull=False) | _is_due()
    return bool(
        SipUserFetch.objects.filter(is_free, is_wanted).update(
            asked_at=None, started_at=Now(), running_until_at=Now() + LEASE, read_count=0
        )
    )


def _is_due() -> Q:
    """Match the row when a scheduled fetch is due. None is due while the gate is closed."""
    hours = settings.SIP_USER_FETCH_HOURS
    if not hours or not gate.read_gate().is_open:
        return Q(pk__in=[])
    interval = timedelta(hours=hours)
    is_over = Q(problem="", started_at__lte=Now() - interval)
    is_tried_again = ~Q(problem="") & Q(started_at__lte=Now() - min(interval, RETRY_AFTER))
    return Q(started_at=None) | is_over | is_tried_again


def _note_progress(count: int) -> None:
    SipUserFetch.objects.update(read_count=count)


def _keep(fetched: SipUsers) -> None:
    keep_sip_users(fetched, at=timezone.now())
    _finish(problem="", detail="", fetched_at=Now(), is_whole=fetched.is_whole, waiting_count=count_waiting())


def _finish(**values: object) -> None:
    SipUserFetch.objects.update(running_until_at=None, **values)
