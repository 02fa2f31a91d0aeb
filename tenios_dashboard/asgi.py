"""The ASGI entry point: which of three ways a request takes.

Event streams share one thread and one database connection: with one of each for every open board, 150 viewers exhaust
PostgreSQL's default of 100. Static files need neither. Everything else runs in one step on a kept thread.
"""

import gc
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import get_resolver

from tenios_dashboard.request_threads import OneStepHandler, RequestThreads
from transfers.live import publishing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenios_dashboard.settings")

_in_coroutines = get_asgi_application()

from transfers.views.board.stream import stream  # noqa: E402  # needs Django set up

_in_one_step = OneStepHandler()
_threads = RequestThreads()
publishing.request_resync()
_STREAM_PATH = "/live/"

# What is loaded stays. Looking through all of it for garbage held up one request in a hundred by 70 ms.
get_resolver().check()  # loads the views, which else the first request does
gc.collect()
gc.freeze()

Scope = MutableMapping[str, Any]


async def application(
    scope: Scope,
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
) -> None:
    """Serve one ASGI connection."""
    path = scope["path"] if scope["type"] == "http" else ""
    if path == _STREAM_PATH:
        await stream(scope, receive, send)
    elif path.startswith(settings.STATIC_URL):
        await _in_coroutines(scope, receive, send)  # type: ignore[arg-type]
    else:
        async with _threads.one():
            await _in_one_step(scope, receive, send)  # type: ignore[arg-type]
