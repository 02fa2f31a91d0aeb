"""Fixtures for crashes: calls that exist here and at TENIOS, and a process that dies at a given point."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from simulator.server import Simulator
from tests.proofs.crash.fork_server import ForkServer, running_fork_server
from tests.proofs.crash.stage import Stage
from transfers.models import User


@pytest.fixture(scope="package")
def fork_server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    log: Path = tmp_path_factory.mktemp("crash") / "fork_server.log"
    with running_fork_server(database=str(connection.settings_dict["NAME"]), log=log) as running:
        yield running


@pytest.fixture
def stage(committed_db: None, ada: User, tenios: Simulator, fork_server: ForkServer) -> Stage:
    return Stage(agent=ada, tenios=tenios, fork_server=fork_server)
