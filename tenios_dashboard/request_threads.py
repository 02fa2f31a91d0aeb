"""Runs each request as one synchronous call, on a thread that is kept for the next request (decision 15).

Django's own ASGI handler switches to the thread and back for every middleware, and gives each request a new thread and
so a new database connection. Both together took longer than most of our views (docs/performance.md).
"""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

MOST_IDLE = 8
"""How many idle threads are kept, each with its connection. A burst may start more; these end with their request."""


class OneStepHandler(ASGIHandler):
    """Runs all middleware and the view of a request in one call, on the thread of the current context."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002
        """Load the synchronous chain; Django asks for the asynchronous one."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response of the whole chain."""
        return await sync_to_async(self.get_response)(request)


class RequestThreads:
    """The request threads of one process. Lives in one event loop."""

    def __init__(self, *, most_idle: int = MOST_IDLE) -> None:
        self._most_idle = most_idle
        self._idle: list[ThreadPoolExecutor] = []

    @asynccontextmanager
    async def borrow(self) -> AsyncIterator[None]:
        """Run all synchronous steps of this block on one thread: the one that became idle last, else a new one."""
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1, thread_name_prefix="request")
        try:
            async with ThreadSensitiveContext(executor=thread):
                yield
        finally:
            if len(self._idle) < self._most_idle:
                self._idle.append(thread)
            else:
                thread.submit(connections.close_all)
                thread.shutdown(wait=False)
