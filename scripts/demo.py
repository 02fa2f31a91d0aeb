"""`make demo`: the whole system on this machine, with a simulated TENIOS, until Ctrl-C or SIGTERM.

python -m scripts.demo            starts it; PORT picks the web port
python -m scripts.demo --reset    throws its data away
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from scripts.embedded_redis import RedisDidNotStart, RedisNotFound
from scripts.messages.catalogue import compile_catalogues
from scripts.net import is_port_free
from scripts.procfile import ROOT
from scripts.stack import Stack, StackDidNotStart

VAR_DIR = ROOT / "var"
STATE = ("db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm", "beat-schedule*", "demo-secrets.json", "log", "run")


class DemoIsRunning(Exception):
    """Another demo uses the folder; the message says at which address."""


def main() -> int:
    """Start the demo or reset it. Return the exit code."""
    VAR_DIR.mkdir(exist_ok=True)
    try:
        with only_demo() as lock_path:
            return reset() if "--reset" in sys.argv[1:] else run(lock_path)
    except (DemoIsRunning, RedisNotFound, RedisDidNotStart, StackDidNotStart) as error:
        print(error, file=sys.stderr)
        return 1


@contextmanager
def only_demo() -> Iterator[Path]:
    """Lock the folder for as long as the block runs. Raises DemoIsRunning when another demo has locked it."""
    path = VAR_DIR / "demo.lock"
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoIsRunning(_describe_running_demo(path)) from None
        lock.truncate(0)
        yield path


def _describe_running_demo(path: Path) -> str:
    try:
        running = json.loads(path.read_text())
    except ValueError:
        return "A demo is just starting here. End it first (Ctrl-C in its terminal)."
    return f"A demo runs here already: {running['url']} (process {running['pid']}). End it first (Ctrl-C, or kill it)."


def reset() -> int:
    """Delete the demo's database, secrets and logs."""
    for path in [match for pattern in STATE for match in VAR_DIR.glob(pattern)]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    print("The demo's data is gone. `make demo` starts afresh.")
    return 0


def run(lock_path: Path) -> int:
    """Start the system, print its addresses and users, and wait for a signal. Return the exit code."""
    port = os.environ.get("PORT", "8000")
    if not port.isdigit() or not 0 < int(port) < 65536:
        print(f"PORT={port} is no port: a number from 1 to 65535 is needed.", file=sys.stderr)
        return 1
    if not is_port_free(int(port)):
        print(f"Port {port} is taken. Pick another: make demo PORT=8001", file=sys.stderr)
        return 1
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end_once)
    try:
        compile_catalogues()
        with Stack(var_dir=VAR_DIR, web_port=int(port), use_environment=True, say=say) as stack:
            lock_path.write_text(json.dumps({"url": stack.web_url, "pid": os.getpid()}))
            print(invitation(stack), flush=True)
            threading.Event().wait()
    except KeyboardInterrupt:
        say("everything has ended; the data stays in var/ (make demo-reset throws it away)")
    return 0


def end_once(_number: int, _frame: FrameType | None) -> None:
    """End the demo at the first signal. Further signals must not interrupt the end of the processes."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    say("ending ...")
    raise KeyboardInterrupt


def say(message: str) -> None:
    """Print one line of progress."""
    with contextlib.suppress(BrokenPipeError):  # the terminal has been closed
        print(f"Transferdesk: {message}", flush=True)


def invitation(stack: Stack) -> str:
    """Return the text with the addresses of the system and the users who may sign in."""
    tenios = stack.simulator_url or stack.env["TENIOS_BASE_URL"]
    what = "Simulated TENIOS" if stack.simulator_url else "TENIOS (not simulated)"
    return f"""
  Transferdesk            {stack.web_url}/

      ada, ben            agents
      sue                 supervisor
      root                administrator
      password of all     {stack.password}

  {what:<22}  {tenios}/
  Logs                    {stack.var_dir / "log"}

  Ctrl-C ends everything.
"""


if __name__ == "__main__":
    sys.exit(main())
