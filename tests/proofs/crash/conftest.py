"""A stage for crashes: calls that exist here and at TENIOS, and a process that dies where it is told to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from simulator.server import Simulator
from tests.proofs.crash.nursery import Nursery, running_nursery
from tests.proofs.crash.stage import Stage
from transfers.models import User


@pytest.fixture(scope="package")
def nursery(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    log: Path = tmp_path_factory.mktemp("crash") / "nursery.log"
    with running_nursery(database=str(connection.settings_dict["NAME"]), log=log) as running:
        yield running


@pytest.fixture
def stage(committed_db: None, ada: User, tenios: Simulator, nursery: Nursery) -> Stage:
    return Stage(agent=ada, tenios=tenios, nursery=nursery)
