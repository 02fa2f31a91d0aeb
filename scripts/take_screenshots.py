"""Takes the pictures of docs/images from a system of its own: `make screenshots`.

Each picture is one address, one user, one theme. The simulator has a fixed seed, so that pictures differ only where the
product differs.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.chromium import LAUNCH_ARGS, ensure_chromium
from scripts.messages.catalogue import compile_catalogues
from scripts.procfile import ROOT
from scripts.stack import Stack

IMAGES = ROOT / "docs" / "images"
VIEWPORT = (1440, 900)
CALLS_COME_IN_MS = 15_000
TRAFFIC = ["--seed=7", "--agents=ben"]


@dataclass(frozen=True)
class Picture:
    """One picture: its file name without suffix, the path, the user, the theme and the size."""

    name: str
    path: str = "/"
    user: str = "ada"
    theme: str = "light"
    size: tuple[int, int] = VIEWPORT


PICTURES = (
    Picture("board"),
    Picture("board-dark", theme="dark"),
    Picture("board-narrow", size=(390, 844)),
    Picture("history", path="/transfers/", user="sue"),
)


def main() -> int:
    """Start the system, wait for some calls, take every picture. Return the exit code."""
    compile_catalogues()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="transferdesk-pictures-") as folder,
        Stack(var_dir=Path(folder), calls_per_minute=30, simulator_args=TRAFFIC, say=print) as stack,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=ensure_chromium(), args=list(LAUNCH_ARGS))
        start_call_of_ada(stack)
        for number, picture in enumerate(PICTURES):
            take(picture, browser=browser, stack=stack, wait_ms=0 if number else CALLS_COME_IN_MS)
        browser.close()
    return 0


def start_call_of_ada(stack: Stack) -> None:
    """Start a call of ada, so that the board shows a call of its own user."""
    call = {"agent": "ada", "caller": "+4915228817386", "service_number": "+492214710100", "talk_seconds": None}
    httpx.post(f"{stack.simulator_url}/simulator/calls", json=call, trust_env=False).raise_for_status()


def take(picture: Picture, *, browser: Browser, stack: Stack, wait_ms: int) -> None:
    """Sign in, open the page, wait `wait_ms` milliseconds, and save the picture."""
    width, height = picture.size
    dark = picture.theme == "dark"
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        locale="en-GB",
        timezone_id="Europe/Berlin",
        device_scale_factor=2,
    )
    page = context.new_page()
    sign_in(page, stack=stack, user=picture.user)
    page.goto(f"{stack.web_url}{picture.path}")
    page.wait_for_timeout(wait_ms or 1_000)
    target = IMAGES / f"{picture.name}.png"
    page.screenshot(path=target)
    context.close()
    print(f"{target.relative_to(ROOT)}: {picture.user} at {picture.path}", flush=True)


def sign_in(page: Page, *, stack: Stack, user: str) -> None:
    """Sign a user in by the sign-in form."""
    page.goto(f"{stack.web_url}/accounts/login/")
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", stack.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/accounts/login" not in address)


if __name__ == "__main__":
    sys.exit(main())
