"""How many call events TENIOS has posted, by its own name for their type."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from transfers.models import CallEvent

REPORTED_PERIOD = timedelta(days=7)
MOST_TYPES = 12
"""A limit, because everybody with the key can invent types, and the page must stay readable."""


@dataclass(frozen=True)
class PostCount:
    """One type of event: TENIOS' `requestType` (may be empty), when the last one came (UTC), how many came today."""

    request_type: str
    last_at: datetime
    today: int


def count_posts() -> list[PostCount]:
    """Return the types of the last seven days, newest first. Today begins at midnight in the site's time zone."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    recent = CallEvent.objects.filter(received_at__gte=timezone.now() - REPORTED_PERIOD)
    counted = recent.values("request_type").annotate(
        last_at=Max("received_at"), today=Count("pk", filter=Q(received_at__gte=midnight))
    )
    return [PostCount(**row) for row in counted.order_by("-last_at")[:MOST_TYPES]]
