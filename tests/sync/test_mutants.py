"""Planted bugs: the vectors alone must find every one, or they do not say what they should.

Each bug is planted in a copy; Python's copies run in this process, TypeScript's in one Node process together.
"""

import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.engine import ROOT, Engine
from tests.support.mutants import PYTHON, TYPESCRIPT, Mutant
from tests.support.vectors import failure_of, read_vectors

NAMES = [f"{mutant.file}: {mutant.name}" for mutant in PYTHON]


def _plant(mutant: Mutant, source: Path, folder: Path) -> Path:
    """Return a copy of an engine with one bug in it."""
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("vectors", "__pycache__", "*.test.ts", "*.json"))
    path = folder / mutant.file
    text = path.read_text(encoding="utf-8")
    assert text.count(mutant.old) == 1, f"{mutant.file} no longer holds once: {mutant.old}"
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    return folder


@contextmanager
def _engine_in(folder: Path) -> Iterator[Engine]:
    """Import the engine that lies in ``folder``/sync, and put this one back."""
    ours = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "sync"}
    for name in ours:
        del sys.modules[name]
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield Engine()
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.split(".")[0] == "sync"]:
            del sys.modules[name]
        sys.modules.update(ours)


@pytest.mark.parametrize("mutant", PYTHON, ids=NAMES)
def test_the_vectors_find_a_bug_planted_in_the_servers_engine(mutant: Mutant, tmp_path: Path) -> None:
    folder = _plant(mutant, ROOT / "sync", tmp_path / "sync")
    with _engine_in(folder.parent) as engine:
        assert engine.apply.__file__ == str(folder / "apply.py")
        found = any(failure_of(engine, file, vector) for file, vector in read_vectors())
    assert found, f"survived: {mutant.name}"


def test_the_vectors_find_every_bug_planted_in_the_tablets_engine(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"type": "module"}')
    source = ROOT / "pwa" / "src" / "sync"
    folders = [_plant(mutant, source, tmp_path / f"engine-{i}") for i, mutant in enumerate(TYPESCRIPT)]
    whole = tmp_path / "whole"
    shutil.copytree(source, whole)

    command = [ROOT / ".venv" / "bin" / "node", ROOT / "pwa" / "scripts" / "twin.ts", "vectors", whole, *folders]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    results = [json.loads(line) for line in ran.stdout.splitlines()]

    assert results[0]["failed"] == {}  # without a bug none is found
    by_name = {f"{mutant.file}: {mutant.name}": result for mutant, result in zip(TYPESCRIPT, results[1:], strict=True)}
    assert [name for name, result in by_name.items() if result["broken"]] == []  # each loads
    assert [name for name, result in by_name.items() if not result["failed"]] == []  # and is found
