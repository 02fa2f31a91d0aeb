"""A process that forks a crashing child for each order: 500 starts of Python would take minutes.

It has one thread and no connection to the database, so that a fork is safe; each child opens its own. It reads one
order (JSON) a line, answers with the child's pid when that has begun and with its exit code, negative for a signal,
when it is gone.
"""

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_backends
from django.db import connections

from tests.proofs.crash import crashing_sender
from tests.proofs.time_limits import longer_bounds

READY = 0

_START = """
import sys, django
django.setup()
from tests.proofs.crash import fork_server
fork_server.serve(sys.argv[1])
"""


class ForkServer:
    """A client of the forking process. It runs one child at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self, **order: Any) -> int:
        """Start a child for an order. Return its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._read()

    def wait(self) -> int:
        """Wait for the last child to end. Return its exit code: -9 after SIGKILL."""
        return self._read()

    def _read(self) -> int:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the fork server has ended: see fork_server.log"
        return int(line)


@contextmanager
def running_fork_server(*, database: str, log: Path) -> Iterator[ForkServer]:
    """Run the forking process during a block. `database` is the real name of the test database."""
    with (
        log.open("w") as errors,
        subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", _START, database],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        fork_server = ForkServer(process)
        assert fork_server.wait() == READY
        yield fork_server


def serve(database: str) -> None:
    """Execute orders until the input ends."""
    connections.settings["default"]["NAME"] = database
    get_backends()  # imported once, before the forks
    _say(READY)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _carry_out(**order)
        _say(pid)
        _say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _carry_out(*, transfer_id: int, crash_at: str, base_url: str, access_key: str) -> None:
    settings.TENIOS_BASE_URL, settings.TENIOS_ACCESS_KEY = base_url, access_key
    code = 1
    try:
        with longer_bounds():
            crashing_sender.send(transfer_id, crash_at=crash_at)
        connections.close_all()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()
