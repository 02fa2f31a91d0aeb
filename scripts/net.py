"""Ports on loopback, and waiting for something to come up."""

import secrets
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable

LOOPBACK = "127.0.0.1"
# Below the range from which systems take ports for outgoing connections (Linux: 32768 up), so that nobody grabs the
# chosen one by chance between the choice and the start.
PORT_RANGE = range(20_000, 32_000)


def is_port_free(port: int) -> bool:
    """Say whether a server could listen on this TCP port of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on."""
    for _attempt in range(100):
        port = secrets.choice(PORT_RANGE)
        if is_port_free(port):
            return port
    raise OSError("no free port was found on 127.0.0.1")


def answers_ok(url: str) -> bool:
    """Say whether a GET of this http address is answered with status 200 within two seconds."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], *, seconds: float, interval: float = 0.05) -> bool:
    """Ask until the condition holds. Return False when it did not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(interval)
    return True
