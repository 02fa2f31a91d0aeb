"""What people copy or rely on by name agrees with the code: settings, processes, targets, locked packages."""

import re
import subprocess
from pathlib import Path

import pytest

from scripts.procfile import ROOT, process_command, read_procfile
from scripts.stack.environment import inherited_environment, load_or_make_secrets, setting_names

INTERNAL = {"ENV_FILE"}  # names another .env, for tests and the demo


def test_example_file_has_every_setting() -> None:
    source = (ROOT / "tenios_dashboard" / "settings.py").read_text()
    read = set(re.findall(r"(?:env\.\w+|require)\(\s*\"([A-Z_]+)\"", source)) - INTERNAL

    assert read == setting_names()


def test_procfile_names_the_processes_of_production() -> None:
    assert list(read_procfile()) == ["web", "worker", "sweeper", "beat"]


def test_process_has_the_pid_of_the_shell_that_starts_it(tmp_path: Path) -> None:
    procfile = tmp_path / "Procfile"
    procfile.write_text("echo: python -c 'import os, sys; print(os.getpid(), sys.argv[1])' ${PORT:-8000}\n")

    command = process_command("echo", procfile)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={}) as process:  # noqa: S603
        output, _ = process.communicate()

    assert output == f"{process.pid} 8000\n"


@pytest.mark.parametrize("name", ["help", "setup", "demo", "demo-reset", "test", "proofs", "check", "lock", "messages"])
def test_help_names_the_target(name: str) -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607

    assert re.search(rf"make {name} +\S", done.stdout)


@pytest.mark.parametrize("name", ["requirements-production.txt", "requirements.txt", "requirements-demo.txt"])
def test_locked_sets_agree_on_every_version(name: str) -> None:
    def pins(file: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9][^ ]*==[^ ]+", (ROOT / file).read_text(), flags=re.MULTILINE))

    assert pins(name)
    assert pins(name) <= pins("requirements-dev.txt")


@pytest.mark.parametrize(
    "name", ["requirements-production.txt", "requirements.txt", "requirements-demo.txt", "requirements-dev.txt"]
)
def test_no_locked_set_contains_an_address(name: str) -> None:
    assert "://" not in (ROOT / name).read_text()


def test_secrets_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    path = tmp_path / "demo-secrets.json"

    made = load_or_make_secrets(path)

    assert load_or_make_secrets(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert len({made.secret_key, made.access_key, made.event_key, made.password}) == 4


def test_key_in_the_environment_is_not_inherited_by_test_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENIOS_ACCESS_KEY", "the-real-one")
    monkeypatch.setenv("PATH", "/usr/bin")

    assert "TENIOS_ACCESS_KEY" not in inherited_environment(with_settings=False)
    assert inherited_environment(with_settings=True)["TENIOS_ACCESS_KEY"] == "the-real-one"
    assert inherited_environment(with_settings=False)["PATH"] == "/usr/bin"


def test_production_lock_contains_nothing_that_only_tests_need() -> None:
    locked = (ROOT / "requirements-production.txt").read_text()

    assert re.findall(r"^(pytest|hypothesis|playwright|ruff|mypy)\S*==", locked, flags=re.MULTILINE) == []
