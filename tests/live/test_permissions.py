import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_user
from tests.heard_stream import HeardStream
from transfers.live import permissions
from transfers.live.permissions import OVER, PermissionWatch, Viewer, find_viewers
from transfers.live.streams import MOST_WAITING, Audience
from transfers.models import User

AGENT = Audience("en", may_transfer_any=False)
SUPERVISOR = Audience("en", may_transfer_any=True)
ROW = b"event: rows\ndata: <tr>\n\n"


def signed_in(user: User) -> str:
    client = Client()
    client.force_login(user)
    assert client.session.session_key
    return client.session.session_key


def viewer_of(session_key: str) -> Viewer | None:
    return find_viewers({session_key}).get(session_key)


def sign_out(user: User) -> None:
    Session.objects.all().delete()


def let_the_session_run_out(user: User) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def spoil_the_session(user: User) -> None:
    Session.objects.update(session_data="not signed by us")


def set_a_new_password(user: User) -> None:
    user.set_password("another password")
    user.save()


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def delete(user: User) -> None:
    user.delete()


def take_the_role_away(user: User) -> None:
    user.groups.clear()


def take_the_right_from_the_role(user: User) -> None:
    Group.objects.get(name="agent").permissions.remove(Permission.objects.get(codename="view_board"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        sign_out,
        let_the_session_run_out,
        spoil_the_session,
        set_a_new_password,
        deactivate,
        delete,
        take_the_role_away,
        take_the_right_from_the_role,
    ],
)
def test_who_may_not_see_the_board_any_more_is_nobody_to_its_stream(ada: User, change: Callable[[User], None]) -> None:
    session_key = signed_in(ada)
    assert viewer_of(session_key) == Viewer(ada.pk, AGENT)

    change(ada)

    assert viewer_of(session_key) is None


@pytest.mark.django_db
def test_a_session_in_which_nobody_signed_in_is_nobodys(ada: User) -> None:
    client = Client()
    session = client.session
    session["asked"] = "something"
    session.save()

    assert find_viewers({str(session.session_key), "no such session", ""}) == {}


@pytest.mark.django_db
def test_a_new_language_or_right_makes_another_viewer(ada: User) -> None:
    session_key = signed_in(ada)

    User.objects.filter(pk=ada.pk).update(language="de")
    assert viewer_of(session_key) == Viewer(ada.pk, Audience("de", may_transfer_any=False))

    ada.groups.add(Group.objects.get(name="supervisor"))
    assert viewer_of(session_key) == Viewer(ada.pk, Audience("de", may_transfer_any=True))


@pytest.mark.django_db
def test_a_right_of_their_own_counts_as_well_and_so_does_the_right_to_everything() -> None:
    alone, superuser = make_user(), make_user(is_superuser=True)
    alone.user_permissions.add(Permission.objects.get(codename="view_board"))

    assert viewer_of(signed_in(alone)) == Viewer(alone.pk, AGENT)
    assert viewer_of(signed_in(superuser)) == Viewer(superuser.pk, SUPERVISOR)


@pytest.mark.django_db
def test_a_look_costs_two_queries_for_one_viewer_and_for_forty(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    people = [make_user(role="supervisor" if number % 2 else "agent") for number in range(20)]
    session_keys = {person: [signed_in(person), signed_in(person)] for person in people}

    with django_assert_num_queries(2):
        found = find_viewers([key for keys in session_keys.values() for key in keys])

    assert len(found) == 40
    for number, person in enumerate(people):
        expected = Viewer(person.pk, SUPERVISOR if number % 2 else AGENT)
        assert [found[key] for key in session_keys[person]] == [expected, expected]


class Doorman:
    """Says who is behind each session, as the test wishes; a failing one stands for a database that is away."""

    def __init__(self) -> None:
        self.viewers: dict[str, Viewer] = {}
        self.looks: list[set[str]] = []
        self.is_failing = False

    def __call__(self, session_keys: Collection[str]) -> Mapping[str, Viewer]:
        self.looks.append(set(session_keys))
        if self.is_failing:
            raise OperationalError("as told")
        return self.viewers


@pytest.fixture(autouse=True)
def _quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(permissions, "UNPROVED_SECONDS", 0.2)


def watch(story: Callable[[PermissionWatch, Doorman], Awaitable[None]]) -> None:
    doorman = Doorman()

    async def run() -> None:
        await asyncio.wait_for(story(PermissionWatch(doorman), doorman), timeout=20)

    asyncio.run(run())


@contextlib.asynccontextmanager
async def kept(keeper: PermissionWatch, doorman: Doorman, session_key: str, user_id: int) -> AsyncIterator[HeardStream]:
    stream = HeardStream(user_id, AGENT)
    doorman.viewers[session_key] = Viewer(user_id, AGENT)
    keeper.add(stream.subscription, session_key=session_key, viewer=doorman.viewers[session_key])
    try:
        yield stream
    finally:
        keeper.discard(stream.subscription)


async def looks(doorman: Doorman, count: int) -> None:
    seen = len(doorman.looks)
    while len(doorman.looks) < seen + count:
        await asyncio.sleep(0.005)


def test_only_the_stream_whose_session_is_over_ends_and_reads_nothing_more() -> None:
    async def story(keeper: PermissionWatch, doorman: Doorman) -> None:
        async with kept(keeper, doorman, "one", 1) as ending, kept(keeper, doorman, "two", 2) as staying:
            await looks(doorman, 2)
            assert ending.frames.empty()

            ending.takes.clear()
            ending.subscription.offer(ROW)
            await looks(doorman, 1)
            ending.subscription.offer(b"data: a row that waits to be read\n\n")
            del doorman.viewers["one"]
            await looks(doorman, 2)
            ending.takes.set()

            assert await ending.all_frames() == [ROW, OVER]
            assert staying.frames.empty()

    watch(story)


def test_a_stream_ends_when_what_its_viewer_may_see_has_changed() -> None:
    async def story(keeper: PermissionWatch, doorman: Doorman) -> None:
        async with kept(keeper, doorman, "one", 1) as stream:
            doorman.viewers["one"] = Viewer(1, SUPERVISOR)

            assert await stream.all_frames() == [OVER]

    watch(story)


def test_a_slow_reader_whose_queue_overflowed_still_ends() -> None:
    async def story(keeper: PermissionWatch, doorman: Doorman) -> None:
        async with kept(keeper, doorman, "one", 1) as stream:
            stream.takes.clear()
            for _ in range(1000):
                stream.subscription.offer(ROW)
            doorman.viewers.clear()
            await looks(doorman, 2)
            stream.subscription.offer(ROW)
            stream.takes.set()

            frames = await stream.all_frames()

            assert frames.count(ROW) < MOST_WAITING
            assert frames[-1] == OVER

    watch(story)


def test_all_streams_of_a_process_are_looked_at_together_and_nobody_when_none_is_open() -> None:
    async def story(keeper: PermissionWatch, doorman: Doorman) -> None:
        async with contextlib.AsyncExitStack() as stack:
            for number in range(50):
                await stack.enter_async_context(kept(keeper, doorman, f"session {number % 10}", number % 10))
            doorman.looks.clear()
            await looks(doorman, 3)
            assert all(len(look) == 10 for look in doorman.looks)

        await asyncio.sleep(0.1)
        doorman.looks.clear()
        await asyncio.sleep(0.1)
        assert doorman.looks == []

        async with kept(keeper, doorman, "again", 1):
            await looks(doorman, 1)

    watch(story)


def test_a_database_that_is_away_for_a_moment_ends_nothing_and_for_longer_ends_all() -> None:
    async def story(keeper: PermissionWatch, doorman: Doorman) -> None:
        async with kept(keeper, doorman, "one", 1) as stream:
            doorman.is_failing = True
            await looks(doorman, 2)
            doorman.is_failing = False
            await looks(doorman, 2)
            assert stream.frames.empty()

            stream.subscription.offer(ROW)
            doorman.is_failing = True

            assert await stream.all_frames() == [ROW]

    watch(story)
