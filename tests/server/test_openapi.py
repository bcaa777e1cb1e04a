"""T38: the API does what its description says, whatever is sent."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from server.settings import Settings
from tests.support.process import ROOT, Process
from tests.support.world import World

# Deliberately otherwise: another method on a path is a route that is not there, 404; and what fits its form may still
# be refused for what it says, such as a password that is tried first.
OTHERWISE = "unsupported_method,positive_data_acceptance"
# The first never ends; the second ends the session by which the others are asked.
APART = ("/api/poke", "/api/sign-out")
EXAMPLES = 12


@pytest.mark.parametrize("name", ["griet", "amina", ""])
def test_T38_no_answer_differs_from_the_description(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, tmp_path: Path, name: str
) -> None:
    world = worlds(sqlite_settings).organise()
    headers = world.device(name).headers if name else {}
    process = Process(sqlite_settings, tmp_path / "log").start()
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{process.url}/api/schema/openapi.json",
        "--exclude-checks", OTHERWISE, "--max-examples", str(EXAMPLES), "--phases", "examples,coverage,fuzzing",
        "--generation-database", "none", "--no-color",
        *(word for path in APART for word in ("--exclude-path", path)),
        *(word for header in headers.items() for word in ("--header", ": ".join(header))),
    ]  # fmt: skip

    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=550)

    process.stop()
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    assert "broken" not in process.log.read_text()
    assert (ROOT / "requirements.lock").read_text().count("\nschemathesis==") == 1
