"""The one thread on which all event streams of a web process use the database.

One thread has one connection, however many boards are open.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

STREAM_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="streams")

P = ParamSpec("P")
T = TypeVar("T")


async def run_on_stream_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run the function there and return its result. If it raises, a broken connection is closed first."""

    def run() -> T:
        try:
            return function(*args, **kwargs)
        except Exception:
            close_old_connections()
            raise

    return await asyncio.get_running_loop().run_in_executor(STREAM_THREAD, run)
