"""The state of the fetch, for pages."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import DateTimeField
from django.db.models.functions import Now

from transfers.directory.sip_users.fetching import LEASE
from transfers.models import SipUserFetch


@dataclass(frozen=True, kw_only=True)
class FetchState:
    """The last or running fetch. Times are UTC by the database's clock. `problem` is a value of `ReadProblem`."""

    asked_at: datetime | None = None
    started_at: datetime | None = None
    is_running: bool = False
    is_broken_off: bool = False
    read_count: int = 0
    fetched_at: datetime | None = None
    is_whole: bool = True
    problem: str = ""
    detail: str = ""
    waiting_count: int = 0

    @property
    def is_under_way(self) -> bool:
        """Whether a fetch runs or waits for a worker, so that the page should refresh itself."""
        return self.is_running or self.asked_at is not None


def read_fetch_state() -> FetchState:
    """Return how the last fetch ended, and whether one runs or is requested."""
    row = SipUserFetch.objects.annotate(read_at=Now(output_field=DateTimeField())).first()
    if row is None:
        return FetchState()
    until_at = row.running_until_at
    is_running = until_at is not None and row.read_at < until_at <= row.read_at + 2 * LEASE
    return FetchState(
        asked_at=row.asked_at,
        started_at=row.started_at,
        is_running=is_running,
        is_broken_off=until_at is not None and not is_running,
        read_count=row.read_count,
        fetched_at=row.fetched_at,
        is_whole=row.is_whole,
        problem=row.problem,
        detail=row.detail,
        waiting_count=row.waiting_count,
    )
