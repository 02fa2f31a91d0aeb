"""`manage.py sweep`: the process that sends, expires or releases transfers that no worker has handled."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, close_old_connections

from transfers.lifecycle.sweeper import sweep_once
from transfers.live import publishing
from transfers.operations import HeartbeatTimer, Part


class Command(BaseCommand):
    """Sweeps twice a second until it receives SIGTERM or SIGINT."""

    help = "Send due transfers that no worker claimed, expire late ones, release lost claims. Needs no Redis."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until SIGTERM or SIGINT. While the database does not answer, try again in the next iteration."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        publishing.request_resync()
        self.stdout.write("sweeping")
        heartbeat = HeartbeatTimer(Part.SWEEPER)
        with ThreadPoolExecutor(max_workers=20, thread_name_prefix="sweep") as pool:
            while not stop.wait(0.5):
                try:
                    sweep_once(pool)
                    heartbeat.record_if_due()
                except (DatabaseError, InterfaceError) as error:
                    self.stderr.write(f"the database did not answer: {error.__class__.__name__}")
                finally:
                    close_old_connections()
