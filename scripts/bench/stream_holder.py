"""Holds many event streams open, and tells how late what they carry arrives.

    python -m scripts.bench.stream_holder URL PATH COUNT     (first line of the input: session keys, comma separated)

Prints one line when all are open, `{"open": n, "refused": n}`, and one when its input ends: how many bytes came, and
after how many seconds the moments (monotonic) did that stood in `data:` lines.
"""

import asyncio
import json
import re
import sys
import time
from urllib.parse import urlsplit

AT_ONCE = 40
OPEN_SECONDS = 30
_MOMENT = re.compile(rb"data: (\d+\.\d+)\n")


class Stream(asyncio.Protocol):
    """One open stream."""

    def __init__(self, holder: "Holder", request: bytes) -> None:
        self._holder = holder
        self._request = request
        self._rest = b""
        self.began: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Note how late each moment in it is."""
        now = time.monotonic()
        if not self.began.done():
            self.began.set_result(data.startswith(b"HTTP/1.1 200"))
        self._holder.received += len(data)
        self._rest += data
        whole, separator, self._rest = self._rest.rpartition(b"\n")
        self._holder.delays.extend(now - float(moment) for moment in _MOMENT.findall(whole + separator))

    def connection_lost(self, _error: Exception | None) -> None:
        """Count a stream that ended by itself."""
        self._holder.lost += 1
        if not self.began.done():
            self.began.set_result(False)


class Holder:
    """All the streams, and what came on them."""

    def __init__(self) -> None:
        self.received = 0
        self.lost = 0
        self.delays: list[float] = []
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def open(self, url: str, path: str, session_key: str) -> bool:
        """Open one stream; False when it was refused."""
        address = urlsplit(url)
        request = f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: sessionid={session_key}\r\n\r\n".encode()
        async with self._gate:
            _transport, stream = await asyncio.get_running_loop().create_connection(
                lambda: Stream(self, request), address.hostname or "", address.port or 80
            )
            try:
                async with asyncio.timeout(OPEN_SECONDS):
                    return await stream.began
            except TimeoutError:
                return False


async def main() -> None:
    """Open, hold, tell."""
    url, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    loop = asyncio.get_running_loop()
    keys = (await loop.run_in_executor(None, sys.stdin.readline)).strip().split(",")
    holder = Holder()
    opened = await asyncio.gather(*(holder.open(url, path, keys[number % len(keys)]) for number in range(count)))
    print(json.dumps({"open": sum(opened), "refused": count - sum(opened)}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(json.dumps({"received": holder.received, "lost": holder.lost, "delays": holder.delays}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
