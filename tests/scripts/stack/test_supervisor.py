"""A process that ended by itself starts again; a process that was taken down does not."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.child_process import ChildProcess, stop_children
from scripts.net import wait_until
from scripts.stack.supervisor import Supervisor


@pytest.fixture
def child(tmp_path: Path) -> Iterator[ChildProcess]:
    child = ChildProcess(
        name="worker",
        command=[sys.executable, "-c", "import time; time.sleep(60)"],
        log_path=tmp_path / "worker.log",
    )
    child.start()
    yield child
    stop_children([child], seconds=5)


def test_killed_process_is_started_again_with_a_message(child: ChildProcess) -> None:
    said: list[str] = []
    supervisor = Supervisor(announce=said.append)
    supervisor.start([child])
    first = child.pid

    os.kill(first, signal.SIGKILL)
    is_running_again = wait_until(lambda: child.is_running and child.pid != first, seconds=10)

    supervisor.stop()
    assert is_running_again
    assert said == ["worker ended (signal 9); starting it again in 0.5 s"]


def test_process_that_was_taken_down_is_not_started_again(child: ChildProcess) -> None:
    said: list[str] = []
    supervisor = Supervisor(announce=said.append)
    supervisor.start([child])

    supervisor.leave_down(child)
    stop_children([child], seconds=5)
    is_running_again = wait_until(lambda: child.is_running, seconds=1)

    supervisor.stop()
    assert not is_running_again
    assert said == []


def test_pause_grows_with_each_end(tmp_path: Path) -> None:
    said: list[str] = []
    failing = ChildProcess(name="web", command=["/bin/false"], log_path=tmp_path / "web.log")
    failing.start()
    supervisor = Supervisor(announce=said.append)

    supervisor.start([failing])
    has_ended_twice = wait_until(lambda: len(said) == 2, seconds=10)

    supervisor.stop()
    assert has_ended_twice
    assert said == [f"web ended (exit code 1); starting it again in {wait} s" for wait in ("0.5", "1")]
