"""Many open streams from outside: held by a process of their own, so that reading them costs the measuring nothing."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from scripts.bench.system import BenchFailed, helper_process


class HeldStreams:
    """Streams that are open."""

    def __init__(self, helper: subprocess.Popen[str]) -> None:
        self._helper = helper

    def end(self) -> list[float]:
        """Close them all; return how many seconds late each message with a moment arrived. Raises BenchFailed."""
        told = json.loads(self._helper.communicate(timeout=30)[0].splitlines()[-1])
        if told["lost"]:
            raise BenchFailed(f"{told['lost']} streams ended by themselves")
        return [float(delay) for delay in told["delays"]]


@contextmanager
def open_streams(url: str, path: str, count: int, *, session_keys: Sequence[str] = ("",)) -> Iterator[HeldStreams]:
    """Hold so many streams open for as long as the block runs. Raises BenchFailed when one is refused."""
    with helper_process("stream_holder", url, path, str(count)) as helper:
        if helper.stdin is None or helper.stdout is None:
            raise BenchFailed("the holder of the streams has no ears")
        helper.stdin.write(",".join(session_keys) + "\n")
        helper.stdin.flush()
        told = json.loads(helper.stdout.readline() or "{}")
        if told.get("open") != count:
            raise BenchFailed(f"only {told.get('open', 0)} of {count} streams could be opened at {path}")
        yield HeldStreams(helper)
