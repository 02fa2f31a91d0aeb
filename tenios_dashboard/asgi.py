"""The ASGI entry point: event streams and static files are served before Django, all else by one middleware chain.

Event streams share one thread and one database connection: with one of each for every open board, 150 viewers would
exhaust PostgreSQL's default of 100 connections. Static files need neither.
"""

import gc
import os

import django
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenios_dashboard.settings")
django.setup(set_prefix=False)

# These need Django set up.
from tenios_dashboard.request_threads import OneStepHandler, RequestThreads  # noqa: E402
from tenios_dashboard.static_files import is_static, make_static_files  # noqa: E402
from transfers.base.asgi import Receive, Scope, Send  # noqa: E402
from transfers.live import publishing  # noqa: E402
from transfers.views.board.stream import stream  # noqa: E402

_STREAM_PATH = "/live/"

_serve_page = OneStepHandler()
_serve_static_file = make_static_files()
_threads = RequestThreads()
publishing.request_resync()  # the process before this one may have died between a commit and its message

# Loads the views now instead of with the first request. What is loaded stays for good, so the garbage collector may
# skip it: a full collection delayed one request in a hundred by 70 ms.
get_resolver().check()
gc.collect()
gc.freeze()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one ASGI connection."""
    if scope["type"] == "http" and scope["path"] == _STREAM_PATH:
        await stream(scope, receive, send)
    elif is_static(scope):
        await _serve_static_file(scope, receive, send)
    else:
        async with _threads.borrow():
            await _serve_page(scope, receive, send)  # type: ignore[arg-type]
