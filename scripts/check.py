"""`make check`: everything that can be said about the code without running it. Prints one line for each check."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from scripts.procfile import ROOT
from scripts.stack_environment import inherited_environment

BIN = Path(sys.executable).parent
TYPED = ("manage.py", "tenios_dashboard", "transfers", "simulator", "scripts", "tests")


@dataclass(frozen=True)
class Check:
    """One command that ends with 0 when all is well."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True)
class Verdict:
    """What came of a check."""

    is_good: bool
    seconds: float
    output: str


def main() -> int:
    """Run all checks, two at a time. Return 1 when one failed."""
    with tempfile.TemporaryDirectory(prefix="transferdesk-") as folder, ThreadPoolExecutor(max_workers=2) as pool:
        environment = production_environment(Path(folder))
        running = [(check, pool.submit(run_check, check, environment)) for check in all_checks()]
        failed = [check.name for check, future in running if not report(check, future)]
    print(
        f"{len(running) - len(failed)} of {len(running)} checks are good"
        + (f"; failed: {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


def all_checks() -> list[Check]:
    """Return the checks; the slowest first."""
    templates = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))
    manage = [sys.executable, "manage.py"]
    return [
        Check("types (mypy)", [str(BIN / "mypy"), *TYPED]),
        Check("lint (ruff)", [str(BIN / "ruff"), "check", "--output-format=concise", "."]),
        Check("format (ruff)", [str(BIN / "ruff"), "format", "--check", "."]),
        Check("templates (djade)", [str(BIN / "djade"), "--check", "--target-version", "5.2", *templates]),
        Check("settings for production", [*manage, "check", "--deploy", "--fail-level", "WARNING"]),
        Check("migrations are complete", [*manage, "makemigrations", "--check", "--dry-run"]),
        Check("translations are complete", [sys.executable, "-m", "scripts.messages", "check"]),
    ]


def run_check(check: Check, environment: Mapping[str, str]) -> Verdict:
    """Run one check in this environment."""
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Verdict(is_good=done.returncode == 0, seconds=time.monotonic() - started, output=done.stdout)


def production_environment(folder: Path) -> dict[str, str]:
    """Return an environment as a production system has it, with random secrets and an empty database in `folder`."""
    return inherited_environment(with_settings=False) | {
        "SECRET_KEY": secrets.token_urlsafe(64)[:64],
        "ALLOWED_HOSTS": "transferdesk.example",
        "CSRF_TRUSTED_ORIGINS": "https://transferdesk.example",
        "DATABASE_URL": f"sqlite:///{folder / 'empty.sqlite3'}",
        "TENIOS_ACCESS_KEY": secrets.token_urlsafe(24),
        "TENIOS_EVENT_KEYS": secrets.token_urlsafe(24),
        "ENV_FILE": os.devnull,
    }


def report(check: Check, future: "Future[Verdict]") -> bool:
    """Print how a check went, with its output only when it failed. Return whether it is good."""
    verdict = future.result()
    print(f"{'ok    ' if verdict.is_good else 'FAILED'}  {check.name} ({verdict.seconds:.1f} s)", flush=True)
    if not verdict.is_good:
        print("\n".join(f"        {line}" for line in verdict.output.splitlines()), flush=True)
    return verdict.is_good


if __name__ == "__main__":
    sys.exit(main())
