"""`manage.py simulate_tenios`: runs the simulated TENIOS for the demo, tests and experiments."""

import ipaddress
import signal
import threading
from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from simulator.options import Options
from simulator.server import Simulator


class Command(BaseCommand):
    """Runs until SIGTERM or Ctrl-C."""

    help = "Plays TENIOS on a loopback address: its HTTP interface, its posts, calls that keep coming, and a page."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options. Each has a default."""
        options = Options()
        parser.add_argument("--host", type=_loopback_host, default="127.0.0.1", help="a loopback address")
        parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
        parser.add_argument("--post-to", help="where call events go, e.g. http://127.0.0.1:8000/tenios/events/")
        parser.add_argument("--calls-per-minute", type=_positive, default=6.0, help="0 for no traffic")
        parser.add_argument("--agents", type=_names, default=["ada", "ben"], help="SIP user names, comma separated")
        parser.add_argument("--seed", type=int, help="fixes all chance except the ids")
        parser.add_argument(
            "--transfer-ring-seconds",
            type=_seconds_range,
            default=(options.ring_seconds_min, options.ring_seconds_max),
            metavar="MIN,MAX",
            help="how long a transfer's destination rings",
        )
        parser.add_argument("--no-answer-seconds", type=_positive, default=options.no_answer_seconds)
        parser.add_argument("--cdr-delay-seconds", type=_positive, default=options.cdr_delay_seconds)

    def handle(self, **given: Any) -> None:
        """Serve until SIGTERM or SIGINT."""
        if not settings.TENIOS_ACCESS_KEY:
            raise CommandError("TENIOS_ACCESS_KEY is not set: the simulator would accept nobody.")
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        try:
            simulator = _build_simulator(given)
        except OSError as error:
            raise CommandError(f"Cannot listen on {given['host']}:{given['port']}: {error.strerror}.") from error
        with simulator:
            self.stdout.write(f"simulator listening on {simulator.url}")
            self.stdout.flush()
            stop.wait()


def _build_simulator(given: dict[str, Any]) -> Simulator:
    ring_min, ring_max = given["transfer_ring_seconds"]
    return Simulator(
        access_key=settings.TENIOS_ACCESS_KEY,
        event_key=next(iter(settings.TENIOS_EVENT_KEYS), ""),
        post_to=given["post_to"],
        host=given["host"],
        port=given["port"],
        options=Options(
            ring_seconds_min=ring_min,
            ring_seconds_max=ring_max,
            no_answer_seconds=given["no_answer_seconds"],
            cdr_delay_seconds=given["cdr_delay_seconds"],
        ),
        agents=given["agents"],
        calls_per_minute=given["calls_per_minute"],
        seed=given["seed"],
    )


def _loopback_host(text: str) -> str:
    address = "127.0.0.1" if text == "localhost" else text
    try:
        if ipaddress.ip_address(address).is_loopback:
            return address
    except ValueError:
        pass
    raise ArgumentTypeError("must be a loopback address, the simulator is not for the network")


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 3600:
        raise ArgumentTypeError("must be a number from 0 to 3600")
    return number


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise ArgumentTypeError("must name at least one SIP user")
    return names


def _seconds_range(text: str) -> tuple[float, float]:
    low, comma, high = text.partition(",")
    seconds = _positive(low), _positive(high if comma else low)
    if seconds[0] > seconds[1]:
        raise ArgumentTypeError("must be MIN,MAX with MIN not above MAX")
    return seconds
