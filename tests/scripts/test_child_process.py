"""Child processes start, write their log, and always end when their parent ends."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from scripts.child_process import ChildProcess, stop_children
from scripts.net import wait_until
from scripts.procfile import ROOT

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


def make_child(folder: Path, command: list[str]) -> ChildProcess:
    return ChildProcess(name="child", command=command, log_path=folder / "child.log")


def is_alive(pid: int) -> bool:
    """Return whether the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_child_runs_and_ends_on_request(tmp_path: Path) -> None:
    child = make_child(tmp_path, SLEEP)

    child.start()
    assert child.is_running
    stop_children([child], seconds=5)

    assert child.exit_code == -signal.SIGTERM


def test_child_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    child = make_child(tmp_path, STUBBORN)
    child.start()
    assert wait_until(lambda: "up" in child.log(), seconds=10)

    stop_children([child], seconds=0.2)

    assert child.exit_code == -signal.SIGKILL


def test_processes_that_a_child_has_started_end_with_it(tmp_path: Path) -> None:
    child = make_child(tmp_path, ["/bin/sh", "-c", "sleep 60 & echo $!; wait"])
    child.start()
    assert wait_until(lambda: child.log().strip().isdigit(), seconds=10)
    grandchild = int(child.log())

    stop_children([child], seconds=5)

    assert wait_until(lambda: not is_alive(grandchild), seconds=5)


def test_log_keeps_earlier_runs_and_knows_the_last_one(tmp_path: Path) -> None:
    child = make_child(tmp_path, ["/bin/sh", "-c", "echo run"])

    for _ in range(2):
        child.start()
        assert wait_until(lambda: not child.is_running, seconds=10)

    assert child.log() == "run\nrun\n"
    assert child.log_since_start() == "run\n"


def test_child_continues_after_the_thread_that_started_it(tmp_path: Path) -> None:
    child = make_child(tmp_path, SLEEP)

    thread = threading.Thread(target=child.start)
    thread.start()
    thread.join()

    assert wait_until(lambda: "up" in child.log(), seconds=10)
    assert child.is_running
    stop_children([child], seconds=5)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ties a child to its parent")
def test_child_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = textwrap.dedent(f"""
        import os, sys, time
        from pathlib import Path
        from scripts.child_process import ChildProcess
        child = ChildProcess(name="child", command={SLEEP!r}, log_path=Path({str(tmp_path / "child.log")!r}))
        child.start()
        print(child.pid, flush=True)
        time.sleep(60)
    """)
    command = [sys.executable, "-c", parent]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout
        child_pid = int(process.stdout.readline())
        assert wait_until(lambda: (tmp_path / "child.log").read_text() == "up\n", seconds=10)

        os.kill(process.pid, signal.SIGKILL)

    assert wait_until(lambda: not is_alive(child_pid), seconds=5)
