"""The types of an ASGI application (https://asgi.readthedocs.io), for the ones that are no views of Django."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
"""What the server knows of a connection: method, path, headers."""
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
"""Takes a part of the answer, and returns when there is room for more."""
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
