"""Finds or installs Chromium for the browser tests: the machine's, else Debian's, else Playwright's download."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The browser must not use the network by itself.
LAUNCH_ARGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
INSTALL_SECONDS = 600


class ChromiumNotFound(Exception):
    """There is no Chromium and none could be installed; the message is the reason."""


def find_chromium() -> Path | None:
    """Return the path of the browser: CHROMIUM_PATH, else one on PATH, else Playwright's; None if there is none."""
    if named := os.environ.get("CHROMIUM_PATH"):
        return Path(named)
    for name in NAMES:
        if path := shutil.which(name):
            return Path(path)
    return _find_playwrights()


def _find_playwrights() -> Path | None:
    # In a process of its own, because Playwright's driver cannot run beside a running event loop.
    code = "from playwright.sync_api import sync_playwright as p\nwith p() as w: print(w.chromium.executable_path)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    path = Path(done.stdout.strip() or "/nowhere")
    return path if path.is_file() else None


def ensure_chromium() -> Path:
    """Return the path of the browser, and install it if there is none. Raises ChromiumNotFound."""
    if path := find_chromium():
        return path
    tried = []
    for what, command in _ways_to_install():
        print(f"Installing Chromium ({what}) ...", flush=True)
        error = _run(command)
        if path := find_chromium():
            return path
        tried.append(f"{what}: {error}")
    raise ChromiumNotFound("no Chromium was found. Tried: " + "; ".join(tried))


def _ways_to_install() -> list[tuple[str, list[str]]]:
    playwright = ("Playwright's download", [sys.executable, "-m", "playwright", "install", "chromium"])
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return [playwright]
    install = "apt-get update -qq; apt-get install -y -qq --no-install-recommends chromium"
    return [("Debian's package", ["sh", "-c", install]), playwright]


def _run(command: list[str]) -> str:
    """Run a command. Return "" when it succeeded, else the last line of its output."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"not done after {INSTALL_SECONDS} s"
    output = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()
    return "" if done.returncode == 0 else output[-1]


if __name__ == "__main__":
    try:
        ensure_chromium()
    except ChromiumNotFound as error:
        print(f"Browser tests are skipped: {error}", flush=True)
