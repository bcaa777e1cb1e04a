"""Installs what the tests need beside the lock files: Chromium, a PostgreSQL server of version 15 or newer, and Caddy.

By apt-get, as root or with sudo that asks nothing; otherwise it stops and names the command. Caddy's package would
serve port 80 from then on: it is only unpacked, which needs no rights.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.postgres import MISSING, binaries

NAMES = ("chromium", "chromium-browser", "google-chrome")
UNPACKED = Path(__file__).parents[2] / ".venv/caddy"


def chromium() -> str:
    """Return the program of a Chromium that can be started; '' where there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")


def has_caddy() -> bool:
    """Whether Caddy is on the PATH, or was unpacked here."""
    return bool(shutil.which("caddy")) or (UNPACKED / "usr/bin/caddy").exists()


def has_postgres() -> bool:
    """Whether the programs of a PostgreSQL server that is new enough are here: the same look as the tests take."""
    try:
        return bool(binaries())
    except RuntimeError:
        return False


def may_sudo() -> bool:
    """Whether sudo is here and asks nothing."""
    return bool(shutil.which("sudo")) and _run_quietly("sudo", "-n", "true")


def _run_quietly(*command: str, folder: str | None = None) -> bool:
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def main() -> int:
    return install_programs() or unpack_caddy()


def unpack_caddy() -> int:
    """Unpack Debian's or Ubuntu's package of Caddy beside Python's packages; return the exit code."""
    if has_caddy():
        return 0
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        print("The tests need caddy: install it with this system's package manager.")
        return 1
    print("Unpacking caddy for the tests …", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        # Quietly: as root it warns of its own folder.
        if _run_quietly("apt-get", "download", "-qq", "caddy", folder=folder):
            for package in Path(folder).glob("caddy_*.deb"):
                subprocess.run(["dpkg-deb", "-x", package, UNPACKED], check=True)
    if has_caddy():
        return 0
    print("The tests find no package of caddy. Please run: sudo apt-get update")
    return 1


def install_programs() -> int:
    """Install Chromium and PostgreSQL where they are missing; return the exit code."""
    missing = [name for name, is_here in (("chromium", chromium()), ("postgresql", has_postgres())) if not is_here]
    if not missing:
        return 0
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if shutil.which("apt-get") is None:
        print(f"The tests need {' and '.join(missing)}: install them with this system's package manager.")
        return 1
    if os.geteuid() != 0 and not may_sudo():
        print(f"The tests need {' and '.join(missing)}. Please run: sudo {' '.join(command)}")
        return 1
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    print(f"Installing {' and '.join(missing)} for the tests …", flush=True)
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    subprocess.run([*prefix, "apt-get", "update", "-qq"], check=True, **quiet)
    failed = subprocess.run([*prefix, *command, "-qq"], check=False, **quiet).returncode
    if not failed and not has_postgres():
        print(f"The tests find {MISSING}.")
        return 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
