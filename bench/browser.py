"""The app's figures, measured in Chromium by a script: pwa/scripts/measure.mjs."""

import json
import subprocess
from pathlib import Path

from bench.tables import Table

ROOT = Path(__file__).resolve().parents[1]


def measure_app(table: Table) -> None:
    """Run the script and note its figures with their limits."""
    node = ROOT / ".venv" / "bin" / "node"
    done = subprocess.run(
        [str(node), "scripts/measure.mjs"], cwd=ROOT / "pwa", capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        table.over.append(f"app: {done.stderr.strip()[-500:]}")
        return
    for line in done.stdout.splitlines():
        figure = json.loads(line)
        table.check(figure["what"], figure["value"], figure["limit"], figure["unit"], "app")
