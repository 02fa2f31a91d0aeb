"""A run of pytest is judged by its own last word, and cannot hang."""

import os
from pathlib import Path

import pytest

from scripts import pytest_run
from scripts.pytest_run import CLOSING_LINE, PytestRun


@pytest.mark.parametrize(
    ("line", "is_closing"),
    [
        ("============================== 37 passed in 5.30s ==============================", True),
        ("=========== 1 failed, 36 passed, 2 skipped, 1 error in 65.30s (0:01:05) ===========", True),
        ("37 passed in 5.30s", True),
        ("============================ no tests ran in 0.01s =============================", True),
        ("============================= test session starts ==============================", False),
        ("a test said: 37 passed in 5.30s of them", False),
    ],
)
def test_the_closing_line_is_known(line: str, is_closing: bool) -> None:
    assert bool(CLOSING_LINE.match(line)) is is_closing


def run_tests(folder: Path, source: str, *, seconds: float = 30) -> PytestRun:
    (folder / "test_it.py").write_text(source)
    arguments = ["-c", os.devnull, "-p", "no:cacheprovider", str(folder / "test_it.py")]
    env = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    run = PytestRun(name="SQLite", arguments=arguments, env=env, log_path=folder / "pytest.log")
    run.start()
    run.wait(seconds=seconds, show=False)
    return run


def test_a_good_run_is_good(tmp_path: Path) -> None:
    run = run_tests(tmp_path, "def test_it():\n    assert True\n")

    assert run.is_good
    assert "1 passed" in run.closing_line


def test_a_failed_run_is_not_good(tmp_path: Path) -> None:
    run = run_tests(tmp_path, "def test_it():\n    assert False\n")

    assert not run.is_good
    assert "1 failed" in run.closing_line


def test_a_run_that_hangs_after_its_last_word_is_ended_and_not_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pytest_run, "EXIT_SECONDS", 0.5)
    source = "import threading\nthreading.Thread(target=threading.Event().wait).start()\ndef test_it():\n    pass\n"

    run = run_tests(tmp_path, source)

    assert not run.is_good
    assert "did not end" in run.problem
    assert "1 passed" in run.closing_line


def test_a_run_that_takes_too_long_is_ended_and_not_good(tmp_path: Path) -> None:
    run = run_tests(tmp_path, "import time\ndef test_it():\n    time.sleep(60)\n", seconds=2)

    assert not run.is_good
    assert "not done" in run.problem
