"""From a fresh clone to the first page of `make demo`, against pip installing the same packages. One run each.

The only row that needs the network. Nothing is taken from a cache of earlier installations.
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

from scripts.bench.system import BenchFailed
from scripts.bench.table import Goal, Line
from scripts.bench.wish import Bench
from scripts.net import LOOPBACK, answers_ok, free_port, wait_until
from scripts.procfile import ROOT
from scripts.stack_environment import inherited_environment

MOST_SECONDS = 400
STOP_SECONDS = 15


def cold_demo(bench: Bench) -> list[Line]:
    """Do both in a temporary folder, once each."""
    with tempfile.TemporaryDirectory(prefix="transferdesk-cold-", dir=bench.folder) as name:
        folder = Path(name)
        clone = _copy_tree(folder / "clone")
        baseline = _pip_install(clone, folder / "venv", _cold(folder / "pip-cache"))
        ours = _first_page(clone, _cold(folder / "demo-cache"))
    return [Line("cold `make demo` to the first page (one run)", "s", ours, baseline, [Goal(1.3)])]


def _cold(cache: Path) -> dict[str, str]:
    """Return an environment without our settings, whose caches are empty."""
    caches = {"PIP_CACHE_DIR": str(cache / "pip"), "UV_CACHE_DIR": str(cache / "uv")}
    return inherited_environment(with_settings=False) | caches | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def _copy_tree(target: Path) -> Path:
    """Copy what a clone would have: what git knows of, and what it would take. Raises BenchFailed."""
    listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchFailed(f"git could not list the files: {done.stderr.strip()}")
    for name in filter(None, done.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def _pip_install(clone: Path, venv: Path, environment: Mapping[str, str]) -> float:
    started_at = time.monotonic()
    install = ["install", "--quiet", "--require-hashes", "-r", str(clone / "requirements-demo.txt")]
    for command in ([sys.executable, "-m", "venv", str(venv)], [str(venv / "bin" / "python"), "-m", "pip", *install]):
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
        )
        if done.returncode:
            raise BenchFailed(f"pip did not install the packages: {done.stderr[-1000:]}")
    return time.monotonic() - started_at


def _first_page(clone: Path, environment: Mapping[str, str]) -> float:
    port = free_port()
    log_path = clone / "demo.log"
    started_at = time.monotonic()
    with log_path.open("wb") as log:
        demo = subprocess.Popen(
            ["make", "demo", f"PORT={port}"],
            cwd=clone,
            env={
                name: value for name, value in environment.items() if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
            },
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        page = f"http://{LOOPBACK}:{port}/accounts/login/"
        wait_until(lambda: answers_ok(page) or demo.poll() is not None, seconds=MOST_SECONDS)
        passed = time.monotonic() - started_at
        if demo.poll() is not None or not answers_ok(page):
            raise BenchFailed(f"make demo did not come up: {log_path.read_text(errors='replace')[-1000:]}")
        return passed
    finally:
        _end(demo)


def _end(demo: subprocess.Popen[bytes]) -> None:
    """Ask it to end, as Ctrl-C does; it takes what it started with it."""
    if demo.poll() is None:
        os.killpg(demo.pid, signal.SIGINT)
        try:
            demo.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(demo.pid, signal.SIGKILL)
            demo.wait()
