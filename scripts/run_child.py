"""Becomes another program that ends when its parent does.

    python scripts/run_child.py PARENT_PID SIGNAL USER COMMAND...

Linux sends SIGNAL to this process when the thread that started it is gone, even after a `kill -9` (prctl(2),
PR_SET_PDEATHSIG); elsewhere only the parent's own tidying up ends it. USER is `-` or an account to become first. It is
a program of its own and not a `preexec_fn`, because that one is unsafe in a process with threads.
"""

import contextlib
import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    """Tie this process to its parent, then become the command."""
    parent, signal_number, user, *command = sys.argv[1:]
    if user != "-":
        become_user(user)
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError):  # a C library without prctl: the launcher's own stop has to do
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal_number))
        if os.getppid() != int(parent):  # it died before the line above
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - the command comes from the launcher


def become_user(name: str) -> None:
    """Give up root for the named account. It comes before prctl: a change of user clears the death signal."""
    account = pwd.getpwnam(name)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


if __name__ == "__main__":
    main()
