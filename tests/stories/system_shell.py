"""Runs code inside the system of the stories, on its database, like an administrator's shell."""

import subprocess
import sys
import textwrap

from scripts.procfile import ROOT
from scripts.stack import Stack

_PRELUDE = """
import django
django.setup()
from transfers.models import *
"""


def run_in_system(stack: Stack, code: str) -> str:
    """Run `code` with the models at hand and return what it printed."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _PRELUDE + textwrap.dedent(code)],
        cwd=ROOT,
        env=stack.env | {"DJANGO_SETTINGS_MODULE": "tenios_dashboard.settings"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
