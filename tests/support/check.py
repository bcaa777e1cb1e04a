"""Runs every check of `make check`, a line each; what a check has to say is shown only where it fails.

`--but NAME` leaves one out: `make test` counts the tidy tests among its own.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv" / "bin"
PWA = ROOT / "pwa"

# (name, command, folder): what is quick and often wrong first.
CHECKS: tuple[tuple[str, str, Path], ...] = (
    ("format", "ruff format --check .", ROOT),
    ("lint", "ruff check .", ROOT),
    ("generated", "python -m sync.generate --check", ROOT),
    ("answers", "python -m server.described --check", ROOT),
    ("exports", "python -m server.reports.worded --check", ROOT),
    ("messages", "node scripts/messages.mjs --check", PWA),
    ("tidy", "python -m pytest tests/tidy", ROOT),
    ("types", "mypy", ROOT),
    ("imports", "lint-imports", ROOT),
    ("app-format", "biome check --error-on-warnings .", PWA),
    ("test-format", "biome check --error-on-warnings .", ROOT / "tests"),
    ("app-engine", "tsc --noEmit -p src/sync/tsconfig.json", PWA),
    ("app-worker", "tsc --noEmit -p tsconfig.worker.json", PWA),
    ("app-tests", "tsc --noEmit -p tsconfig.node.json", PWA),
    ("app-imports", "depcruise --config .dependency-cruiser.cjs src", PWA),
    (
        "app-types",
        "svelte-check --tsconfig ./tsconfig.json --fail-on-warnings --threshold warning --output human",
        PWA,
    ),
    ("app-lint", "eslint --max-warnings 0 src", PWA),
)


def run(check: tuple[str, str, Path]) -> tuple[int, str]:
    """Return the exit code of a check and all that it said."""
    _, command, folder = check
    path = os.pathsep.join([str(BIN), str(PWA / "node_modules" / ".bin"), os.environ["PATH"]])
    environment = os.environ | {"PATH": path}
    ran = subprocess.run(
        command.split(), cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return ran.returncode, ran.stdout.decode(errors="replace")


def main(arguments: list[str]) -> int:
    """Run the checks, two at a time; return 1 where any failed."""
    parser = ArgumentParser()
    parser.add_argument("--but", choices=[name for name, _, _ in CHECKS])
    left_out = parser.parse_args(arguments).but
    checks = [check for check in CHECKS if check[0] != left_out]
    failed = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for (name, command, _), (code, said) in zip(checks, pool.map(run, checks), strict=True):
            print(f"{'ok    ' if code == 0 else 'FAILED'}  {name:12}{command}", flush=True)
            if code != 0:
                failed += 1
                print(said, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
