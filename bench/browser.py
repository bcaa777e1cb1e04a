"""The app's figures, measured in Chromium by scripts: pwa/scripts/measure*.mjs."""

import json
import subprocess
from pathlib import Path

from bench.tables import Table

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ("measure", "measure_seal", "measure_slow")


def measure_app(table: Table) -> None:
    """Run the scripts and note their figures with their limits."""
    for script in SCRIPTS:
        command = [str(ROOT / ".venv" / "bin" / "node"), f"scripts/{script}.mjs"]
        done = subprocess.run(command, cwd=ROOT / "pwa", capture_output=True, text=True, check=False)
        for line in done.stdout.splitlines():
            figure = json.loads(line)
            table.check(figure["what"], figure["value"], figure["limit"], figure["unit"], "app")
        if done.returncode != 0:
            table.over.append(f"{script}: {done.stderr.strip()[-500:]}")
