"""What deploy/ ships, run as it is written; only its folders are other ones. The proxy is proved in tests/story/https.spec.ts."""

import configparser
import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from server.settings import Settings, read_settings
from tests.support.process import Process

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
STATE = "/var/lib/onthaal"


class Machine:
    """A machine on which Onthaal lies in this folder instead of /opt/onthaal, and keeps its state in another one."""

    def __init__(self, folder: Path) -> None:
        self.state = folder
        self.file = folder / "environment"
        self.file.write_text(self.here((DEPLOY / "environment").read_text(encoding="utf-8")), encoding="utf-8")

    def here(self, text: str) -> str:
        """Return what is written for a real machine, with this one's folders."""
        return text.replace(STATE, str(self.state)).replace("/opt/onthaal", str(ROOT))

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings, as systemd reads them."""
        lines = [line for line in self.file.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
        return dict(line.split("=", 1) for line in lines)

    def unit(self, name: str) -> Mapping[str, str]:
        """Return what a unit says of its service; names in small letters."""
        parser = configparser.RawConfigParser(strict=False)
        parser.read(DEPLOY / name, encoding="utf-8")
        return dict(parser["Service"])

    def starts(self, unit: str) -> subprocess.CompletedProcess[str]:
        """Run a unit that ends by itself."""
        service = self.unit(unit)
        assert service["environmentfile"] == "/etc/onthaal/environment"
        return subprocess.run(
            shlex.split(self.here(service["execstart"])), cwd=self.here(service["workingdirectory"]),
            env={"PATH": os.environ["PATH"]} | self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def onthaal(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command by deploy/onthaal."""
        return subprocess.run(
            [DEPLOY / "onthaal", *words], env={"PATH": os.environ["PATH"], "SETTINGS": str(self.file)}, input=typed,
            capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which nothing ran yet."""
    return Machine(tmp_path)


def test_the_settings_that_are_shipped_are_those_of_production_behind_a_proxy(machine: Machine) -> None:
    settings = read_settings(machine.environment)

    assert settings.is_production and settings.is_https
    assert settings.proxy == "127.0.0.1" == settings.host
    assert f":{settings.port}\n" in (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    assert settings.public_url.removeprefix("https://") in (DEPLOY / "Caddyfile").read_text(encoding="utf-8")


def test_the_service_starts_with_them_and_writes_to_its_own_state_alone(machine: Machine, tmp_path: Path) -> None:
    service = machine.unit("onthaal.service")
    assert (service["statedirectory"], service["user"]) == ("onthaal", "onthaal")
    assert machine.here(service["execstart"]) == f"{ROOT}/.venv/bin/python -m server serve"
    process = Process(Settings(app_dir=str(ROOT / "pwa/dist")), tmp_path / "log")
    port = process.environment["ONTHAAL_PORT"]
    process.environment = {"PATH": os.environ["PATH"], "ONTHAAL_PORT": port} | machine.environment
    before = _files(ROOT / "var")

    process.start()
    process.stop()

    assert {"onthaal.sqlite", "state", "keys"} <= {path.name for path in machine.state.iterdir()}
    assert _files(ROOT / "var") == before


def test_the_nightly_backup_is_one_that_can_be_restored_and_only_the_oldest_go(
    machine: Machine, tmp_path: Path
) -> None:
    named = ("organisation", "--name", "Picol", "--coordinator", "Griet", "--email", "griet@picol.example")
    made = machine.onthaal(*named, typed="koffie op het plein\nkoffie op het plein\n")
    assert made.returncode == 0, made.stderr
    folder = tmp_path / "backups"
    folder.mkdir()
    ages = {"onthaal-old.backup": 36, "onthaal-young.backup": 34}
    for name, days in ages.items():
        (folder / name).write_bytes(b"")
        os.utime(folder / name, times=(at := (folder / name).stat().st_mtime - days * 86_400, at))

    done = machine.starts("onthaal-backup.service")

    assert done.returncode == 0, done.stderr
    kept = sorted(path.name for path in folder.iterdir())
    assert "onthaal-young.backup" in kept and "onthaal-old.backup" not in kept
    [backup] = [folder / name for name in kept if name not in ages]
    (tmp_path / "onthaal.sqlite").unlink()
    restored = machine.onthaal("restore", str(backup))
    assert (restored.returncode, "rows restored" in restored.stdout) == (0, True), restored.stderr
    assert "agrees" in machine.onthaal("check").stdout


def test_a_backup_that_fails_says_so_and_leaves_the_older_ones(machine: Machine, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    old = folder / "onthaal-old.backup"
    old.write_bytes(b"")
    os.utime(old, times=(0, 0))
    (tmp_path / "keys").write_text("not a folder")

    done = machine.starts("onthaal-backup.service")

    assert done.returncode != 0
    assert [path.name for path in folder.iterdir()] == ["onthaal-old.backup"]


def _files(folder: Path) -> set[Path]:
    return set(folder.rglob("*")) if folder.exists() else set()
