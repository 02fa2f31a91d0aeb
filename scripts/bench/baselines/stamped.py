"""An ASGI application that adds to each answer when its request came in, so that the clock starts in the web process.

STAMPED_APPLICATION in the environment is the dotted path of the application inside. Without it, it is plain Django with
the settings that DJANGO_SETTINGS_MODULE names.
"""

import os
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

from django.core.asgi import get_asgi_application
from django.utils.module_loading import import_string

from scripts.bench.baselines import RECEIVED_AT

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def add_stamp(application: Application) -> Application:
    """Return the application with the header RECEIVED_AT on each answer."""

    async def stamped(scope: Scope, receive: Receive, send: Send) -> None:
        stamp = (RECEIVED_AT.encode(), repr(time.monotonic()).encode())

        async def send_stamped(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), stamp]
            await send(message)

        await application(scope, receive, send_stamped)

    return stamped


def _load_application() -> Application:
    path = os.environ.get("STAMPED_APPLICATION")
    return cast(Application, import_string(path) if path else get_asgi_application())


application = add_stamp(_load_application())
