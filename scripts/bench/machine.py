"""What the figures were measured on, and what Linux reports about a running process."""

import os
import platform
import resource
from pathlib import Path

import django
import psycopg

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def describe_machine() -> str:
    """Return cores, memory, Python, Django and the load of the machine, in one line."""
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    version = f"Python {platform.python_version()}, Django {django.get_version()}"
    return f"{os.cpu_count()} cores, {gib:.0f} GiB, {platform.system()}, {version}; load before the run: {load}"


def describe_database(url: str) -> str:
    """Return name and version of the database."""
    if not url.startswith("postgres"):
        return "SQLite"
    with psycopg.connect(url) as connection:
        return f"PostgreSQL {connection.info.server_version // 10_000}"


def raise_open_files_limit() -> int:
    """Raise the limit of open files of this process and its children to the highest allowed value, and return it."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process."""
    return _status(pid, "VmRSS") * 1024


def thread_count(pid: int) -> int:
    """Return how many threads a process has."""
    return _status(pid, "Threads")


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process since its start: all threads, user and system (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
