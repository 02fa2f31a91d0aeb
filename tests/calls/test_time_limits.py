import os
import subprocess
import sys

import pytest
from pytest_django import Settings

from scripts.procfile import ROOT
from transfers.calls import Level, Limit, talking_limit, waiting_limit


@pytest.mark.parametrize(
    ("seconds", "level"),
    [(-3, Level.USUAL), (59.9, Level.USUAL), (60, Level.AMBER), (119.9, Level.AMBER), (120, Level.RED), (9e9, "red")],
)
def test_limit_is_reached_at_exactly_its_second(seconds: float, level: str) -> None:
    limit = Limit(amber_seconds=60, red_seconds=120)

    assert limit.level_of(seconds) == level


@pytest.mark.parametrize(
    ("amber", "red", "level"), [(0, 0, Level.USUAL), (0, 10, Level.RED), (10, 0, Level.AMBER)], ids=str
)
def test_limit_of_zero_seconds_is_never_reached(amber: int, red: int, level: Level) -> None:
    limit = Limit(amber_seconds=amber, red_seconds=red)

    assert limit.level_of(5) == Level.USUAL
    assert limit.level_of(10) == level


def test_limits_come_from_the_settings(settings: Settings) -> None:
    settings.WAITING_AMBER_SECONDS, settings.WAITING_RED_SECONDS = 20, 30
    settings.TALKING_AMBER_SECONDS, settings.TALKING_RED_SECONDS = 200, 300

    assert waiting_limit() == Limit(amber_seconds=20, red_seconds=30)
    assert talking_limit() == Limit(amber_seconds=200, red_seconds=300)


@pytest.mark.parametrize(("amber", "red"), [("61", "60"), ("-1", "60"), ("1", "-1")])
def test_limits_in_the_wrong_order_stop_the_start_with_a_message(amber: str, red: str) -> None:
    environment = {
        **os.environ,
        "SECRET_KEY": "x" * 50,
        "ENV_FILE": os.devnull,
        "WAITING_AMBER_SECONDS": amber,
        "WAITING_RED_SECONDS": red,
    }

    command = [sys.executable, "-c", "from tenios_dashboard import settings"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603

    assert done.returncode != 0
    assert "WAITING_AMBER_SECONDS must not be above WAITING_RED_SECONDS" in done.stderr.splitlines()[-1]
