"""The parts of a system: when each is ready, and what is said about one that does not start."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from scripts.child_process import ChildProcess, stop_children
from scripts.net import LOOPBACK, answers_ok, free_port, is_port_free
from scripts.procfile import ROOT
from scripts.stack.parts import Addresses, StackDidNotStart, part_command, wait_until_ready

ADDRESSES = Addresses(web_port=8000, simulator_port=8001)


def start_child(folder: Path, name: str, code: str) -> ChildProcess:
    child = ChildProcess(name=name, command=[sys.executable, "-c", code], log_path=folder / f"{name}.log")
    child.start()
    return child


class Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 500)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def healthy_port() -> Iterator[int]:
    with HTTPServer((LOOPBACK, 0), Healthy) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_worker_is_ready_when_its_log_says_so(tmp_path: Path) -> None:
    child = start_child(tmp_path, "worker", "import time; print('transfers-1@host ready.', flush=True); time.sleep(60)")

    wait_until_ready([child], ADDRESSES)

    assert child.is_running
    stop_children([child], seconds=5)


def test_web_server_is_ready_when_its_health_page_answers(tmp_path: Path, healthy_port: int) -> None:
    child = start_child(tmp_path, "web", "import time; time.sleep(60)")

    wait_until_ready([child], Addresses(web_port=healthy_port, simulator_port=8001))

    assert child.is_running
    stop_children([child], seconds=5)


def test_part_that_ends_is_reported_at_once_with_its_output(tmp_path: Path) -> None:
    started = time.monotonic()
    silent = start_child(tmp_path, "worker", "import time; time.sleep(60)")
    dying = start_child(tmp_path, "beat", "raise SystemExit('no such schedule')")

    with pytest.raises(StackDidNotStart, match=r"beat ended with 1[\s\S]*no such schedule"):
        wait_until_ready([silent, dying], ADDRESSES)

    assert time.monotonic() - started < 30
    stop_children([silent], seconds=5)


def test_simulator_posts_to_the_web_server(tmp_path: Path) -> None:
    command = part_command("simulator", ADDRESSES, ["--calls-per-minute=0"])

    assert command[1:3] == ["manage.py", "simulate_tenios"]
    assert "--post-to=http://127.0.0.1:8000/tenios/events/" in command
    assert command[-1] == "--calls-per-minute=0"


def test_second_worker_is_started_like_the_first(tmp_path: Path) -> None:
    code = "import time; print('transfers-2@host ready.', flush=True); time.sleep(60)"
    second = start_child(tmp_path, "worker.2", code)

    wait_until_ready([second], ADDRESSES)

    assert second.is_running
    assert part_command("worker.2", ADDRESSES, []) == part_command("worker", ADDRESSES, [])
    stop_children([second], seconds=5)


def test_free_port_is_free_and_a_used_one_is_not(healthy_port: int) -> None:
    assert is_port_free(free_port())
    assert not is_port_free(healthy_port)
    assert answers_ok(f"http://{LOOPBACK}:{healthy_port}/healthz")
    assert not answers_ok(f"http://{LOOPBACK}:{healthy_port}/other")


def test_unknown_process_is_refused_and_the_known_ones_are_named() -> None:
    command = [sys.executable, "-m", "scripts.run_process", "nonsense"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603

    assert done.returncode == 1
    assert "web, worker, sweeper, beat" in done.stderr
