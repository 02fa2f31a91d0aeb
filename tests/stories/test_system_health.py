"""Board, /readyz and /metrics report the state of transfers while parts of the running system are stopped."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import Page, expect
from prometheus_client.parser import text_string_to_metric_families

from scripts.net import wait_until
from scripts.stack import Stack
from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import ask_for_transfer, await_call, open_board, send_at_once, status
from tests.stories.test_accessibility import AXE, AXE_OPTIONS, NARROW, WIDE

pytestmark = [pytest.mark.flow, pytest.mark.browser, pytest.mark.once_on("postgresql")]

SOON_MS = 30_000
"""Ten seconds of silence and two until the next check. The rest allows for a busy machine."""
AGAIN_MS = 30_000
"""A process that starts needs some seconds on a busy machine before its first heartbeat."""


@contextmanager
def without(stack: Stack, *names: str) -> Iterator[None]:
    """Stop these parts. At the end, start those that the test has not started itself."""
    for name in names:
        stack.take_down(name)
    try:
        yield
    finally:
        for name in names:
            if not stack.process(name).is_running:
                stack.bring_up(name)


def ready(stack: Stack) -> httpx.Response:
    return httpx.get(f"{stack.web_url}/readyz", trust_env=False, timeout=10)


def expect_bar(page: Page, condition: str, *, within_ms: int) -> None:
    expect(page.locator("#system-bar")).to_have_attribute("data-condition", condition, timeout=within_ms)


def expect_all_well(page: Page, stack: Stack) -> None:
    expect_bar(page, "working", within_ms=AGAIN_MS)
    expect(page.locator("#system-bar")).to_be_hidden()
    assert wait_until(lambda: ready(stack).status_code == 200, seconds=10)


def place_of_card(page: Page) -> dict[str, float]:
    """Find and measure the card in one step: between two steps a message may replace it."""
    rect: dict[str, float] = page.evaluate("document.getElementById('call-card').getBoundingClientRect().toJSON()")
    return rect


def barriers_of_bar(page: Page) -> list[str]:
    """Return what axe-core finds in the bar, wide and light, then narrow and dark."""
    found: list[str] = []
    for size, is_dark in ((WIDE, False), (NARROW, True)):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme="dark" if is_dark else "light")
        violations = AXE.run(page, context="#system-bar", options=AXE_OPTIONS).response["violations"]
        found += [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in violations]
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    return found


def test_without_a_worker_transfers_are_late_and_the_board_says_so(
    stack: Stack, sign_in: SignIn, simulator: Simulator
) -> None:
    page = open_board(sign_in, "ada")
    expect_all_well(page, stack)
    call_uuid = simulator.start_call(agent="ada")
    await_call(page, call_uuid)
    place = place_of_card(page)

    with without(stack, "worker"):
        expect_bar(page, "worker_silent", within_ms=SOON_MS)
        expect(page.locator("#system-bar")).to_contain_text("An internal service has not reported since")
        assert place_of_card(page) == place
        assert ready(stack).json()["level"] == "delayed"

        simulator.let_next_transfer(answer="normal", leg="answered")
        ask_for_transfer(page, "1")
        send_at_once(page)
        status(page, "answered")

    assert len(simulator.requests_for(call_uuid)) == 1
    expect_all_well(page, stack)


def test_without_worker_and_sweeper_the_board_says_that_nothing_is_sent(stack: Stack, sign_in: SignIn) -> None:
    page = open_board(sign_in, "ada")
    expect_all_well(page, stack)

    with without(stack, "worker", "sweeper"):
        expect_bar(page, "nobody_sends", within_ms=SOON_MS)
        expect(page.locator("#announcer-urgent")).to_contain_text("Transfers are probably not sent.")
        assert barriers_of_bar(page) == []
        answer = ready(stack)
        stack.bring_up("worker")
        expect_bar(page, "sweeper_silent", within_ms=AGAIN_MS)
        expect(page.locator("#announcer")).to_contain_text("their outcome is not monitored")

    assert (answer.status_code, answer.json()["level"]) == (503, "stopped")
    expect_all_well(page, stack)
    expect(page.locator("#announcer")).to_have_text("Transfers are sent as usual again.")


def test_without_redis_the_board_says_so_though_its_stream_is_cut_off(stack: Stack, sign_in: SignIn) -> None:
    page = open_board(sign_in, "ben")
    expect_all_well(page, stack)
    place = place_of_card(page)

    with without(stack, "redis"):
        expect(page.locator("html")).to_have_attribute("data-live", "off")
        expect_bar(page, "redis_away", within_ms=SOON_MS)
        expect(page.locator("#system-bar")).to_contain_text("Eine interne Verbindung ist gestört.")
        assert place_of_card(page) == place
        assert barriers_of_bar(page) == []
        assert ready(stack).json()["parts"]["redis"] == {"ok": False}
        page.goto("/transfers/")
        expect(page.locator("#system-bar")).to_contain_text("Eine interne Verbindung ist gestört.")
        page.goto("/")

    expect_all_well(page, stack)


def totals(stack: Stack) -> dict[str, float]:
    text = httpx.get(f"{stack.web_url}/metrics", trust_env=False, timeout=10).raise_for_status().text
    return {
        " ".join([sample.name.removeprefix("transferdesk_"), *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.endswith(("_total", "_count"))
    }


def test_one_transfer_is_counted_once_in_each_metric(stack: Stack, sign_in: SignIn, simulator: Simulator) -> None:
    page = open_board(sign_in, "ada")
    before = totals(stack)
    await_call(page, simulator.start_call(agent="ada"))
    simulator.let_next_transfer(answer="normal", leg="answered")

    ask_for_transfer(page, "1")
    send_at_once(page)
    status(page, "answered")

    def is_counted() -> bool:
        return totals(stack)["transfer_transitions_total answered"] > before["transfer_transitions_total answered"]

    assert wait_until(is_counted, seconds=15)
    after = totals(stack)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "transfers_requested_total": 1,
        "transfer_transitions_total requested": 1,
        "transfer_transitions_total sending": 1,
        "transfer_transitions_total accepted": 1,
        "transfer_transitions_total answered": 1,
        "transfer_due_to_sent_seconds_count": 1,
        "transfer_sent_to_verdict_seconds_count accepted": 1,
        "transfer_accepted_to_settled_seconds_count answered": 1,
        "transfer_requested_to_settled_seconds_count answered": 1,
    }
