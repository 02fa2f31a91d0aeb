"""A TENIOS behind a real socket, whose ledger the product cannot see."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from simulator.options import Options
from simulator.server import Simulator
from tests.proofs.figures import IS_FULL
from tests.proofs.time_limits import longer_bounds

ACCESS_KEY = "00000000-1111-2222-3333-444444444444"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give proofs enough time for a busy machine and for the full measure."""
    for item in items:
        if "/proofs/" in item.path.as_posix():
            item.add_marker(pytest.mark.timeout(4 * 3600 if IS_FULL else 600))


@pytest.fixture
def tenios(settings: Settings) -> Iterator[Simulator]:
    """A simulated TENIOS that the product is configured for. Transfers are sent without a grace."""
    options = Options(ring_seconds_min=0.0, ring_seconds_max=0.01, cdr_delay_seconds=0.0)
    with longer_bounds(), Simulator(access_key=ACCESS_KEY, options=options, seed=7) as simulator:
        settings.TENIOS_BASE_URL = simulator.url
        settings.TENIOS_ACCESS_KEY = ACCESS_KEY
        settings.TRANSFER_UNDO_SECONDS = 0
        yield simulator
