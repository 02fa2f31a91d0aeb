"""The browser of the browser tests: Chromium from the machine, else Debian's, else Playwright's own download."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A test browser has no business on the network by itself.
LAUNCH_ARGS = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
INSTALL_SECONDS = 600


class ChromiumNotFound(Exception):
    """There is no Chromium and none could be installed; the message is the plain reason."""


def find_chromium() -> Path | None:
    """Return the browser's program: CHROMIUM_PATH, else one on PATH, else Playwright's own; None without any."""
    if named := os.environ.get("CHROMIUM_PATH"):
        return Path(named)
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    return _playwrights_own()


def _playwrights_own() -> Path | None:
    # In a process of its own: Playwright's driver does not mix with a running event loop.
    code = "from playwright.sync_api import sync_playwright as p\nwith p() as w: print(w.chromium.executable_path)"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    path = Path(asked.stdout.strip() or "/nowhere")
    return path if path.is_file() else None


def ensure_chromium() -> Path:
    """Return the browser's program, installing it where need be.

    Raises ChromiumNotFound with what was tried.
    """
    if found := find_chromium():
        return found
    tried = []
    for what, command in _ways_to_install():
        print(f"Installing Chromium ({what}) ...", flush=True)
        complaint = _try(command)
        if found := find_chromium():
            return found
        tried.append(f"{what}: {complaint}")
    raise ChromiumNotFound("no Chromium was found. Tried: " + "; ".join(tried))


def _ways_to_install() -> list[tuple[str, list[str]]]:
    playwright = ("Playwright's download", [sys.executable, "-m", "playwright", "install", "chromium"])
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return [playwright]
    install = "apt-get update -qq; apt-get install -y -qq --no-install-recommends chromium"
    return [("Debian's package", ["sh", "-c", install]), playwright]


def _try(command: list[str]) -> str:
    """Run a command. Return "" when it went well, else the last line it said."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"not done after {INSTALL_SECONDS} s"
    said = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()
    return "" if done.returncode == 0 else said[-1]


if __name__ == "__main__":
    try:
        ensure_chromium()
    except ChromiumNotFound as error:
        print(f"Browser tests are skipped: {error}", flush=True)
