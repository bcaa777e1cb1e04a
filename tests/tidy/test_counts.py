"""The gate ends with counts that hide nothing: what was skipped, was flaky, or could not report has failed."""

import json
import os
from pathlib import Path

import pytest

from tests.support.run import counted
from tests.support.tree import ROOT, read

XML = '<testsuites><testsuite tests="3" failures="{failures}" errors="0" skipped="{skipped}"></testsuite></testsuites>'


def vitest(passed: int, total: int) -> str:
    return json.dumps({"numPassedTests": passed, "numTotalTests": total, "testResults": []})


def story(**stats: int) -> str:
    return json.dumps({"stats": {"expected": 3, "unexpected": 0, "flaky": 0, "skipped": 0, **stats}})


@pytest.mark.parametrize(
    ("name", "report", "code", "counts"),
    [
        ("a.xml", XML.format(failures=0, skipped=0), 0, (3, 0)),
        ("a.xml", XML.format(failures=1, skipped=0), 1, (2, 1)),
        ("a.xml", XML.format(failures=0, skipped=1), 0, (2, 1)),
        ("a.json", vitest(3, 3), 0, (3, 0)),
        ("a.json", vitest(2, 3), 0, (2, 1)),
        ("a.json", story(), 0, (3, 0)),
        ("a.json", story(flaky=1), 0, (3, 1)),
        ("a.json", story(skipped=1), 0, (3, 1)),
        ("a.json", story(unexpected=2), 1, (3, 2)),
        ("a.json", story(), 1, (3, 1)),  # it ended badly, and every test passed
        ("a.json", "{", 0, (0, 1)),
        ("a.xml", "", 0, (0, 1)),
    ],
)
def test_only_what_ran_and_passed_has_passed(
    tmp_path: Path, name: str, report: str, code: int, counts: tuple[int, int]
) -> None:
    (tmp_path / name).write_text(report)

    assert counted("suite", tmp_path / name, code) == counts


def test_a_suite_without_a_report_has_failed(tmp_path: Path) -> None:
    assert counted("suite", tmp_path / "none.xml", 0) == (0, 1)


def test_the_machines_gate_is_what_make_test_says() -> None:
    gate = [line for line in read(".ci/run").splitlines() if line and not line.startswith("#")]
    assert gate[-1] == "exec make test" and os.access(ROOT / ".ci/run", os.X_OK)
    recipe = read("Makefile").partition("\ntest: test-setup")[2].partition("\n\n")[0]
    assert recipe.rstrip().endswith("-m tests.support.run $(REPORTS)"), "its counts are the last that is said"
