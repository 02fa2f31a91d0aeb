"""Where the parts of a running system listen, how each is started, and how one sees that it answers."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from scripts.child_process import ChildProcess
from scripts.net import LOOPBACK, answers_ok, free_port, wait_until
from scripts.procfile import process_command

READY_SECONDS = 60


class StackDidNotStart(Exception):
    """A part did not come up; the message names it and ends with what it printed."""


@dataclass
class Addresses:
    """The ports on 127.0.0.1; a port of 0 becomes a free one."""

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
    """Return what a part is by its name: `worker.2` is a second `worker`."""
    return name.partition(".")[0]


def part_command(name: str, addresses: Addresses, simulator_args: Sequence[str]) -> list[str]:
    """Return the command of one part: the Procfile's, except for the simulator, which never runs in production."""
    if name != "simulator":
        return process_command(kind_of(name))
    own = [f"--host={LOOPBACK}", f"--port={addresses.simulator_port}", f"--post-to={addresses.web_url}/tenios/events/"]
    return [sys.executable, "manage.py", "simulate_tenios", *own, *simulator_args]


def wait_until_ready(children: Sequence[ChildProcess], addresses: Addresses) -> None:
    """Wait until all these parts do their work. Raises StackDidNotStart when one ends or stays silent."""
    waiting = list(children)

    def are_ready_or_one_ended() -> bool:
        waiting[:] = [child for child in waiting if not (child.is_running and is_ready(child, addresses))]
        return not waiting or any(not child.is_running for child in children)

    wait_until(are_ready_or_one_ended, seconds=READY_SECONDS)
    at_fault = [child for child in children if not child.is_running] or waiting
    if at_fault:
        raise did_not_start(at_fault[0])


def is_ready(child: ChildProcess, addresses: Addresses) -> bool:
    """Say whether this part answers; sweeper and beat have no door to knock at, so running is enough."""
    if child.name == "web":
        return answers_ok(f"{addresses.web_url}/healthz")
    if child.name == "simulator":
        return answers_ok(f"{addresses.simulator_url}/healthz")
    if kind_of(child.name) == "worker":
        return " ready." in child.log_since_start()
    return child.is_running


def did_not_start(child: ChildProcess) -> StackDidNotStart:
    """Make the error that names the part and shows the end of its log."""
    ending = "did not answer in time" if child.is_running else f"ended with {child.exit_code}"
    return StackDidNotStart(f"{child.name} {ending}. The end of {child.log_path}:\n{child.log()[-3000:]}")
