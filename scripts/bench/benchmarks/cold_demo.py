"""From a fresh clone to the first page of `make demo`, against pip installing the same packages. One run each.

The only benchmark that needs the network. All caches are empty.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from scripts.bench.figures import Figure, Goal
from scripts.bench.options import Context
from scripts.bench.system import BenchFailed
from scripts.net import LOOPBACK, answers_ok, free_port, wait_until
from scripts.procfile import ROOT
from scripts.stack.environment import inherited_environment

TIMEOUT_SECONDS = 400
STOP_SECONDS = 15


def cold_demo(context: Context) -> list[Figure]:
    """Measure both once, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="transferdesk-cold-", dir=context.folder) as name:
        folder = Path(name)
        clone = _copy_tree(folder / "clone")
        baseline = _time_pip(clone, folder / "venv", _empty_caches(folder / "pip-cache"))
        ours = _time_first_page(clone, _empty_caches(folder / "demo-cache"))
    return [Figure("cold `make demo` to the first page (one run)", "s", ours, baseline, [Goal(1.3)])]


def _empty_caches(cache: Path) -> dict[str, str]:
    """Return an environment without the product's settings and with empty caches in this folder."""
    caches = {"PIP_CACHE_DIR": str(cache / "pip"), "UV_CACHE_DIR": str(cache / "uv")}
    return inherited_environment(with_settings=False) | caches | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def _copy_tree(target: Path) -> Path:
    """Copy the files a clone would have, and new files that git does not ignore. Raises BenchFailed."""
    listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchFailed(f"git could not list the files: {done.stderr.strip()}")
    for name in filter(None, done.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def _time_pip(clone: Path, venv: Path, environment: Mapping[str, str]) -> float:
    started_at = time.monotonic()
    install = ["install", "--quiet", "--require-hashes", "-r", str(clone / "requirements-demo.txt")]
    for command in ([sys.executable, "-m", "venv", str(venv)], [str(venv / "bin" / "python"), "-m", "pip", *install]):
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
        )
        if done.returncode:
            raise BenchFailed(f"pip did not install the packages: {done.stderr[-1000:]}")
    return time.monotonic() - started_at


def _time_first_page(clone: Path, environment: Mapping[str, str]) -> float:
    port = free_port()
    log_path = clone / "demo.log"
    started_at = time.monotonic()
    demo = _start_demo(clone, port, environment, log_path)
    try:
        page = f"http://{LOOPBACK}:{port}/accounts/login/"
        wait_until(lambda: answers_ok(page) or demo.poll() is not None, seconds=TIMEOUT_SECONDS)
        passed = time.monotonic() - started_at
        if demo.poll() is not None or not answers_ok(page):
            raise BenchFailed(f"make demo did not start: {log_path.read_text(errors='replace')[-1000:]}")
        return passed
    finally:
        _stop_demo(demo)


def _start_demo(clone: Path, port: int, environment: Mapping[str, str], log_path: Path) -> subprocess.Popen[bytes]:
    of_outer_make = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
    with log_path.open("wb") as log:
        return subprocess.Popen(
            ["make", "demo", f"PORT={port}"],
            cwd=clone,
            env={name: value for name, value in environment.items() if name not in of_outer_make},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _stop_demo(demo: subprocess.Popen[bytes]) -> None:
    """Stop the demo as Ctrl-C does; it ends its own child processes."""
    if demo.poll() is None:
        os.killpg(demo.pid, signal.SIGINT)
        try:
            demo.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(demo.pid, signal.SIGKILL)
            demo.wait()
