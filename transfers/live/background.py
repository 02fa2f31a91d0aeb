"""Starts background tasks of the event loop, each of them at most once at a time."""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from typing import Any

Job = Callable[[], Coroutine[Any, Any, None]]


class BackgroundTasks:
    """The tasks of one owner. Lives in one event loop."""

    def __init__(self) -> None:
        self._tasks: dict[Job, asyncio.Task[None]] = {}

    def start(self, job: Job) -> None:
        """Start a job unless it is running.

        It gets an empty context: the context of the request that happened to come first would stay in memory for as
        long as the job runs.
        """
        task = self._tasks.get(job)
        if task is None or task.done():
            loop = asyncio.get_running_loop()
            self._tasks[job] = loop.create_task(job(), context=contextvars.Context())

    async def cancel_all(self) -> None:
        """Cancel what is running, and wait until it has ended; for an event loop that ends before its process does."""
        while tasks := [task for task in self._tasks.values() if not task.done()]:
            for task in tasks:
                task.cancel()  # repeatedly: the Redis client may turn a cancellation into an error of its own
            await asyncio.wait(tasks, timeout=0.1)
