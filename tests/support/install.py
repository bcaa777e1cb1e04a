"""Installs what the tests need beside the lock files: Chromium, and a PostgreSQL server of version 15 or newer.

By apt-get, as root or with sudo that asks nothing; otherwise it stops and names the command.
"""

import os
import shutil
import subprocess
import sys

from tests.support.postgres import MISSING, binaries

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Return the program of a Chromium that can be started; '' where there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")


def has_postgres() -> bool:
    """Whether the programs of a PostgreSQL server that is new enough are here: the same look as the tests take."""
    try:
        return bool(binaries())
    except RuntimeError:
        return False


def may_sudo() -> bool:
    """Whether sudo is here and asks nothing."""
    return bool(shutil.which("sudo")) and _run_quietly("sudo", "-n", "true")


def _run_quietly(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def main() -> int:
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
