"""A stub of TENIOS that accepts each transfer after a fixed time and records when the request arrived.

The simulator would do more for each request than is to be measured. `running_stub` runs this module as a process:

    python -m scripts.bench.stub_tenios PORT ANSWER_SECONDS

It answers at GET /arrivals when the request for each call had arrived completely, in seconds of the monotonic clock,
which all processes of a machine share. It ends when its input ends.
"""

import asyncio
import json
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from scripts.bench.client import Client
from scripts.bench.system import BenchFailed, helper_process
from scripts.net import LOOPBACK, free_port, wait_until

ARRIVAL_SECONDS = 15

_ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"


@dataclass(frozen=True)
class Stub:
    """A running stub by its address."""

    url: str

    def wait_for_arrivals(self, call_uuids: Collection[str], *, interval: float = 0.2) -> dict[str, float]:
        """Wait until the requests for these calls have arrived, at most 15 s; return when each did (monotonic seconds).

        A call whose request did not arrive is missing. The stub is asked every `interval` seconds.
        """
        expected = set(call_uuids)
        wait_until(lambda: expected <= self._arrivals().keys(), seconds=ARRIVAL_SECONDS, interval=interval)
        return {call_uuid: at for call_uuid, at in self._arrivals().items() if call_uuid in expected}

    def _arrivals(self) -> dict[str, float]:
        with Client(self.url) as client:
            return dict(json.loads(client.get("/arrivals").body))


@contextmanager
def running_stub(*, answer_seconds: float = 0.0) -> Iterator[Stub]:
    """Run a stub that answers after this time. Raises BenchFailed."""
    port = free_port()
    with helper_process("stub_tenios", str(port), str(answer_seconds)) as helper:
        if not helper.stdout or helper.stdout.readline().strip() != "ready":
            raise BenchFailed("the stub of TENIOS did not start")
        yield Stub(f"http://{LOOPBACK}:{port}")


class _StubServer:
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


async def _main() -> None:
    stub = _StubServer(float(sys.argv[2]))
    server = await asyncio.start_server(stub.serve, LOOPBACK, int(sys.argv[1]), backlog=256)
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_main())
