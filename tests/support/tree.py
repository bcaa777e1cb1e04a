"""The checkout as texts by path: what the tidy rules look at.

    tree("sync", "server", endings=(".py",))  → {"sync/apply.py": "…", …}

A rule is a function from texts to faults, so that it can be shown a bad sample.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {"node_modules", "dist", "test-results", "var"}  # built or fetched; and every folder with a dot
MADE_HERE = {"reports"}  # by the tests, at the root alone: what is reported is a part of the server and of the app

Tree: TypeAlias = Mapping[str, str]


def paths() -> Iterator[str]:
    """Yield the paths of all files of the checkout, links left out."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(
            one
            for one in folders
            if one not in (NOT_OURS | MADE_HERE if Path(folder) == ROOT else NOT_OURS)
            and (not one.startswith(".") or one == ".ci")
            and one != "__pycache__"
        )
        yield from (Path(folder, file).relative_to(ROOT).as_posix() for file in sorted(files))


def tree(*starts: str, endings: tuple[str, ...] = ("",)) -> dict[str, str]:
    """Return the texts of the files whose path begins and ends so."""
    return {path: read(path) for path in paths() if path.startswith(starts) and path.endswith(endings)}


def read(path: str) -> str:
    """Return one text."""
    return (ROOT / path).read_text(encoding="utf-8")


def lines(files: Tree, pattern: re.Pattern[str]) -> list[str]:
    """Return ``path:line: text`` of every line in which a pattern stands."""
    return [
        f"{path}:{number}: {line.strip()}"
        for path, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
