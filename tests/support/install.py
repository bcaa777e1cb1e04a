"""Installs what the tests need beside the lock files: Chromium, and a PostgreSQL server of version 15 or newer.

By apt-get, as root or with sudo that asks nothing; otherwise it stops and names the command.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def has_chromium() -> bool:
    """Whether a Chromium can be started."""
    return bool(os.environ.get("CHROMIUM")) or any(shutil.which(name) for name in CHROMIUM)


def has_postgres() -> bool:
    """Whether PostgreSQL's server programs are here."""
    return bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))) or shutil.which("initdb") is not None


def main() -> int:
    missing = [name for name, is_here in (("chromium", has_chromium()), ("postgresql", has_postgres())) if not is_here]
    if not missing:
        return 0
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    prefix: list[str] = []
    if os.geteuid() != 0:
        if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode != 0:
            print(f"The tests need {' and '.join(missing)}. Please run: sudo {' '.join(command)}")
            return 1
        prefix = ["sudo", "-n"]
    if shutil.which("apt-get") is None:
        print(f"The tests need {' and '.join(missing)}: install them with this system's package manager.")
        return 1
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    subprocess.run([*prefix, "apt-get", "update", "-qq"], check=True, **quiet)
    return subprocess.run([*prefix, *command, "-qq"], check=False, **quiet).returncode


if __name__ == "__main__":
    sys.exit(main())
