"""`manage.py simulate_tenios` as a process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).parents[2]


def test_process_prints_its_address_and_ends_on_sigterm() -> None:
    command = [sys.executable, "manage.py", "simulate_tenios", "--agents", "ada", "--calls-per-minute", "0"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONUNBUFFERED": "1"}

    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        words = process.stdout.readline().split()
        health = httpx.get(f"{words[-1]}/healthz", trust_env=False)
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=5)

    assert words[:3] == ["simulator", "listening", "on"]
    assert health.status_code == 200
    assert code == 0


@pytest.mark.parametrize(
    ("option", "value", "word"),
    [
        ("--host", "0.0.0.0", "loopback"),  # noqa: S104
        ("--host", "example.org", "loopback"),
        ("--calls-per-minute", "-1", "number"),
        ("--agents", ",", "SIP user"),
        ("--transfer-ring-seconds", "9,2", "MIN,MAX"),
    ],
)
def test_wrong_option_is_refused(option: str, value: str, word: str) -> None:
    with pytest.raises(CommandError, match=word):
        call_command("simulate_tenios", option, value)
