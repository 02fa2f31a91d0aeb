"""The ASGI entry point: Django, with one shared thread and database connection for all event streams.

Without it each open board would hold a thread and, once it asked for the signed-in person, a database connection
(150 viewers exhaust PostgreSQL's default of 100).
"""

import gc
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.core.asgi import get_asgi_application
from django.urls import get_resolver

from transfers import live_updates
from transfers.stream_thread import STREAM_THREAD

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenios_dashboard.settings")

_django = get_asgi_application()
live_updates.tell_boards_to_look_again()
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
    """Serve one ASGI connection; the event stream's synchronous steps all run on the one shared thread."""
    if scope["type"] == "http" and scope["path"] == _STREAM_PATH:
        async with ThreadSensitiveContext(executor=STREAM_THREAD):
            await _django(scope, receive, send)  # type: ignore[arg-type]
    else:
        await _django(scope, receive, send)  # type: ignore[arg-type]
