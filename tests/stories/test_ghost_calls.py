"""A call whose end TENIOS never posted leaves the board because of the call records."""

import pytest
from playwright.sync_api import expect

from scripts.stack import Stack
from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import await_call, open_board
from tests.stories.system_shell import run_in_system

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.once_on("postgresql")]

A_ROUND_MS = 30_000
"""Celery beat starts a check every 15 s; a busy machine may miss one."""


def let_time_pass(stack: Stack, *call_uuids: str) -> None:
    """Make the last post of these calls 31 minutes old."""
    run_in_system(
        stack,
        f"""
        from datetime import timedelta
        from django.utils import timezone
        Call.objects.filter(call_uuid__in={list(call_uuids)!r}).update(
            last_event_at=timezone.now() - timedelta(minutes=31)
        )
        """,
    )


def test_ghost_call_leaves_every_board_and_a_running_call_stays_marked(
    sign_in: SignIn, simulator: Simulator, stack: Stack
) -> None:
    board, card = open_board(sign_in, "sue"), open_board(sign_in, "ada")
    ghost = simulator.start_call(agent="ada", caller="+493023125403")
    alive = simulator.start_call(agent="ben", caller="+493023125404")
    await_call(card, ghost)
    rows = {call: board.locator(f".call-row[data-call-uuid='{call}']") for call in (ghost, alive)}
    for row in rows.values():
        expect(row).to_contain_text("Connected")

    simulator.set_options(event_lost_share=1)
    try:
        simulator.hang_up(ghost)
    finally:
        simulator.set_options(event_lost_share=0)
    let_time_pass(stack, ghost, alive)

    expect(rows[ghost]).to_contain_text("Ended", timeout=A_ROUND_MS)
    expect(rows[ghost]).to_have_count(0, timeout=15_000)
    expect(rows[alive]).to_contain_text("no news", timeout=A_ROUND_MS)
    expect(card.locator("#call-card")).not_to_have_attribute("data-call-uuid", ghost)
