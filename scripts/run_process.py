"""Runs one process of the Procfile in the foreground: `python -m scripts.run_process web`."""

import os
import sys

from scripts.procfile import ROOT, process_command, read_procfile


def main() -> None:
    """Replace this process by the named one."""
    known = read_procfile()
    if len(sys.argv) != 2 or sys.argv[1] not in known:
        sys.exit(f"Name one process: {', '.join(known)}")
    os.chdir(ROOT)
    command = process_command(sys.argv[1])
    os.execv(command[0], command)  # noqa: S606 - the command comes from our own Procfile


if __name__ == "__main__":
    main()
