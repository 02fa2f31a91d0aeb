"""Reads the Procfile, so that demo and tests start the same commands as production."""

import shlex
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def read_procfile(path: Path = ROOT / "Procfile") -> dict[str, str]:
    """Return the shell command of each process by its name."""
    lines = [line for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    return {name.strip(): line.strip() for name, line in (line.split(":", 1) for line in lines)}


def process_command(name: str, path: Path = ROOT / "Procfile") -> list[str]:
    """Return the command of one process. `python` becomes the current interpreter. KeyError for an unknown name.

    A shell expands the variables, as Procfile runners do (`${PORT:-8000}`), and becomes the process with the same pid.
    """
    program, _space, arguments = read_procfile(path)[name].partition(" ")
    if program == "python":
        program = shlex.quote(sys.executable)
    return ["/bin/sh", "-c", f"exec {program} {arguments}"]
