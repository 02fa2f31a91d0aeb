"""It is always noon in these tests, so that none crosses midnight."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from datetime import timezone as fixed_zone

import pytest
from django.utils import timezone


@pytest.fixture(autouse=True)
def midday() -> Iterator[None]:
    """Use a time zone in which it is noon now."""
    offset = timedelta(hours=12 - datetime.now(UTC).hour)
    with timezone.override(fixed_zone(offset)):
        yield
