"""How values of the environment are read."""

import json
import os
import subprocess
import sys

from scripts.procfile import ROOT

LISTS = {
    "ALLOWED_HOSTS": "a.example, b.example",
    "CSRF_TRUSTED_ORIGINS": " https://a.example , https://b.example ",
    "TENIOS_EVENT_KEYS": "first-key, second-key,, ",
    "TENIOS_EVENT_SOURCES": "80.239.139.193, 10.0.0.0/8",
    "METRICS_SOURCES": " 10.1.2.3 ,::1",
    "TENIOS_FORWARD_ANSWER_TYPES": "ONE, two",
    "TRANSFER_REGIONS": "DE, at",
}
READ = """
import json
from tenios_dashboard import settings
print(json.dumps({name: [str(each) for each in getattr(settings, name)] for name in %r}))
"""


def test_blanks_in_lists_are_ignored() -> None:
    environment = {**os.environ, **LISTS, "SECRET_KEY": "x" * 50, "ENV_FILE": os.devnull}

    command = [sys.executable, "-c", READ % list(LISTS)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)  # noqa: S603

    assert json.loads(done.stdout) == {
        "ALLOWED_HOSTS": ["a.example", "b.example"],
        "CSRF_TRUSTED_ORIGINS": ["https://a.example", "https://b.example"],
        "TENIOS_EVENT_KEYS": ["first-key", "second-key"],
        "TENIOS_EVENT_SOURCES": ["80.239.139.193/32", "10.0.0.0/8"],
        "METRICS_SOURCES": ["10.1.2.3/32", "::1/128"],
        "TENIOS_FORWARD_ANSWER_TYPES": ["ONE", "two"],
        "TRANSFER_REGIONS": ["DE", "AT"],
    }
