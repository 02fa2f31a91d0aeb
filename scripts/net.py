"""Free ports on loopback, and waiting for a condition."""

import secrets
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable

LOOPBACK = "127.0.0.1"
# Below the range that systems use for outgoing connections (Linux: from 32768), so that no connection takes the chosen
# port before the server starts.
PORT_RANGE = range(20_000, 32_000)


def is_port_free(port: int) -> bool:
    """Return whether a server could listen on this TCP port of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """Return a free TCP port of 127.0.0.1."""
    for _attempt in range(100):
        port = secrets.choice(PORT_RANGE)
        if is_port_free(port):
            return port
    raise OSError("no free port was found on 127.0.0.1")


def answers_ok(url: str) -> bool:
    """Return whether a GET of this http address is answered with status 200 within two seconds."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], *, seconds: float, interval: float = 0.05) -> bool:
    """Wait until the condition is true. Return False if that takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(interval)
    return True
