"""How a request runs on ASGI: all of it in one synchronous step, on a thread that is kept for the next one.

Django's own handler crosses to the thread and back for every middleware, and gives each request a new thread, with it a
new database connection. Both together took longer than most of our views (docs/performance.md).
"""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

KEPT = 8
"""How many idle threads stay, each with a connection. What a burst needs beyond these ends with it."""


class OneStepHandler(ASGIHandler):
    """Runs the middleware and the view of a request as one function call, which the thread of its context does."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002
        """Load the synchronous chain, whatever was asked for."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response of the whole chain."""
        return await sync_to_async(self.get_response)(request)


class RequestThreads:
    """The threads of one process. Lives in one event loop."""

    def __init__(self, *, kept: int = KEPT) -> None:
        self._kept = kept
        self._idle: list[ThreadPoolExecutor] = []

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Run all synchronous steps of this block on one thread, the one that became idle last or else a new one."""
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1, thread_name_prefix="request")
        try:
            async with ThreadSensitiveContext(executor=thread):
                yield
        finally:
            if len(self._idle) < self._kept:
                self._idle.append(thread)
            else:
                thread.submit(connections.close_all)
                thread.shutdown(wait=False)
