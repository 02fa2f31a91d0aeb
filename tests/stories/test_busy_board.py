"""The board of a whole call centre: agents search, filter, group and order calls while the calls change."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from scripts.stack import Stack
from tests.stories.busy_calls import (
    change_calls,
    choose,
    empty_board,
    fill_board,
    server_groups,
    show,
    shown_groups,
    user_id,
)
from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import await_call, open_board
from tests.stories.test_accessibility import barriers

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.once_on("sqlite")]

WAITING = {"state": "ringing", "called_number": "+492214719901"}
BUSY_SECONDS = 3


@pytest.fixture(autouse=True)
def _quiet_afterwards(stack: Stack) -> Iterator[None]:
    yield
    empty_board(stack)


def row_of(page: Page, call_uuid: str) -> Locator:
    return page.locator(f".call-row[data-call-uuid='{call_uuid}']")


def number_of(groups: list[tuple[str, list[str]]]) -> int:
    return sum(len(rows) for _title, rows in groups)


def test_page_orders_the_calls_as_the_server_does(sign_in: SignIn, stack: Stack) -> None:
    fill_board(stack, 60)
    page = open_board(sign_in, "sue")
    seen = set()

    for group in ("", "state", "agent", "line"):
        choose(page, group=group)
        for sort in ("start", "duration", "state", "agent"):
            choose(page, sort=sort)
            here = shown_groups(page)
            assert here == server_groups(page), (group, sort)
            assert number_of(here) == 60
            seen.add(str(here))

    assert len(seen) > 12


def test_a_pushed_row_obeys_filter_groups_order_and_search(sign_in: SignIn, stack: Stack) -> None:
    fill_board(stack, 40)
    page = open_board(sign_in, "sue")
    choose(page, group="line", sort="duration", line="+492214719901")
    show(page, "waiting")
    before = number_of(shown_groups(page))

    change_calls(
        stack,
        {**WAITING, "call_uuid": "busy-fits", "started_at": 30, "caller_number": "+493023125417"},
        {**WAITING, "call_uuid": "busy-line", "called_number": "+492214719903"},
        {**WAITING, "call_uuid": "busy-talks", "state": "connected", "connected_at": 1},
    )
    expect(row_of(page, "busy-fits")).to_be_visible()
    expect(row_of(page, "busy-line")).to_be_hidden()
    expect(row_of(page, "busy-talks")).to_be_hidden()
    assert shown_groups(page) == server_groups(page)
    assert number_of(shown_groups(page)) == before + 1

    change_calls(stack, {"call_uuid": "busy-fits", "state": "connected", "connected_at": 0})
    expect(row_of(page, "busy-fits")).to_be_hidden()
    show(page, "talking")
    expect(row_of(page, "busy-fits")).to_be_visible()
    assert shown_groups(page) == server_groups(page)

    page.locator("#board-search").fill("030 231 254 17")
    assert number_of(shown_groups(page)) == 1
    change_calls(stack, {"call_uuid": "busy-talks", "caller_number": "+493023125418"})
    expect(row_of(page, "busy-talks")).to_have_attribute("hidden", "")


def test_a_row_moves_to_the_group_of_its_new_agent(sign_in: SignIn, stack: Stack) -> None:
    ben = user_id(stack, "ben")
    page = open_board(sign_in, "sue")
    choose(page, group="agent")
    change_calls(stack, {**WAITING, "call_uuid": "busy-one"}, {**WAITING, "call_uuid": "busy-two"})
    titles = page.locator(".call-group:not([hidden]) .call-group__title")
    expect(titles).to_have_text(["Nobody yet"])

    change_calls(stack, {"call_uuid": "busy-one", "state": "connected", "agent_id": ben, "connected_at": 0})

    expect(titles).to_have_text(["Ben Okafor", "Nobody yet"])
    expect(page.locator(".call-group:not([hidden]) .call-group__count")).to_have_text(["1", "1"])
    expect(page.locator(f"#board-agent option[value='{ben}']")).to_have_text("Ben Okafor")
    assert shown_groups(page) == server_groups(page)


def test_search_finds_callers_agents_and_numbers_and_the_typed_text_stays_in_the_page(
    sign_in: SignIn, stack: Stack
) -> None:
    fill_board(stack, 40)
    page = open_board(sign_in, "sue")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(f"{request.url} {request.post_data}"))
    agents = page.locator(".call-row__who > .truncate").all_text_contents()
    with_sahin = sum("Özlem Şahin" in text for text in agents)
    on_hotline = page.locator(".call-row", has_text="Ärzte-Hotline").count()
    found = {}

    for typed in ("+49 30 23120007", "030 2312 0007", "23120007", "(030) 2312", "ozlem SAHIN", "arzte-hot", "zzzz"):
        page.locator("#board-search").fill(typed)
        found[typed] = number_of(shown_groups(page))
    empty = page.locator(".call-list__empty--matches")

    assert found == {
        "+49 30 23120007": 1,
        "030 2312 0007": 1,
        "23120007": 1,
        "(030) 2312": 40,
        "ozlem SAHIN": with_sahin,
        "arzte-hot": on_hotline,
        "zzzz": 0,
    }
    assert with_sahin > 0 < on_hotline
    expect(empty).to_be_visible()
    expect(page.locator("#board-narrow")).to_contain_text("0 of 40 calls shown")
    assert [request for request in requests if "zzzz" in request or "2312" in request] == []
    kept = page.url + page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie")
    assert "zzzz" not in kept


def test_choices_are_saved_for_the_person_and_one_click_resets_them(sign_in: SignIn, stack: Stack) -> None:
    fill_board(stack, 20)
    page = open_board(sign_in, "sue")
    choose(page, group="state", sort="agent", agent="none")
    show(page, "waiting")
    chosen = shown_groups(page)

    again, other = open_board(sign_in, "sue"), open_board(sign_in, "ben")

    assert shown_groups(again) == chosen
    expect(again.locator("[name=show][value=waiting]")).to_be_checked()
    expect(again.locator("#board-narrow")).to_contain_text(f"{number_of(chosen)} of 20 calls shown")
    assert [number_of(shown_groups(other)), len(shown_groups(other))] == [20, 1]

    again.locator("#board-search").fill("zzzz")
    with again.expect_response("**/board/choices/"):
        again.get_by_role("button", name="Show all").click()
    expect(again.locator("#board-narrow")).to_be_hidden()
    assert number_of(shown_groups(again)) == 20
    assert len(shown_groups(again)) > 1  # groups and order leave nothing out: they stay
    again.reload()
    assert number_of(shown_groups(again)) == 20


def test_without_scripts_the_choices_are_an_ordinary_form(browser: Browser, stack: Stack) -> None:
    fill_board(stack, 20)
    context = browser.new_context(base_url=stack.web_url, java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("[name=login]", "sue")
    page.fill("[name=password]", stack.password)
    page.press("[name=password]", "Enter")

    page.locator(".board-view > summary").click()
    page.select_option("#board-group", "state")
    page.select_option("#board-agent", "none")
    page.get_by_role("button", name="Apply").click()
    grouped = page.locator(".call-group:visible .call-group__title").all_inner_texts()
    shown = page.locator(".call-row:visible").count()
    page.get_by_role("button", name="Show all").click()

    expect(page.locator("#board-search")).to_be_hidden()
    assert [title.strip() for title in grouped] == ["Ringing", "In menu"]
    assert 0 < shown < 20
    expect(page.locator(".call-row:visible")).to_have_count(20)
    context.close()


def test_no_filter_hides_the_own_call(sign_in: SignIn, simulator: Simulator, stack: Stack) -> None:
    fill_board(stack, 20)
    page = open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada")
    await_call(page, call)

    show(page, "waiting")
    page.locator("#board-search").fill("zzzz")
    another = simulator.start_call(agent="ben", caller="+493023125405")

    expect(row_of(page, another)).to_have_attribute("hidden", "")
    expect(page.locator(f"#call-card[data-call-uuid='{call}']")).to_be_visible()
    expect(row_of(page, call)).to_be_hidden()
    assert page.locator("#call-card").bounding_box()["y"] < page.locator(".team-calls").bounding_box()["y"]  # type: ignore[index]
    expect(page.locator("#team-calls [data-live-count]")).to_have_text("21")


def test_rows_do_not_move_while_the_person_uses_the_list_and_are_ordered_afterwards(
    sign_in: SignIn, stack: Stack
) -> None:
    fill_board(stack, 12)
    page = open_board(sign_in, "sue")
    choose(page, sort="state")
    target, before = page.locator(".call-row:visible").nth(3), shown_groups(page)
    box = target.bounding_box()
    assert box
    page.mouse.move(box["x"] + 200, box["y"] + 20)

    with ThreadPoolExecutor(1) as thread:
        change = thread.submit(change_calls, stack, {**WAITING, "call_uuid": "busy-new"})
        for step in range(600):
            page.mouse.move(box["x"] + 200 + step % 2, box["y"] + 20)
            page.wait_for_timeout(100)
            if change.done() and row_of(page, "busy-new").count():
                break
    [(_, while_busy)] = shown_groups(page)

    assert while_busy[:-1] == before[0][1]
    expect(page.locator(".call-row:visible").first).to_have_attribute("data-rank", "0")
    page.wait_for_timeout(BUSY_SECONDS * 1_000 + 1_500)
    assert shown_groups(page) == server_groups(page) != [("", while_busy)]


def test_long_waits_are_marked_as_time_passes_and_not_by_colour_alone(sign_in: SignIn, stack: Stack) -> None:
    page = open_board(sign_in, "sue")
    change_calls(
        stack,
        {**WAITING, "call_uuid": "busy-amber", "started_at": 52},
        {**WAITING, "call_uuid": "busy-red", "started_at": 112},
        {**WAITING, "call_uuid": "busy-talk", "state": "connected", "started_at": 350, "connected_at": 292},
    )
    amber, red, talk = (row_of(page, f"busy-{name}") for name in ("amber", "red", "talk"))
    expect(red).to_be_visible()
    expect(amber.locator(".call-level")).to_have_count(0)
    expect(red.locator(".call-level use")).to_have_attribute("href", "#i-clock")

    for row, icon, word in ((amber, "#i-clock", "Long"), (red, "#i-alert", "Too long"), (talk, "#i-clock", "Long")):
        expect(row.locator(".call-level use")).to_have_attribute("href", icon)
        expect(row.locator(".call-level")).to_have_text(re.compile(rf"^{word}\s*$"))
        expect(row.locator(".call-level")).to_have_count(1)


def test_full_grouped_and_empty_lists_have_no_barriers(sign_in: SignIn, stack: Stack) -> None:
    fill_board(stack, 25)
    page = open_board(sign_in, "sue")
    choose(page, group="agent")
    page.locator(".board-view > summary").click()
    found = {"grouped, panel open": barriers(page)}

    page.locator(".board-view > summary").click()
    page.locator("#board-search").fill("zzzz")
    found["nothing found"] = barriers(page)

    assert {name: faults for name, faults in found.items() if faults} == {}


def test_a_screen_reader_finds_a_table_of_rows_and_cells(sign_in: SignIn, stack: Stack) -> None:
    page = open_board(sign_in, "sue")
    change_calls(stack, {**WAITING, "call_uuid": "busy-one", "caller_number": "+493023125417"})

    table = page.get_by_role("table", name="All live calls of the team")
    row = table.get_by_role("row").filter(has_text="23125417")

    expect(row.get_by_role("cell")).to_have_count(5)
    expect(table.get_by_role("columnheader")).to_have_text(["State", "Caller", "Dialled", "With", "Duration"])
