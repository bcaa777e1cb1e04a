"""Runs every suite and ends with one line of counts: `N passed, N failed`.

    pytest, the engine's → reports/engine.xml  ┐ side by side: neither keeps two cores busy
    pytest, all others   → reports/pytest.xml  ┘
    vitest → reports/vitest.json    playwright → reports/story.json

A suite that could not report counts as one failure: nothing is green by silence.
"""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from tests.support.install import chromium

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv" / "bin"
ENGINE = "tests/sync"


class Suite(NamedTuple):
    """How a suite is run, and what it reports into."""

    name: str
    command: list[str]
    folder: Path
    report: Path


def run(suites: Sequence[Suite], reports: Path) -> list[int]:
    """Run suites side by side, the output of each in one piece; return their exit codes."""
    environment = os.environ | {"REPORTS": str(reports), "PATH": f"{BIN}:{os.environ['PATH']}", "CHROMIUM": chromium()}
    first, *others = suites
    with ExitStack() as files:
        logs = [files.enter_context((reports / f"{one.name}.log").open("w+", encoding="utf-8")) for one in others]
        beside = [
            subprocess.Popen(one.command, cwd=one.folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
            for one, log in zip(others, logs, strict=True)
        ]
        print(f"── {' '.join(first.command[-3:])}", flush=True)
        codes = [subprocess.run(first.command, cwd=first.folder, env=environment, check=False).returncode]
        for one, process, log in zip(others, beside, logs, strict=True):
            codes.append(process.wait())
            log.seek(0)
            print(f"── {' '.join(one.command[-3:])}\n{log.read()}", flush=True)
    return codes


def counted(name: str, report: Path, code: int) -> tuple[int, int]:
    """Return how many tests of a suite passed and failed."""
    try:
        if report.suffix == ".xml":
            suites = list(ET.parse(report).getroot().iter("testsuite"))
            total = sum(int(s.get("tests", 0)) for s in suites)
            bad = sum(int(s.get("failures", 0)) + int(s.get("errors", 0)) + int(s.get("skipped", 0)) for s in suites)
            passed, failed = total - bad, bad
        else:
            found = json.loads(report.read_text(encoding="utf-8"))
            stats = found.get("stats")
            if stats:
                passed, failed = stats["expected"], stats["unexpected"] + stats["flaky"] + stats["skipped"]
            else:
                passed, failed = found["numPassedTests"], found["numTotalTests"] - found["numPassedTests"]
    except (OSError, ValueError, KeyError, ET.ParseError) as error:
        print(f"{name}: no report ({error})")
        return 0, 1
    if code != 0 and failed == 0:
        failed = 1
    print(f"{name}: {passed} passed, {failed} failed", flush=True)
    return passed, failed


def main(reports: Path) -> int:
    node, pwa = str(BIN / "node"), ROOT / "pwa"

    def pytest(name: str, *where: str) -> Suite:
        report = reports / f"{name}.xml"
        return Suite(name, [str(BIN / "python"), "-m", "pytest", f"--junitxml={report}", *where], ROOT, report)

    rounds = (
        (pytest("engine", ENGINE), pytest("pytest", f"--ignore={ENGINE}")),
        (Suite("vitest", [node, "node_modules/vitest/vitest.mjs", "run"], pwa, reports / "vitest.json"),),
        (Suite("stories", [node, "node_modules/@playwright/test/cli.js", "test"], pwa, reports / "story.json"),),
    )
    done = [(one, code) for suites in rounds for one, code in zip(suites, run(suites, reports), strict=True)]
    print()
    results = [counted(one.name, one.report, code) for one, code in done]
    passed, failed = (sum(column) for column in zip(*results, strict=True))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
