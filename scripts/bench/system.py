"""The systems that are measured: the product's processes on a database of their own, and other servers beside them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.child_process import ChildProcess, stop_children
from scripts.net import LOOPBACK, answers_ok, free_port, wait_until
from scripts.procfile import ROOT, process_command
from scripts.scratch_database import scratch_database
from scripts.stack import Stack

PRODUCT = "tenios_dashboard.asgi:application"
NO_TENIOS = f"http://{LOOPBACK}:9"
START_SECONDS = 60
FILL_SECONDS = 1200


class BenchFailed(Exception):
    """A benchmark could not be run; the message is the reason."""


@dataclass(frozen=True)
class Server:
    """A running server: its address without a slash at its end, and its process."""

    url: str
    child: ChildProcess

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.child.pid


class System:
    """A migrated database, Redis, and the chosen processes of the product."""

    def __init__(self, *, stack: Stack, folder: Path) -> None:
        self._stack = stack
        self._folder = folder
        self.env = stack.env

    @property
    def web(self) -> Server:
        """The product's web process; KeyError when it was not started."""
        return Server(self._stack.web_url, self._stack.process("web"))

    @property
    def event_key(self) -> str:
        """The key that an event of TENIOS must carry."""
        return self.env["TENIOS_EVENT_KEYS"]

    def fill(self, function: str, *arguments: str) -> Any:
        """Run a function of `scripts.bench.data` in a process of the product, and return its result."""
        done = subprocess.run(
            [sys.executable, "-m", "scripts.bench.data", function, *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=FILL_SECONDS,
            check=False,
        )
        if done.returncode:
            raise BenchFailed(f"filling {function} ended with {done.returncode}: {done.stderr[-1500:]}")
        return json.loads(done.stdout.splitlines()[-1])

    @contextmanager
    def serving(self, application: str, **extra_env: str) -> Iterator[Server]:
        """Serve an ASGI application with the options of the product's web process, for as long as the block runs."""
        port = free_port()
        name = application.partition(":")[0].rpartition(".")[2]
        server = ChildProcess(
            name=name,
            command=serving_command(application),
            log_path=self._folder / "log" / f"{name}-{port}.log",
            env=self.env | {"PORT": str(port)} | extra_env,
            cwd=ROOT,
        )
        url = f"http://{LOOPBACK}:{port}"
        try:
            server.start()
            wait_until(lambda: answers_ok(f"{url}/healthz") or not server.is_running, seconds=START_SECONDS)
            if not answers_ok(f"{url}/healthz"):
                raise BenchFailed(f"{application} did not start: {server.log()[-1500:]}")
            yield Server(url, server)
        finally:
            stop_children([server], seconds=4)


def serving_command(application: str) -> list[str]:
    """Return the Procfile's command of the web process for another application."""
    return [part.replace(PRODUCT, application) for part in process_command("web")]


@contextmanager
def running_system(
    *, server_url: str, folder: Path, processes: Sequence[str] = ("web",), extra_env: Mapping[str, str] | None = None
) -> Iterator[System]:
    """Run these processes on an empty database of the kind of `server_url`.

    No TENIOS can be reached unless `extra_env` names one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    without_limits = {"TRANSFER_LIMIT_PER_AGENT": "0", "TRANSFER_LIMIT_IN_ALL": "0"}
    environment = {"TENIOS_BASE_URL": NO_TENIOS, "STATIC_ROOT": str(ROOT / "var" / "static"), **without_limits}
    with (
        scratch_database(like=server_url, folder=folder) as url,
        Stack(
            var_dir=folder, database_url=url, processes=processes, extra_env=environment | dict(extra_env or {})
        ) as stack,
    ):
        yield System(stack=stack, folder=folder)


@contextmanager
def helper_process(module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a helper program of `scripts.bench` that communicates by text lines; it ends when its input ends."""
    helper = subprocess.Popen(
        [sys.executable, "-m", f"scripts.bench.{module}", *arguments],
        cwd=ROOT,
        env=dict(os.environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield helper
    finally:
        if helper.stdin and not helper.stdin.closed:
            helper.stdin.close()
        try:
            helper.wait(timeout=5)
        except subprocess.TimeoutExpired:
            helper.kill()
            helper.wait()
        if helper.stdout:
            helper.stdout.close()
