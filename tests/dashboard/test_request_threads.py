"""Request threads are reused with their connection, and no more than the limit stay idle."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.test import AsyncRequestFactory
from django.urls import path

from tenios_dashboard.request_threads import OneStepHandler, RequestThreads

pytestmark = pytest.mark.django_db(transaction=True)


def name_of_thread(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(threading.current_thread().name)


urlpatterns = [path("", name_of_thread, name=settings.LOGIN_URL)]


def connect() -> BaseDatabaseWrapper:
    """Open the connection of this thread and return it, so that other threads can inspect it."""
    connection.ensure_connection()
    return connections["default"]


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def run_story() -> None:
        await asyncio.wait_for(story(), timeout=20)

    asyncio.run(run_story())


def test_the_next_request_gets_the_same_thread_and_connection() -> None:
    threads, seen = RequestThreads(), []

    async def story() -> None:
        for _request in range(2):
            async with threads.borrow():
                seen.append((await sync_to_async(threading.get_ident)(), await sync_to_async(connect)()))
        async with threads.borrow():
            await sync_to_async(connections.close_all)()

    run(story)

    assert seen[0] == seen[1]
    assert seen[0][0] != threading.get_ident()


def test_concurrent_requests_have_threads_of_their_own_and_surplus_threads_end() -> None:
    threads, seen = RequestThreads(most_idle=1), []

    async def burst(all_are_in: asyncio.Barrier) -> None:
        async with threads.borrow():
            seen.append((await sync_to_async(threading.current_thread)(), await sync_to_async(connect)()))
            await all_are_in.wait()

    async def story() -> None:
        all_are_in = asyncio.Barrier(3)
        await asyncio.gather(*(burst(all_are_in) for _request in range(3)))
        while sum(thread.is_alive() for thread, _connection in seen) > 1:
            await asyncio.sleep(0.01)
        async with threads.borrow():
            assert (await sync_to_async(threading.current_thread)()).is_alive()
            await sync_to_async(connections.close_all)()

    run(story)

    assert len({thread for thread, _connection in seen}) == 3
    assert [connected.connection for _thread, connected in seen] == [None] * 3


@pytest.mark.urls(__name__)
def test_all_middleware_of_a_request_runs_on_its_thread() -> None:
    threads, handler = RequestThreads(), OneStepHandler()
    answers: list[bytes] = []

    async def story() -> None:
        async with threads.borrow():
            mine = (await sync_to_async(threading.current_thread)()).name
            response = await handler.get_response_async(AsyncRequestFactory().get("/", secure=True))
            answers.extend([mine.encode(), response.content])  # type: ignore[attr-defined]
            await sync_to_async(connections.close_all)()

    run(story)

    assert answers[0] == answers[1]
