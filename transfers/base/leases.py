"""A time until which one process holds something: taken and seen to be free by the database's clock alone."""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now


def is_free(column: str, *, longest: timedelta) -> Q:
    """Return the condition that what `column` (UTC, empty for nobody) holds is held no more.

    `longest` is how long it may be held. One that ends too late is the work of a clock that jumped; twice the time
    leaves alone what was taken at this very moment.
    """
    is_too_far = Q(**{f"{column}__gt": Now() + 2 * longest})
    return Q(**{column: None}) | Q(**{f"{column}__lte": Now()}) | is_too_far
