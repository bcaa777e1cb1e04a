"""Runs every suite and ends with one line of counts: `N passed, N failed`.

    pytest, two at a time → reports/pytest.xml    vitest → reports/vitest.json    playwright → reports/story.json

A suite that could not report counts as one failure: nothing is green by silence. What failed is named again at the end, with its
first line: what stands far above it is lost where only the end of a run is kept.
"""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import NamedTuple

from tests.support.install import chromium

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv" / "bin"


class Suite(NamedTuple):
    """How a suite is run, and what it reports into."""

    name: str
    command: list[str]
    folder: Path
    report: Path


def run(suite: Suite, reports: Path) -> int:
    """Run a suite and return its exit code."""
    environment = os.environ | {"REPORTS": str(reports), "PATH": f"{BIN}:{os.environ['PATH']}", "CHROMIUM": chromium()}
    print(f"── {suite.name}", flush=True)
    return subprocess.run(suite.command, cwd=suite.folder, env=environment, check=False).returncode


def failures(report: Path) -> list[str]:
    """Return what failed in a suite, by name, each with the first line of why; Playwright says so itself."""
    if report.suffix == ".xml":
        found = [
            (f"{case.get('classname')} {case.get('name')}", bad.get("message") or "")
            for case in ET.parse(report).getroot().iter("testcase")
            for bad in (*case.iter("failure"), *case.iter("error"))
        ]
    else:
        tests = [
            test
            for file in json.loads(report.read_text(encoding="utf-8")).get("testResults", [])
            for test in file["assertionResults"]
        ]
        found = [(test["fullName"], "".join(test["failureMessages"])) for test in tests if test["status"] == "failed"]
    return [f"{name}: {why[:300].splitlines()[0] if why else 'no reason'}" for name, why in found]


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
    for line in failures(report) if failed else ():
        print(f"  {line}")
    if code != 0 and failed == 0:
        failed = 1
    print(f"{name}: {passed} passed, {failed} failed", flush=True)
    return passed, failed


def main(reports: Path) -> int:
    node, pwa = str(BIN / "node"), ROOT / "pwa"
    # The engine first: its longest test, the simulated worlds, must not be the last to begin.
    pytest = ["-m", "pytest", "-n", "2", "--dist", "worksteal", "tests/sync", "tests"]
    python = [str(BIN / "python"), *pytest, f"--junitxml={reports / 'pytest.xml'}"]
    suites = (
        Suite("pytest", python, ROOT, reports / "pytest.xml"),
        Suite("vitest", [node, "node_modules/vitest/vitest.mjs", "run"], pwa, reports / "vitest.json"),
        Suite("stories", [node, "node_modules/@playwright/test/cli.js", "test"], pwa, reports / "story.json"),
    )
    done = [(suite, run(suite, reports)) for suite in suites]
    print()
    results = [counted(one.name, one.report, code) for one, code in done]
    passed, failed = (sum(column) for column in zip(*results, strict=True))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
