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
    found = filter(None, map(shutil.which, NAMES))
    # Ubuntu's package is a script that asks for another one.
    return os.environ.get("CHROMIUM") or next((one for one in found if _run_quietly(one, "--version")), "")


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
    return _install(prefix, command)


def _install(prefix: list[str], command: list[str]) -> int:
    """Install what is missing; return 1 where something is missing still, and say what to do."""
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    for step in (["apt-get", "update"], command):  # one source that does not answer need not be the one that is needed
        subprocess.run([*prefix, *step, "-qq"], check=False, **quiet)
    sudo = "sudo " if prefix else ""
    if not chromium():
        print(
            f"Chromium could not be installed. Please run: {sudo}apt-get update && {sudo}{' '.join(command)}."
            " Or name one that is here: CHROMIUM=/path/to/chromium make test"
        )
    if not has_postgres():
        print(f"The tests find {MISSING}.")
    return 0 if chromium() and has_postgres() else 1


if __name__ == "__main__":
    sys.exit(main())
