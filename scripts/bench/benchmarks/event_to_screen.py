"""From an event of TENIOS to the new row in a real browser, with 200 other open streams; against a bare Redis relay.

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

from scripts.bench.baselines.event_stream import CHANNEL
from scripts.bench.client import Client
from scripts.bench.events import make_event
from scripts.bench.figures import Figure, Goal, alternate, p95
from scripts.bench.open_streams import open_streams
from scripts.bench.options import Context
from scripts.bench.system import BenchFailed, Server, System, running_system
from scripts.chromium import LAUNCH_ARGS, ensure_chromium

STREAMS, EVENTS_PER_SECOND, PEOPLE = 200, 20, 50
LIVE_CALLS = 20
"""When the board shows so many calls, each new call is followed by the end of the oldest."""
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


def event_to_screen(context: Context) -> list[Figure]:
    """Alternate relay and product, each with its 200 streams."""
    chromium = ensure_chromium()
    with (
        running_system(server_url=context.server_url, folder=context.folder) as system,
        system.serving("scripts.bench.baselines.event_stream:application") as relay,
        _open_board(system, chromium) as page,
    ):
        keys = system.fill("people", str(PEOPLE), "agent")
        count = min(STREAMS, context.options.streams)
        rounds = alternate(
            runs=context.options.runs,
            baseline=lambda: _measure_relay(system, relay, count, context.options.seconds),
            ours=lambda: _measure_board(system, page, count, keys, context.options.seconds),
        )
    baseline, ours = rounds.medians(p95)
    what = f"event to screen, {EVENTS_PER_SECOND} events/s, {count} other streams, p95"
    return [Figure(what, "ms", ours, baseline, [Goal(4.0), Goal(100, unit="ms")])]


@contextmanager
def _open_board(system: System, chromium: Path) -> Iterator[Page]:
    """Open the board as a supervisor, wait until it is live, and observe its rows."""
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


def _measure_relay(system: System, relay: Server, count: int, seconds: float) -> list[float]:
    """Publish the current time at each tick; return the milliseconds until each stream received it."""
    client = redis.Redis.from_url(system.env["REDIS_URL"])
    with open_streams(relay.url, "/stream", count) as streams:
        for _number in _ticks(seconds):
            client.publish(CHANNEL, repr(time.monotonic()))
        time.sleep(0.5)
        delays = streams.close()
    client.close()
    return [delay * 1000 for delay in delays]


def _measure_board(system: System, page: Page, count: int, keys: list[str], seconds: float) -> list[float]:
    """Send events of calls that begin and end; return the milliseconds until each new row was in the document."""
    with open_streams(system.web.url, "/live/", count, session_keys=keys) as streams:
        ahead = _browser_clock_ahead(page)
        sent_at = _send_calls(system, seconds)
        page.wait_for_timeout(LAST_ROWS_MS)
        seen_at = page.evaluate("() => window.seen")
        streams.close()
    if missing := sent_at.keys() - seen_at.keys():
        raise BenchFailed(f"{len(missing)} of {len(sent_at)} new calls never came to the screen")
    return [seen_at[call_uuid] - ahead - moment * 1000 for call_uuid, moment in sent_at.items()]


def _send_calls(system: System, seconds: float) -> dict[str, float]:
    """Send one event at each tick; return when the first event of each call was sent (Unix time)."""
    sent_at: dict[str, float] = {}
    with Client(system.web.url) as tenios:
        for number in _ticks(seconds):
            is_end = number % 2 == 1 and len(sent_at) > LIVE_CALLS
            call_uuid = list(sent_at)[-LIVE_CALLS] if is_end else str(uuid.uuid4())
            request_type = "CALL_END" if is_end else "CALL_START"
            if not is_end:
                sent_at[call_uuid] = time.time()
            event = make_event(request_type, call_uuid=call_uuid, event_key=system.event_key)
            tenios.post_json("/tenios/events/", event)
    return sent_at


def _browser_clock_ahead(page: Page) -> float:
    """Return how many milliseconds the browser's clock is ahead of ours, by the fastest of 20 comparisons."""
    comparisons = []
    for _time in range(20):
        asked_at = time.time()
        browser_ms = float(page.evaluate(NOW))
        answered_at = time.time()
        comparisons.append((answered_at - asked_at, browser_ms - (asked_at + answered_at) / 2 * 1000))
    return min(comparisons)[1]


def _ticks(seconds: float) -> Iterator[int]:
    """Yield a number 20 times a second for this many seconds."""
    started_at = time.monotonic()
    for number in itertools.count():
        due = number / EVENTS_PER_SECOND
        if due >= seconds:
            return
        time.sleep(max(0.0, started_at + due - time.monotonic()))
        yield number
