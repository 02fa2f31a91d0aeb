"""The parts of a system: their addresses, the command of each, and how to find out that it works."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from scripts.child_process import ChildProcess
from scripts.net import LOOPBACK, answers_ok, free_port, wait_until
from scripts.procfile import process_command

READY_SECONDS = 60


class StackDidNotStart(Exception):
    """A part did not start; the message names it and ends with its output."""


@dataclass
class Addresses:
    """The ports on 127.0.0.1. A web port of 0 becomes a free port."""

    web_port: int = 0
    simulator_port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.web_port = self.web_port or free_port()

    @property
    def web_url(self) -> str:
        """Return the address of the product, without a slash at its end."""
        return f"http://{LOOPBACK}:{self.web_port}"

    @property
    def simulator_url(self) -> str:
        """Return the address of the simulated TENIOS, without a slash at its end."""
        return f"http://{LOOPBACK}:{self.simulator_port}"


def kind_of(name: str) -> str:
    """Return the kind of a part: `worker.2` is a second `worker`."""
    return name.partition(".")[0]


def part_command(name: str, addresses: Addresses, simulator_args: Sequence[str]) -> list[str]:
    """Return the command of a part: the Procfile's, except for the simulator, which never runs in production."""
    if name != "simulator":
        return process_command(kind_of(name))
    options = [
        f"--host={LOOPBACK}",
        f"--port={addresses.simulator_port}",
        f"--post-to={addresses.web_url}/tenios/events/",
    ]
    return [sys.executable, "manage.py", "simulate_tenios", *options, *simulator_args]


def wait_until_ready(children: Sequence[ChildProcess], addresses: Addresses) -> None:
    """Wait until all these parts work. Raises StackDidNotStart when one ends or does not answer in time."""
    waiting = list(children)

    def are_ready_or_one_ended() -> bool:
        waiting[:] = [child for child in waiting if not (child.is_running and is_ready(child, addresses))]
        return not waiting or any(not child.is_running for child in children)

    wait_until(are_ready_or_one_ended, seconds=READY_SECONDS)
    failed = [child for child in children if not child.is_running] or waiting
    if failed:
        raise did_not_start(failed[0])


def is_ready(child: ChildProcess, addresses: Addresses) -> bool:
    """Return whether this part works. Sweeper and beat cannot be asked: they work when they run."""
    if child.name == "web":
        return answers_ok(f"{addresses.web_url}/healthz")
    if child.name == "simulator":
        return answers_ok(f"{addresses.simulator_url}/healthz")
    if kind_of(child.name) == "worker":
        return " ready." in child.log_since_start()
    return child.is_running


def did_not_start(child: ChildProcess) -> StackDidNotStart:
    """Return the error that names the part and shows the end of its log."""
    ending = "did not answer in time" if child.is_running else f"ended with {child.exit_code}"
    return StackDidNotStart(f"{child.name} {ending}. The end of {child.log_path}:\n{child.log()[-3000:]}")
