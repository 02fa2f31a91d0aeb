"""A TENIOS that only takes the time: accepts each transfer after a while, and says at GET /arrivals when it came.

    python -m scripts.bench.stub_tenios PORT ANSWER_SECONDS

The simulator does more with each request than is to be measured here. Ends when its input does.
"""

import asyncio
import json
import sys
import time

from scripts.net import LOOPBACK

_ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"


class StubTenios:
    """Notes by monotonic clock, which all processes of a machine share, when the whole request was there."""

    def __init__(self, answer_seconds: float) -> None:
        self._answer_seconds = answer_seconds
        self._arrivals: dict[str, float] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection until it ends."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(_content_length(head))
                arrived_at = time.monotonic()
                answer = json.dumps(await self._answer(head, body, arrived_at)).encode()
                writer.write(_ANSWER.format(length=len(answer)).encode() + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, head: bytes, body: bytes, arrived_at: float) -> object:
        if head.startswith(b"POST /transfer-call "):
            self._arrivals.setdefault(json.loads(body)["call_uuid"], arrived_at)
            await asyncio.sleep(self._answer_seconds)
            return {"success": True}
        return self._arrivals if head.startswith(b"GET /arrivals ") else {}


def _content_length(head: bytes) -> int:
    for line in head.decode("latin-1").lower().split("\r\n"):
        if line.startswith("content-length:"):
            return int(line.partition(":")[2])
    return 0


async def main() -> None:
    """Serve until the input ends."""
    stub = StubTenios(float(sys.argv[2]))
    server = await asyncio.start_server(stub.serve, LOOPBACK, int(sys.argv[1]), backlog=256)
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
