"""It is always the middle of the day: no test crosses midnight."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from datetime import timezone as fixed_zone

import pytest
from django.utils import timezone


@pytest.fixture(autouse=True)
def midday() -> Iterator[None]:
    """Live where it is noon now."""
    offset = timedelta(hours=12 - datetime.now(UTC).hour)
    with timezone.override(fixed_zone(offset)):
        yield
