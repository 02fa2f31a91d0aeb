"""Becomes another program that ends when its parent ends.

    python scripts/run_child.py PARENT_PID SIGNAL USER COMMAND...

Linux sends SIGNAL to this process when the thread that started it has ended, even after a `kill -9` (prctl(2),
PR_SET_PDEATHSIG). Elsewhere only the parent can end it. USER is `-` or an account to change to. It is a program of its
own and no `preexec_fn`, because a `preexec_fn` is unsafe in a process with threads.
"""

import contextlib
import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    """Bind this process to its parent, then become the command."""
    parent, signal_number, user, *command = sys.argv[1:]
    if user != "-":
        become_user(user)
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError):  # a C library without prctl: only the parent can end this process
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal_number))
        if os.getppid() != int(parent):  # it ended before the line above
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - the command comes from the parent


def become_user(name: str) -> None:
    """Change from root to this account. It must happen before prctl: a change of user clears the death signal."""
    account = pwd.getpwnam(name)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


if __name__ == "__main__":
    main()
