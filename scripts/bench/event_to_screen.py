"""From a post of TENIOS to the new row in a real browser, 200 other streams open; against a bare relay of Redis.

The browser itself notes when the row is in its document (MutationObserver). Its clock is compared with ours first.
"""

import itertools
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from playwright.sync_api import Page, sync_playwright

from scripts.bench.bare_streams import CHANNEL
from scripts.bench.client import Visitor
from scripts.bench.figures import alternate, p95
from scripts.bench.posts import make_post
from scripts.bench.streams import open_streams
from scripts.bench.system import BenchFailed, Served, System, running_system
from scripts.bench.table import Goal, Line
from scripts.bench.wish import Bench
from scripts.chromium import LAUNCH_ARGS, ensure_chromium

STREAMS, EVENTS_A_SECOND, PEOPLE = 200, 20, 50
LIVE_CALLS = 20
"""So many calls are on the board at a time: then each new one lets the oldest end."""
LAST_ROWS_MS = 2_000

OBSERVE = """() => {
  window.seen = {};
  const note = (row) => { window.seen[row.dataset.callUuid] ??= performance.timeOrigin + performance.now(); };
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) {
      if (node.nodeType !== 1) continue;
      if (node.matches("[data-call-uuid]")) note(node);
      for (const row of node.querySelectorAll("[data-call-uuid]")) note(row);
    }
  }).observe(document, { childList: true, subtree: true });
}"""
NOW = "() => performance.timeOrigin + performance.now()"


def event_to_screen(bench: Bench) -> list[Line]:
    """Alternate relay and product, each with its 200 streams."""
    chromium = ensure_chromium()
    with (
        running_system(like=bench.like, folder=bench.folder) as system,
        system.serving("scripts.bench.bare_streams:application") as bare,
        _board(system, chromium) as page,
    ):
        keys = system.fill("people", str(PEOPLE), "agent")
        count = min(STREAMS, bench.wish.streams)
        rounds = alternate(
            runs=bench.wish.runs,
            baseline=lambda: _relay(system, bare, count, bench.wish.seconds),
            ours=lambda: _screen(system, page, count, keys, bench.wish.seconds),
        )
    baseline, ours = rounds.medians(p95)
    what = f"event to screen, {EVENTS_A_SECOND} events/s, {count} other streams, p95"
    return [Line(what, "ms", ours, baseline, [Goal(4.0), Goal(100, unit="ms")])]


@contextmanager
def _board(system: System, chromium: Path) -> Iterator[Page]:
    """Show the board to a supervisor, live and observed."""
    (session_key,) = system.fill("people", "1", "supervisor")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(LAUNCH_ARGS))
        context = browser.new_context()
        context.add_cookies([{"name": "sessionid", "value": session_key, "url": system.web.url}])
        page = context.new_page()
        page.goto(f"{system.web.url}/")
        page.locator("html[data-live=on]").wait_for(state="attached")
        page.evaluate(OBSERVE)
        yield page
        browser.close()


def _relay(system: System, bare: Served, count: int, seconds: float) -> list[float]:
    """Publish moments, and return how many milliseconds after its moment each reached each stream."""
    client = redis.Redis.from_url(system.env["REDIS_URL"])
    with open_streams(bare.url, "/stream", count) as streams:
        for _number in _ticks(seconds):
            client.publish(CHANNEL, repr(time.monotonic()))
        time.sleep(0.5)
        delays = streams.end()
    client.close()
    return [delay * 1000 for delay in delays]


def _screen(system: System, page: Page, count: int, keys: list[str], seconds: float) -> list[float]:
    """Post calls that begin and end, and return after how many milliseconds each new row was in the document."""
    began: dict[str, float] = {}
    with (
        open_streams(system.web.url, "/live/", count, session_keys=keys) as streams,
        Visitor(system.web.url) as tenios,
    ):
        behind = _clock_of_browser(page)
        for number in _ticks(seconds):
            is_end = number % 2 == 1 and len(began) > LIVE_CALLS
            call_uuid = list(began)[-LIVE_CALLS] if is_end else str(uuid.uuid4())
            request_type = "CALL_END" if is_end else "CALL_START"
            if not is_end:
                began[call_uuid] = time.time()
            tenios.post_json(
                "/tenios/events/", make_post(request_type, call_uuid=call_uuid, event_key=system.event_key)
            )
        page.wait_for_timeout(LAST_ROWS_MS)
        seen = page.evaluate("() => window.seen")
        streams.end()
    if missing := began.keys() - seen.keys():
        raise BenchFailed(f"{len(missing)} of {len(began)} new calls never came to the screen")
    return [seen[call_uuid] - behind - moment * 1000 for call_uuid, moment in began.items()]


def _clock_of_browser(page: Page) -> float:
    """Return how many milliseconds the browser's clock is ahead of ours, by the quickest of some questions."""
    questions = []
    for _time in range(20):
        asked_at = time.time()
        told = float(page.evaluate(NOW))
        answered_at = time.time()
        questions.append((answered_at - asked_at, told - (asked_at + answered_at) / 2 * 1000))
    return min(questions)[1]


def _ticks(seconds: float) -> Iterator[int]:
    """Yield 20 times a second, numbered, for so many seconds."""
    began_at = time.monotonic()
    for number in itertools.count():
        due = number / EVENTS_A_SECOND
        if due >= seconds:
            return
        time.sleep(max(0.0, began_at + due - time.monotonic()))
        yield number
