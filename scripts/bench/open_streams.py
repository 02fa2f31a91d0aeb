"""Opens many event streams, and measures how late their messages arrive.

`open_streams` runs this module as a process of its own, so that reading the streams costs the measuring nothing:

    python -m scripts.bench.open_streams URL PATH COUNT     (first line of the input: session keys, comma separated)

It prints one line when all are open, `{"open": n, "refused": n}`, and one when its input ends: how many streams
ended by themselves, and the delay in seconds of each monotonic time that arrived in a `data:` line.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

from scripts.bench.system import BenchFailed, helper_process

OPENED_AT_ONCE = 40
OPEN_SECONDS = 30
_SENT_AT = re.compile(rb"data: (\d+\.\d+)\n")


class OpenStreams:
    """Streams that a helper process has opened."""

    def __init__(self, helper: subprocess.Popen[str]) -> None:
        self._helper = helper

    def close(self) -> list[float]:
        """Close all; return the delay in seconds of each message that carried its time. Raises BenchFailed."""
        result = json.loads(self._helper.communicate(timeout=30)[0].splitlines()[-1])
        if result["lost"]:
            raise BenchFailed(f"{result['lost']} streams ended by themselves")
        return [float(delay) for delay in result["delays"]]


@contextmanager
def open_streams(url: str, path: str, count: int, *, session_keys: Sequence[str] = ("",)) -> Iterator[OpenStreams]:
    """Keep `count` streams open for as long as the block runs. Raises BenchFailed when one is refused."""
    with helper_process("open_streams", url, path, str(count)) as helper:
        if helper.stdin is None or helper.stdout is None:
            raise BenchFailed("the process that opens the streams has no input or output")
        helper.stdin.write(",".join(session_keys) + "\n")
        helper.stdin.flush()
        opened = json.loads(helper.stdout.readline() or "{}").get("open", 0)
        if opened != count:
            raise BenchFailed(f"only {opened} of {count} streams could be opened at {path}")
        yield OpenStreams(helper)


class _Stream(asyncio.Protocol):
    """One open stream. `is_open` is false for a stream that was refused."""

    def __init__(self, reader: "_StreamReader", request: bytes) -> None:
        self._reader = reader
        self._request = request
        self._rest = b""
        self.is_open: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        if not self.is_open.done():
            self.is_open.set_result(data.startswith(b"HTTP/1.1 200"))
        self._rest += data
        lines, separator, self._rest = self._rest.rpartition(b"\n")
        self._reader.delays.extend(now - float(sent_at) for sent_at in _SENT_AT.findall(lines + separator))

    def connection_lost(self, _error: Exception | None) -> None:
        self._reader.lost += 1
        if not self.is_open.done():
            self.is_open.set_result(False)


class _StreamReader:
    """Reads all streams. `lost` counts streams that the server ended."""

    def __init__(self) -> None:
        self.lost = 0
        self.delays: list[float] = []
        self._slots = asyncio.Semaphore(OPENED_AT_ONCE)

    async def open(self, url: str, path: str, session_key: str) -> bool:
        """Open one stream; return False when it was refused."""
        address = urlsplit(url)
        request = f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: sessionid={session_key}\r\n\r\n".encode()
        async with self._slots:
            _transport, stream = await asyncio.get_running_loop().create_connection(
                lambda: _Stream(self, request), address.hostname or "", address.port or 80
            )
            try:
                async with asyncio.timeout(OPEN_SECONDS):
                    return await stream.is_open
            except TimeoutError:
                return False


async def _main() -> None:
    url, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    loop = asyncio.get_running_loop()
    keys = (await loop.run_in_executor(None, sys.stdin.readline)).strip().split(",")
    reader = _StreamReader()
    opened = await asyncio.gather(*(reader.open(url, path, keys[number % len(keys)]) for number in range(count)))
    print(json.dumps({"open": sum(opened), "refused": count - sum(opened)}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(json.dumps({"lost": reader.lost, "delays": reader.delays}), flush=True)


if __name__ == "__main__":
    asyncio.run(_main())
