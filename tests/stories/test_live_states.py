"""How the page reacts to its stream: live, catching up, cut off since a given time; and when it fetches again.

The test plays the stream and controls the clock of the page, so that the speed of the machine does not matter.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.stories.conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.once_on("sqlite")]

PLAYED_STREAM = """
window.streams = [];
window.EventSource = class extends EventTarget {
    constructor(url) {
        super();
        Object.assign(this, { url, isOpen: true, openedAt: Date.now() });
        window.streams.push(this);
    }
    close() { this.isOpen = false; }
    play(name, data = "{}", lastEventId = "") { this.dispatchEvent(new MessageEvent(name, { data, lastEventId })); }
    fail() { this.failedAt = Date.now(); this.onerror(new Event("error")); }
};
window.chance = 0.5;
Math.random = () => window.chance;
"""

ROW = """<tr class="call-row" id="call-0" data-call-uuid="x" data-state="ringing" data-group="waiting" data-rank="0"
data-agent="none" data-line="" data-started="1"><td class="call-row__with">%s</td>
<td class="call-row__time"><time data-since="2026-01-01T00:00:00Z"></time></td></tr>"""

Played = Callable[..., Page]


@pytest.fixture
def played(sign_in: SignIn) -> Played:
    """Open the board of a person with a stream that the test plays."""

    def open_board(username: str = "ada") -> Page:
        page = sign_in(username)
        page.context.add_init_script(PLAYED_STREAM)
        page.clock.install()
        page.reload()
        return page

    return open_board


def play(page: Page, *frames: str, data: str = "{}", last_id: str = "") -> None:
    for name in frames:
        page.evaluate("([name, data, id]) => streams.at(-1).play(name, data, id)", [name, data, last_id])


def fail(page: Page) -> None:
    page.evaluate("streams.at(-1).fail()")


def streams(page: Page) -> int:
    return int(page.evaluate("streams.length"))


def live(page: Page) -> str:
    return str(page.evaluate("document.documentElement.dataset.live"))


def bar(page: Page) -> Locator:
    return page.locator(".offline-bar")


def count_requests(page: Page, path: str) -> list[str]:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url) if request.url.endswith(path) else None)
    return requests


def hide(page: Page, *, is_hidden: bool) -> None:
    page.evaluate(
        """(isHidden) => {
            Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        is_hidden,
    )


def test_board_is_live_after_its_stream_has_caught_up_not_after_a_heartbeat(played: Played) -> None:
    page = played()
    states = [live(page)]

    for frame in ("beat", "caught-up"):
        play(page, frame)
        states.append(live(page))

    assert states == ["connecting", "connecting", "on"]


def test_board_without_messages_for_three_seconds_says_since_when_it_is_cut_off(played: Played) -> None:
    page = played()
    play(page, "caught-up")
    live_at = page.evaluate("new Date().toLocaleTimeString('en', { hourCycle: 'h23' })")
    page.clock.run_for(40_000)

    states = []
    for milliseconds in (100, 2_000, 1_500):
        states.append(live(page))
        page.clock.run_for(milliseconds)

    assert states[0] == "connecting"
    assert live(page) == "off"
    expect(bar(page)).to_contain_text(f"No live updates since {live_at}")
    expect(page.locator("#announcer-urgent")).to_have_text("No live updates any more")


def test_buttons_of_a_cut_off_board_say_that_the_call_is_checked_first(played: Played) -> None:
    page = played("sue")
    play(page, "caught-up")
    play(page, "rows", data=ROW % '<a class="btn" href="/">Transfer</a>', last_id="1-1")
    button = page.locator("#call-0 .btn")
    expect(button).to_be_visible()

    play(page, "cut-off")

    assert live(page) == "off"
    expect(button).to_have_accessible_description("Whatever you press is checked first.")
    expect(button).to_be_enabled()
    play(page, "resync", "caught-up")
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    expect(page.locator("#announcer")).to_have_text("Live updates are back")


@pytest.mark.parametrize(("chance", "before", "after"), [(0.1, 700, 200), (0.5, 3_900, 200), (0.999, 7_900, 200)])
def test_boards_spread_their_fetches_over_the_time_that_the_server_names(
    played: Played, chance: float, before: int, after: int
) -> None:
    page = played()
    play(page, "caught-up")
    fetched = count_requests(page, "/board/calls/")
    page.evaluate("(chance) => (window.chance = chance)", chance)

    play(page, "resync", data="8000")
    page.clock.run_for(before)
    too_early = [*fetched]
    state = live(page)
    page.clock.run_for(after)

    expect(page.locator("html")).to_have_attribute("data-live", "on")
    assert (too_early, state) == ([], "connecting")
    assert len(fetched) == 1


def test_board_whose_fetch_failed_keeps_catching_up(played: Played) -> None:
    page = played()
    play(page, "caught-up")
    fetched = count_requests(page, "/board/calls/")
    page.route("**/board/calls/", lambda route: route.fulfill(status=503))

    play(page, "resync", data="0")
    page.clock.run_for(50)
    page.wait_for_timeout(500)
    play(page, "rows", last_id="2-1")
    failed = live(page)
    page.unroute("**/board/calls/")
    page.clock.run_for(2_000)

    assert failed == "connecting"
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    assert len(fetched) == 2


def test_fetched_list_does_not_undo_rows_pushed_meanwhile(played: Played) -> None:
    page = played("sue")
    play(page, "caught-up")
    held: list[Route] = []
    page.route("**/board/calls/", lambda route: held.append(route))

    play(page, "resync", data="0")
    page.clock.run_for(50)
    page.wait_for_timeout(300)
    play(page, "rows", data=ROW % "newer", last_id="3-1")
    [route] = held
    answer = route.fetch()
    route.fulfill(response=answer)

    expect(page.locator("html")).to_have_attribute("data-live", "on")
    expect(page.locator("#call-0")).to_contain_text("newer")


def test_pause_before_a_retry_grows_and_differs_between_boards(played: Played) -> None:
    page = played()
    play(page, "caught-up")
    pauses = []

    for chance in (0.0, 0.5, 0.999, 0.5, 0.5, 0.5):
        page.evaluate("(chance) => (window.chance = chance)", chance)
        opened = streams(page)
        fail(page)
        while streams(page) == opened:
            page.clock.run_for(100)
        # By the clock of the page: on a busy machine it goes on between two calls of `run_for`.
        pauses.append(page.evaluate("streams.at(-1).openedAt - streams.at(-2).failedAt") / 1_000)

    assert pauses == [
        pytest.approx(0.5, abs=0.1),
        pytest.approx(2.0, abs=0.1),
        pytest.approx(6.0, abs=0.1),
        pytest.approx(8.0, abs=0.1),
        pytest.approx(15.0, abs=0.1),
        pytest.approx(15.0, abs=0.1),
    ]


def test_hidden_tab_closes_its_stream_and_catches_up_when_shown(played: Played) -> None:
    page = played()
    play(page, "caught-up")
    play(page, "rows", last_id="7-1")
    opened = streams(page)

    hide(page, is_hidden=True)
    page.clock.run_for(600_000)
    open_while_hidden = page.evaluate("streams.filter((stream) => stream.isOpen).length")
    hide(page, is_hidden=False)

    assert open_while_hidden == 0
    assert streams(page) == opened + 1
    assert page.evaluate("streams.at(-1).url").endswith("?last=7-1")
    assert live(page) == "connecting"
    play(page, "caught-up")
    assert live(page) == "on"


def test_board_fetches_itself_at_once_when_the_right_to_see_it_ends(played: Played) -> None:
    page = played()
    play(page, "caught-up")
    fetched = count_requests(page, "/board/call-card/")

    play(page, "over")
    page.wait_for_timeout(300)

    assert len(fetched) == 1
    assert live(page) == "connecting"
