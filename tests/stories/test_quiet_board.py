"""A board with constant changes by others is calm: nothing jumps, and screen readers do not announce others' calls."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from scripts.stack import Stack
from tests.stories.busy_calls import Change, change_in_steps, empty_board, fill_board, user_id
from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import await_call, open_board

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.once_on("sqlite")]

WATCH_SHIFTS = """() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            const moved = entry.sources.map(({ node, previousRect, currentRect }) =>
                `${node?.nodeName} ${node?.className} ${node?.textContent?.trim().slice(0, 30)}:`
                + ` ${previousRect.x}, ${previousRect.y} -> ${currentRect.x}, ${currentRect.y}`);
            window.shifts.push({ value: entry.value, moved });
        }
    }).observe({ type: "layout-shift", buffered: false });
}"""

WATCH_ANNOUNCERS = """() => {
    window.said = [];
    for (const id of ["announcer", "announcer-urgent"]) {
        const region = document.getElementById(id);
        const note = () => window.said.push(region.textContent);
        new MutationObserver(note).observe(region, { childList: true, characterData: true, subtree: true });
    }
}"""


@pytest.fixture(autouse=True)
def _quiet_afterwards(stack: Stack) -> Iterator[None]:
    yield
    empty_board(stack)


def life_of_calls(name: str, *, agent: int) -> list[list[Change]]:
    """Return 24 changes: six calls ring, are forwarded and connected; two end, two become long, two are given up."""
    names = [f"busy-{name}-{number}" for number in range(6)]
    return [
        [{"call_uuid": name, "state": "ringing", "called_number": "+492214719901"} for name in names],
        [{"call_uuid": name, "state": "forwarding", "agent_id": agent} for name in names],
        [{"call_uuid": name, "state": "connected", "connected_at": 0} for name in names],
        [{"call_uuid": name, "state": "ended", "ended_at": 0} for name in names[:2]]
        + [{"call_uuid": name, "connected_at": 400} for name in names[2:4]]
        + [{"call_uuid": name, "agent_id": None} for name in names[4:]],
    ]


def announcements(page: Page) -> list[str]:
    return [str(words) for words in page.evaluate("window.said")]


@pytest.mark.parametrize("width", [1440, 390])
def test_twenty_four_changes_move_nothing(sign_in: SignIn, stack: Stack, width: int) -> None:
    ben = user_id(stack, "ben")
    fill_board(stack, 8)
    page = sign_in("sue", viewport={"width": width, "height": 2000})
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    page.wait_for_timeout(1_000)
    page.evaluate(WATCH_SHIFTS)

    change_in_steps(stack, life_of_calls(f"{width}", agent=ben))
    expect(page.locator(f"[data-call-uuid='busy-{width}-0']")).to_have_attribute("data-state", "ended")
    expect(page.locator(f"[data-call-uuid='busy-{width}-5']")).to_have_attribute("data-agent", "none")
    expect(page.locator(f"[data-call-uuid='busy-{width}-2'] .call-level")).to_be_visible()

    shifts = page.evaluate("window.shifts")
    assert shifts == [], shifts


def test_screen_reader_hears_only_the_own_call(sign_in: SignIn, simulator: Simulator, stack: Stack) -> None:
    ben = user_id(stack, "ben")
    page = open_board(sign_in, "ada")
    page.evaluate(WATCH_ANNOUNCERS)

    change_in_steps(stack, life_of_calls("told", agent=ben))
    expect(page.locator("[data-call-uuid='busy-told-0']")).to_have_attribute("data-state", "ended")
    about_others = announcements(page)
    call = simulator.start_call(agent="ada", caller="+493023125406")
    await_call(page, call)
    about_own = announcements(page)

    assert about_others == []
    assert [words for words in about_own if "Connected" in words]
    assert all("23125406" in words for words in about_own)
    regions = page.locator("[aria-live]:visible, [role=status]:visible, [role=alert]:visible, [role=log]:visible").all()
    assert [region.get_attribute("id") for region in regions] == ["announcer", "announcer-urgent"]
