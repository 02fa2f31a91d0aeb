"""Reads the Procfile, so that the demo and the tests start exactly what production starts."""

import shlex
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def read_procfile(path: Path = ROOT / "Procfile") -> dict[str, str]:
    """Return the shell line of each process by its name."""
    lines = [line for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    return {name.strip(): line.strip() for name, line in (line.split(":", 1) for line in lines)}


def process_command(name: str, path: Path = ROOT / "Procfile") -> list[str]:
    """Return the command of one process; its `python` is the interpreter that runs this. KeyError for an unknown name.

    A shell reads the line, as Procfile runners do (`${PORT:-8000}`), and becomes the process: its pid stays.
    """
    program, _space, arguments = read_procfile(path)[name].partition(" ")
    if program == "python":
        program = shlex.quote(sys.executable)
    return ["/bin/sh", "-c", f"exec {program} {arguments}"]
