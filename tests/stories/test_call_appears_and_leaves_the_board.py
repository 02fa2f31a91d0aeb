"""The live board: rows appear, change and leave without a reload, and the board says when it is not live."""

import os
import re
import signal

import pytest
from playwright.sync_api import expect

from scripts.stack import Stack
from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import ask_for_transfer, await_call, open_board, send_at_once, status

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.once_on("sqlite")]


def test_a_call_of_the_team_appears_changes_and_leaves(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_board(sign_in, "sue")
    page.evaluate("window.notReloaded = true")

    call = simulator.start_call(agent="ben", caller="+493023125401")
    row = page.locator(f".call-row[data-call-uuid='{call}']")
    expect(row).to_contain_text("Connected")
    expect(row).to_contain_text("Ben Okafor")
    simulator.hang_up(call)
    expect(row).to_contain_text("Ended")

    expect(row).to_have_count(0, timeout=15_000)
    assert page.evaluate("window.notReloaded") is True


def test_rows_that_change_move_nothing_else(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_board(sign_in, "sue")
    first = simulator.start_call(agent="clara.weiss", answered=False)
    second = simulator.start_call(agent="deniz.aydin", answered=False)
    rows = [page.locator(f".call-row[data-call-uuid='{call}']") for call in (first, second)]
    for row in rows:
        expect(row).to_be_visible()
    page.evaluate(
        """() => {
            window.shift = 0;
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) window.shift += entry.value;
            }).observe({ type: "layout-shift", buffered: false });
        }"""
    )

    for row in rows:
        expect(row).to_contain_text("Connected", timeout=30_000)

    assert page.evaluate("window.shift") == 0


def test_a_board_whose_stream_is_lost_says_so_and_catches_up(
    sign_in: SignIn, simulator: Simulator, stack: Stack
) -> None:
    page = open_board(sign_in, "sue")

    stack.take_down("redis")
    expect(page.locator("html")).to_have_attribute("data-live", "off")
    expect(page.locator(".offline-bar")).to_be_visible()
    call = simulator.start_call(agent="ben", caller="+493023125402")
    stack.bring_up("redis")

    expect(page.locator("html")).to_have_attribute("data-live", "on", timeout=30_000)
    expect(page.locator(f".call-row[data-call-uuid='{call}']")).to_contain_text("Connected")


def test_transfer_is_sent_while_redis_is_away(sign_in: SignIn, simulator: Simulator, stack: Stack) -> None:
    page = open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada")
    await_call(page, call)
    simulator.let_next_transfer(answer="normal", leg="answered")

    stack.take_down("redis")
    try:
        ask_for_transfer(page, "1")
        status(page, "requested")
        page.wait_for_timeout(7_000)
    finally:
        stack.bring_up("redis")

    assert len(simulator.requests_for(call)) == 1


def test_killed_worker_is_replaced_and_nothing_is_sent_twice(
    sign_in: SignIn, simulator: Simulator, stack: Stack
) -> None:
    page = open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada")
    await_call(page, call)
    simulator.let_next_transfer(answer="slow", seconds=4, leg="answered", ring_seconds=30)

    ask_for_transfer(page, "1")
    send_at_once(page)
    status(page, "sending")
    pid = stack.process("worker").pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)

    settled = re.compile("unknown|accepted|answered")
    expect(page.locator("#transfer-status")).to_have_attribute("data-transfer-state", settled, timeout=30_000)
    assert len(simulator.requests_for(call)) == 1
