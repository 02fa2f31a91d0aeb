"""An event stream ends within two seconds after its reader lost the right to see it. Real server and database."""

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext

import httpx
import pytest
import redis
from playwright.sync_api import expect

from scripts.net import wait_until
from scripts.stack import Stack
from tests.stories.conftest import SignIn
from tests.stories.steps import open_board
from tests.stories.system_shell import run_in_system
from transfers.live.permissions import CHECK_SECONDS
from transfers.live.publishing import STREAM

pytestmark = [pytest.mark.flow, pytest.mark.once_on("postgresql")]

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


SESSION = "from django.contrib.sessions.models import Session\nfrom django.utils import timezone\nSession.objects"
LONGEST_SECONDS = 3.0
"""Two seconds are promised. The third allows for a busy machine with two cores."""


LONGEST_WAY_MS = 30_000
"""From the end of the stream to another page, on such a machine."""


class Person:
    """A signed-in person without a browser. Reads the event stream in a thread."""

    def __init__(self, stack: Stack, username: str) -> None:
        self.username = username
        self._http = httpx.Client(base_url=stack.web_url, trust_env=False, timeout=10)
        self.post("/accounts/login/", page="/accounts/login/", login=username, password=stack.password)
        self.session_key = self._http.cookies["sessionid"]
        self.heard: list[float] = []
        self.last_event = ""
        self.ended_at = 0.0
        self.has_left = False
        self._is_leaving = threading.Event()

    def post(self, path: str, *, page: str = "/transfers/", **fields: str) -> None:
        [token, *_] = TOKEN.findall(self._http.get(page).raise_for_status().text)
        answer = self._http.post(path, data={**fields, "csrfmiddlewaretoken": token})
        assert answer.status_code in (302, 303)

    def read_stream(self) -> None:
        """Record all events until the server ends the stream or `leave` is called."""
        with self._open_stream() as live:
            for line in live.iter_lines():
                if line.startswith("event: "):
                    self.heard.append(time.monotonic())
                    self.last_event = line.removeprefix("event: ")
                if self._is_leaving.is_set():
                    self.has_left = True
                    return
        self.ended_at = time.monotonic()

    def stream_status(self) -> int:
        with self._open_stream() as live:
            return live.status_code

    def leave(self) -> None:
        """Close the tab at the next event."""
        self._is_leaving.set()

    def close(self) -> None:
        self._http.close()

    def _open_stream(self) -> AbstractContextManager[httpx.Response]:
        url = self._http.base_url.join("/live/")
        return httpx.stream("GET", url, cookies=self._http.cookies, timeout=20, trust_env=False)


@contextmanager
def busy_board(stack: Stack) -> Iterator[None]:
    """Change something on the board four times a second."""
    is_over = threading.Event()

    def change() -> None:
        with redis.Redis.from_url(stack.env["REDIS_URL"]) as wire:
            while not is_over.wait(0.25):
                wire.xadd(STREAM, {"call": 0, "users": ""}, maxlen=1000)

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


@contextmanager
def people(stack: Stack, *usernames: str) -> Iterator[list[Person]]:
    present = [Person(stack, username) for username in usernames]
    try:
        yield present
    finally:
        for person in present:
            person.close()


def make_people(stack: Stack, *usernames: str) -> None:
    run_in_system(
        stack,
        f"""
        from django.contrib.auth.models import Group
        for username in {list(usernames)!r}:
            user = User.objects.create_user(username, password={stack.password!r})
            user.groups.add(Group.objects.get(name="agent"))
        """,
    )


def act_in_database(stack: Stack, code: str) -> float:
    """Run code on the database of the system. Return the time of its end by the clock of this machine."""
    return float(run_in_system(stack, f"{code}\nimport time\nprint(time.monotonic())"))


def sign_out_elsewhere(stack: Stack, person: Person) -> float:
    person.post("/accounts/logout/", page="/accounts/logout/")
    return time.monotonic()


def delete_session(stack: Stack, person: Person) -> float:
    return act_in_database(stack, f"{SESSION}.get(pk={person.session_key!r}).delete()")


def let_session_run_out(stack: Stack, person: Person) -> float:
    return act_in_database(stack, f"{SESSION}.filter(pk={person.session_key!r}).update(expire_date=timezone.now())")


def take_role_away(stack: Stack, person: Person) -> float:
    return act_in_database(stack, f"User.objects.get(username={person.username!r}).groups.clear()")


def deactivate(stack: Stack, person: Person) -> float:
    return act_in_database(stack, f"User.objects.filter(username={person.username!r}).update(is_active=False)")


def choose_another_language(stack: Stack, person: Person) -> float:
    person.post("/preferences/", language="de")
    return time.monotonic()


ENDINGS = [
    sign_out_elsewhere,
    delete_session,
    let_session_run_out,
    take_role_away,
    deactivate,
    choose_another_language,
]


@pytest.mark.parametrize("board", ["busy", "silent"])
def test_stream_ends_within_two_seconds_after_the_right_to_see_it_ends(stack: Stack, board: str) -> None:
    names = [f"{ending.__name__}-{board}" for ending in ENDINGS]
    make_people(stack, *names, f"stays-{board}")
    with (
        people(stack, *names, f"stays-{board}") as [*leaving, staying],
        busy_board(stack) if board == "busy" else nullcontext(),
        ThreadPoolExecutor(len(names) + 1) as threads,
    ):
        for person in (*leaving, staying):
            threads.submit(person.read_stream)
        assert wait_until(lambda: all(person.heard for person in (*leaving, staying)), seconds=10)
        time.sleep(CHECK_SECONDS)

        acted_at = {person: ending(stack, person) for ending, person in zip(ENDINGS, leaving, strict=True)}
        have_ended = wait_until(lambda: all(person.ended_at for person in leaving), seconds=5)
        has_other_ended = bool(staying.ended_at)
        staying.leave()
        with busy_board(stack):
            wait_until(lambda: staying.has_left, seconds=5)

    took = {person.username: person.ended_at - acted_at[person] for person in leaving}
    assert have_ended, took
    assert {name: seconds for name, seconds in took.items() if seconds > LONGEST_SECONDS} == {}
    assert [person.last_event for person in leaving] == ["over"] * len(leaving)
    assert not has_other_ended


@pytest.mark.browser
def test_board_leaves_the_screen_after_signing_out_in_another_tab(sign_in: SignIn) -> None:
    board = open_board(sign_in, "ada")
    other = board.context.new_page()
    other.goto("/transfers/")

    other.locator(".user-menu").click()
    other.get_by_role("button", name="Sign out").click()

    # Each refused part of the page leads to the sign-in, and a later one may interrupt an earlier one.
    expect(board).to_have_url(re.compile("/accounts/login/"), timeout=LONGEST_WAY_MS)


@pytest.mark.browser
def test_board_leaves_the_screen_after_the_right_to_see_it_ends(sign_in: SignIn, stack: Stack) -> None:
    make_people(stack, "demoted")
    board = open_board(sign_in, "demoted")

    run_in_system(stack, "User.objects.get(username='demoted').groups.clear()")

    expect(board.locator("#call-rows")).to_have_count(0, timeout=LONGEST_WAY_MS)
    expect(board.locator("main")).to_be_visible()


def test_stream_is_refused_after_the_right_to_see_it_ends(stack: Stack) -> None:
    make_people(stack, "gone")
    with people(stack, "gone") as [gone]:
        assert gone.stream_status() == 200

        deactivate(stack, gone)

        assert gone.stream_status() == 403
