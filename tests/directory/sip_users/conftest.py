"""A TENIOS behind a real socket, with Anna alone in its list."""

from collections.abc import Iterator

import pytest

from simulator.server import Simulator
from tests.directory.sip_users.asking import KEY, anna, list_only


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(access_key=KEY) as running:
        list_only(running, anna())
        yield running
