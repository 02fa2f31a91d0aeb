"""Make the virtual environment and install one locked set of packages into it.

    python3 scripts/install.py demo|dev

Runs with nothing but the standard library, under whatever Python the Makefile found. A stamp in `.venv` keeps the hash
of the lock file, so that a second call costs a few milliseconds. uv installs where it can be had, pip does it
otherwise: both read the same hashed file.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
CONTAINED_SETS = {"demo": ["demo"], "dev": ["dev", "demo"]}
WITHOUT_ENSUREPIP = (
    "This Python has no `ensurepip`, so it cannot make a virtual environment. On Debian or Ubuntu: "
    "apt-get install python3-venv"
)


def main() -> int:
    """Install the named set unless it is there already. Return the exit code."""
    name = sys.argv[1] if len(sys.argv) > 1 else "dev"
    if name not in CONTAINED_SETS:
        print(f"Unknown set of packages: {name}. Known: {', '.join(CONTAINED_SETS)}", file=sys.stderr)
        return 2
    if is_installed(name):
        return 0
    started = time.monotonic()
    try:
        make_virtual_environment()
        install_packages(name)
    except subprocess.CalledProcessError as error:
        print(
            f"Set-up failed: {error.cmd[0]} ended with {error.returncode}. What it said stands above.", file=sys.stderr
        )
        return 1
    for contained in CONTAINED_SETS[name]:
        stamp_of(contained).write_text(lock_hash(contained))
    print(f"Set-up done in {time.monotonic() - started:.0f} s.", flush=True)
    return 0


def is_installed(name: str) -> bool:
    """Say whether the stamp of this set matches its lock file and the environment still has its interpreter."""
    stamp = stamp_of(name)
    return VENV_PYTHON.exists() and stamp.exists() and stamp.read_text() == lock_hash(name)


def stamp_of(name: str) -> Path:
    """Return the file that remembers which lock file was installed."""
    return VENV / f".installed-{name}"


def lock_hash(name: str) -> str:
    """Return the SHA-256 of the lock file, in hex."""
    return hashlib.sha256((ROOT / f"requirements-{name}.txt").read_bytes()).hexdigest()


def make_virtual_environment() -> None:
    """Make `.venv` with pip in it; throw a half-made one away first.

    Raises CalledProcessError when the interpreter cannot do it.
    """
    if VENV_PYTHON.exists() and run_quietly([str(VENV_PYTHON), "-m", "pip", "--version"]):
        return
    print(f"Making the virtual environment (.venv, Python {sys.version.split()[0]}) ...", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    if not run_quietly([sys.executable, "-c", "import ensurepip, venv"]):
        install_ensurepip()
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def install_ensurepip() -> None:
    """Fetch the package that Debian splits `ensurepip` off into, as root; else end with its name."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SystemExit(WITHOUT_ENSUREPIP)
    print("Installing Debian's python3-venv ...", flush=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=environment, check=False)
    for package in (f"python{version}-venv", "python3-venv"):
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        if subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL).returncode == 0:
            return
    raise SystemExit(WITHOUT_ENSUREPIP)


def install_packages(name: str) -> None:
    """Install requirements-<name>.txt by uv, or by pip when uv cannot be had or fails.

    Raises CalledProcessError when pip fails as well.
    """
    lock_file = str(ROOT / f"requirements-{name}.txt")
    print(f"Installing the packages of requirements-{name}.txt ...", flush=True)
    if has_uv():
        # An interpreter is never downloaded: what runs the set-up is what runs the project.
        environment = os.environ | {"UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(VENV)}
        command = [
            str(VENV / "bin" / "uv"),
            "pip",
            "install",
            "--quiet",
            "--compile-bytecode",
            "--python",
            str(VENV_PYTHON),
        ]
        if (
            subprocess.run(
                [*command, "--compile-bytecode", "--require-hashes", "-r", lock_file], env=environment, check=False
            ).returncode
            == 0
        ):
            return
        print("uv could not do it; pip tries the same file.", flush=True)
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", lock_file], check=True)


def has_uv() -> bool:
    """Say whether uv is in the virtual environment, fetching it by pip where it is not."""
    if (VENV / "bin" / "uv").exists():
        return True
    return run_quietly([str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"])


def run_quietly(command: list[str]) -> bool:
    """Run a command without showing its output. Return whether it ended well."""
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
