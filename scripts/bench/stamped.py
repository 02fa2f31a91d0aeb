"""Stamps each POST with the moment it came in, so that the clock starts where the web process takes the click."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

RECEIVED_AT = "x-received-at"


def stamped(application: Application) -> Application:
    """Return the application with a header on each answer: when its request came in (monotonic seconds)."""

    async def stamping(scope: Scope, receive: Receive, send: Send) -> None:
        stamp = (RECEIVED_AT.encode(), repr(time.monotonic()).encode())

        async def send_stamped(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), stamp]
            await send(message)

        await application(scope, receive, send_stamped)

    return stamping
