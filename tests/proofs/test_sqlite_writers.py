"""SQLite with several writers at once, threads and processes: each write waits for its lock, and none is refused."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.conf import settings
from django.db import connection

from scripts.procfile import ROOT
from tests.factories import make_call, make_user
from tests.proofs.crowd import all_at_once
from tests.proofs.figures import how_many, report
from tests.proofs.sqlite_writer import Written, write_for
from transfers.audit_log.verification import verify
from transfers.models import CallEvent, Transfer

pytestmark = [
    pytest.mark.usefixtures("committed_db"),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL lets several writers write at the same time"),
]

WRITERS = 4
WORKER_THREADS = 20
"""As many as the worker in the Procfile has."""
WRITES_EACH = how_many(usual=50, full=300)
Work = tuple[str, list[str]]
"""The username of an agent, and the ids of the calls that the agent transfers."""


def make_work(writers: int) -> list[Work]:
    """Return the work of each writer: an agent of its own with calls."""
    agents = [make_user(role="agent") for _ in range(writers)]
    return [(agent.username, [make_call(agent=agent).call_uuid for _ in range(WRITES_EACH // 2)]) for agent in agents]


def write_in_process(work: Work) -> Written:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"sqlite:///{settings.DATABASES['default']['NAME']}",
    }
    command = [sys.executable, "-m", "tests.proofs.sqlite_writer"]
    done = subprocess.run(  # noqa: S603
        command, input=json.dumps(work), cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return Written(*json.loads(done.stdout.splitlines()[-1]))


def write_in_processes(work: Sequence[Work]) -> list[Written]:
    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(write_in_process, work))


def write_in_threads(work: Sequence[Work]) -> list[Written]:
    return all_at_once([partial(write_for, *each) for each in work])


@pytest.mark.parametrize(
    ("kind", "write", "writers"),
    [
        ("processes", write_in_processes, WRITERS),
        ("threads", write_in_threads, WRITERS),
        ("threads", write_in_threads, WORKER_THREADS),
    ],
)
def test_no_write_is_refused_as_locked(
    kind: str, write: Callable[[Sequence[Work]], list[Written]], writers: int
) -> None:
    written = write(make_work(writers))

    writes, refused = sum(each.writes for each in written), sum(each.refused for each in written)
    longest = max(each.longest for each in written)
    report(f"{writers} {kind}: {writes} writes, {refused} refused, the longest took {longest:.2f} s")
    assert refused == 0
    assert CallEvent.objects.count() == Transfer.objects.count() == writes // 2
    assert verify().is_clean
