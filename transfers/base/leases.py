"""Leases: a column contains the time until which a process owns a row. Only the clock of the database counts."""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now


def is_free(column: str, *, longest: timedelta) -> Q:
    """Return the condition that the lease in `column` (UTC, empty without owner) has ended.

    `longest` is the duration of a lease. A lease that ends more than twice that from now counts as ended: the clock of
    the database must have been set back since it was taken.
    """
    is_too_far = Q(**{f"{column}__gt": Now() + 2 * longest})
    return Q(**{column: None}) | Q(**{f"{column}__lte": Now()}) | is_too_far
