"""The engine stands twice, file by file, and is pure on both sides."""

import ast
import re
from collections.abc import Iterable

from tests.support.tree import Tree, lines, read, tree

# What has no twin, and why.
ALONE = {
    "__init__.py": "Python's mark of a package",
    "fields.py": "the words in which kinds are declared; the tablet gets the finished table",
    "generate.py": "writes what the tablet takes from here",
    "themes.py": "the tablet gets the table",
    "kinds.tables.ts": "generated",
    "wire.types.ts": "generated",
    "wire.tables.ts": "generated",
    "shapes.ts": "msgspec decodes by types; JSON.parse does not",
    "sha1.ts": "Python has it in hashlib",
    "sha256.ts": "Python has it in hashlib",
    "strict.ts": "msgspec decodes strictly; JSON.parse does not",
    "utf8.ts": "an engine without the browser's TextEncoder",
}
# The standard library's pure parts.
PURE = {
    "base64", "collections.abc", "datetime.date", "hashlib", "itertools", "json", "math", "msgspec", "re", "typing",
    "uuid.UUID", "uuid.uuid5",
}  # fmt: skip
IMPURE = re.compile(
    r"\b(Date|Math\.random|fetch|indexedDB|crypto|performance|localStorage|sessionStorage|navigator|window|document"
    r"|setTimeout|setInterval|queueMicrotask|console|process|globalThis)\b(?!:)"
)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def without_twin(names: Iterable[str]) -> list[str]:
    """Return the engine's files that have no twin of the same name and no reason for it."""
    stems = {ending: {n.removesuffix(ending) for n in names if n.endswith(ending)} for ending in (".py", ".ts")}
    lonely = [f"{stem}.py" for stem in stems[".py"] - stems[".ts"]] + [
        f"{stem}.ts" for stem in stems[".ts"] - stems[".py"]
    ]
    return sorted(name for name in lonely if name not in ALONE)


def twins_not_named(files: Tree) -> list[str]:
    """Return the engine's files in Python whose docstring does not name the twin."""
    return [
        path
        for path, text in files.items()
        if path.removeprefix("sync/") not in ALONE
        and f"Twin: pwa/{path.replace('sync/', 'src/sync/').removesuffix('py')}ts" not in text
    ]


def impure_imports(files: Tree) -> list[str]:
    """Return what the engine imports beyond itself and the pure parts."""
    found = []
    for path, text in files.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                continue
            for name in names:
                if not name.startswith("sync.") and name not in PURE and name.rpartition(".")[0] not in PURE:
                    found.append(f"{path}: {name}")
    return found


def impure_calls(files: Tree) -> list[str]:
    """Return where a clock, chance or the world outside is asked for in Python."""
    return lines(files, re.compile(r"\.(now|today|utcnow)\(|\b(open|print|input|uuid4|getLogger)\("))


def impure_names(files: Tree) -> list[str]:
    """Return where the tablet's engine names a clock, chance or the world outside."""
    return lines({path: COMMENT.sub("", text) for path, text in files.items()}, IMPURE)


PYTHON = {path: text for path, text in tree("sync/", endings=(".py",)).items() if path != "sync/generate.py"}
TYPESCRIPT = {
    path: text for path, text in tree("pwa/src/sync/", endings=(".ts",)).items() if not path.endswith(".test.ts")
}


def test_every_file_of_the_engine_has_its_twin() -> None:
    names = [path.rpartition("/")[2] for path in (*PYTHON, "sync/generate.py", *TYPESCRIPT)]
    assert without_twin(names) == []
    assert set(ALONE) - set(names) == set()  # nothing is excused that is not there
    assert without_twin(["apply.py", "apply.ts", "stamp.py", "sha1.ts"]) == ["stamp.py"]
    assert without_twin(["digest.ts"]) == ["digest.ts"]


def test_every_file_of_the_engine_says_where_its_twin_is() -> None:
    assert twins_not_named(PYTHON) == []
    assert twins_not_named({"sync/apply.py": '"""Twin: pwa/src/sync/stamp.ts."""'}) == ["sync/apply.py"]


def test_the_servers_engine_asks_no_clock_no_chance_and_nobody() -> None:
    assert impure_imports(PYTHON) == []
    assert impure_calls(PYTHON) == []
    for bad in ("import time", "import random", "from os import path", "import asyncio", "from datetime import datetime",
                "from uuid import uuid4", "from server import clock", "import logging"):  # fmt: skip
        assert impure_imports({"sync/bad.py": bad}) != [], bad
    assert len(impure_calls({"sync/bad.py": "date.today()\nopen('x')\n"})) == 2


def test_the_tablets_engine_asks_no_clock_no_chance_and_nobody() -> None:
    assert impure_names(TYPESCRIPT) == []
    for bad in ("new Date()", "Math.random()", "await fetch(x)", "indexedDB.open('x')", "crypto.subtle"):
        assert impure_names({"bad.ts": f"const x = {bad};"}) != [], bad
    assert impure_names({"good.ts": "// no Date here\nconst isDate = date; /* fetch */"}) == []


def test_the_tablets_engine_compiles_without_the_browser() -> None:
    assert '"lib": ["ES2022"], "types": []' in read("pwa/src/sync/tsconfig.json")
