"""What the documents say of the tree is so."""

import json
import posixpath
import re
import tomllib
from collections.abc import Iterable, Mapping

from tests.support.tree import Tree, lines, paths, read, tree

BASES = ("", "pwa/", "pwa/src/", "server/", "server/exchange/", "tests/")  # whence the drawing's short paths start
ENDINGS = (".py", ".ts", ".svelte", ".md", ".json", ".ftl", ".cjs", ".toml")
LICENCE = "EUPL-1.2"
OF_A_RUNNING_SERVER = {"counters.json", "key.json", "push-keys.json", "var/"}  # made as it runs
PROSE = tree("docs/", "deploy/", "README.md", "CHANGELOG.md", "sync/vectors/README.md", endings=(".md",))
ALL = set(paths())


def named_paths(text: str) -> set[str]:
    """Return what looks like a path in a text, words with a stroke between them and routes left out."""
    found = {one.rstrip(".") for one in re.findall(r"(?<![\w/.-])[\w*][\w./*-]*", re.sub(r"https?://\S+", "", text))}
    return {
        one
        for one in found
        if one.endswith(ENDINGS) or (one.endswith("/") and one[:-1].replace("/", "").isidentifier())
    }


def missing_paths(text: str, there: Iterable[str]) -> list[str]:
    """Return the paths in a text that are not in the tree."""
    files = set(there)
    folders = {path[: end + 1] for path in files for end in range(len(path)) if path[end] == "/"}
    return sorted(one for one in named_paths(text) if not _is_there(one, files, folders))


def _is_there(path: str, files: set[str], folders: set[str]) -> bool:
    if "*" in path:
        pattern = re.compile(r"(.*/)?" + re.escape(path).replace(r"\*", "[^/]*"))
        return any(map(pattern.fullmatch, files))
    if "/" not in path:
        return any(one.rpartition("/")[2] == path for one in files)
    return any(base + path in files or base + path in folders for base in BASES)


def dead_links(files: Tree, there: Iterable[str]) -> list[str]:
    """Return the relative links that lead nowhere."""
    known = {*there, *(path[:end] for path in there for end in range(len(path)) if path[end] == "/")}
    return [
        f"{path}: {link}"
        for path, text in files.items()
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
        if posixpath.normpath(posixpath.join(posixpath.dirname(path), link)) not in known
    ]


def number_gaps(names: list[str]) -> list[str]:
    """Return what is wrong with the numbers of the decisions: each once, none left out."""
    wrong = [name for name in names if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", name)]
    numbers = sorted(int(name[:4]) for name in names if name not in wrong)
    return wrong if wrong or numbers == list(range(1, len(numbers) + 1)) else [str(number) for number in numbers]


def unknown_decisions(files: Tree, names: list[str]) -> list[str]:
    """Return the decisions that are named and not there."""
    told = {(path, n) for path, text in files.items() for n in re.findall(r"\b[Dd]ecisions? (\d{4})\b", text)}
    return sorted(f"{path}: {n}" for path, n in told if not any(name.startswith(n) for name in names))


def without_help(makefile: str) -> list[str]:
    """Return the targets that `make help` does not list, and the phony ones that are no targets."""
    targets = dict(re.findall(r"^([a-z][a-z-]*):(?!=)(.*)$", makefile, re.MULTILINE))
    phony = " ".join(re.findall(r"^\.PHONY:(.*)$", makefile, re.MULTILINE)).split()
    return sorted(
        {*(name for name, rest in targets.items() if not re.search(r"## \S", rest)), *(set(phony) ^ set(targets))}
    )


def commands_not_made(files: Tree, makefile: str) -> list[str]:
    """Return the `make …` commands in documents that are no targets."""
    targets = set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, re.MULTILINE))
    told = {
        (path, name)
        for path, text in files.items()
        for name in re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE)
    }
    return sorted(f"{path}: make {name}" for path, name in told if name not in targets)


def licences(files: Mapping[str, str]) -> dict[str, str | None]:
    """Return the licence that each file names."""
    found: dict[str, str | None] = {}
    for path, text in files.items():
        if path.endswith(".toml"):
            found[path] = tomllib.loads(text)["project"].get("license")
        elif path.endswith(".json"):
            found[path] = json.loads(text).get("license")
        else:
            found[path] = next(iter(re.findall(r"EUPL-[\d.]+\d", text)), None)
    return found


def hosts(locks: Tree) -> list[str]:
    """Return the lines of lock files that say where something came from: wrong on the next machine (decision 0008)."""
    return lines(locks, re.compile(r'"resolved":|index-url|find-links|^[^"]*https?://'))


def test_the_lock_files_name_no_hosts() -> None:
    assert (
        hosts(
            {path: read(path) for path in ("requirements.lock", "requirements-postgres.lock", "pwa/package-lock.json")}
        )
        == []
    )
    assert hosts({"a.json": '"resolved": "x"', "b.lock": "--index-url https://mirror.example/simple"}) != []


def test_every_path_in_the_documents_is_there() -> None:
    for path in (
        "docs/architecture.md",
        "docs/protocol.md",
        "docs/operations.md",
        "deploy/README.md",
        "README.md",
        "sync/vectors/README.md",
    ):
        assert set(missing_paths(read(path), ALL)) <= OF_A_RUNNING_SERVER, path
    there = ["sync/apply.py", "pwa/src/device/core.ts", "pwa/src/text/nl.ftl"]
    assert (
        missing_paths("`sync/apply.py` device/core.ts `core.ts` `pwa/src/text/*.ftl` sync/ and POST /api/sync", there)
        == []
    )
    assert missing_paths("`sync/fold.py`, `tests/tidy/` and `rules.ts`", there) == [
        "rules.ts",
        "sync/fold.py",
        "tests/tidy/",
    ]


def test_every_link_leads_somewhere() -> None:
    assert dead_links(PROSE, ALL) == []
    links = "[b](b.md) [c](../docs/c.md) [d](https://d.example) [e](../e/) [f](../f/)"
    assert dead_links({"docs/a.md": links}, ["docs/b.md", "e/g.md"]) == ["docs/a.md: ../docs/c.md", "docs/a.md: ../f/"]


def test_the_decisions_are_numbered_without_gaps() -> None:
    names = [path.rpartition("/")[2] for path in tree("docs/decisions/")]
    assert number_gaps(names) == []
    assert number_gaps(["0001-a.md", "0003-b.md"]) == ["1", "3"]
    assert number_gaps(["0001-a.md", "0001-b.md"]) == ["1", "1"]
    assert number_gaps(["2-a.md"]) == ["2-a.md"]
    code = tree("sync/", "server/", "pwa/src/", "tests/", "bench/", endings=(".py", ".ts", ".svelte"))
    assert unknown_decisions({**code, **PROSE}, names) == []
    assert unknown_decisions({"a.py": "# Decision " + "0099."}, names) == ["a.py: 0099"]


def test_every_decision_says_its_number_and_its_status() -> None:
    for path, text in tree("docs/decisions/").items():
        number = path.rpartition("/")[2][:4]
        assert re.match(rf"# {number} · \S.*\n\nStatus: (accepted|superseded)", text), path


def test_make_help_lists_every_target() -> None:
    makefile = read("Makefile")
    assert without_help(makefile) == []
    assert commands_not_made(PROSE, makefile) == []
    assert without_help(".PHONY: a c\na: b ## This\n\tb\nd: e\n") == ["c", "d"]
    assert commands_not_made({"a.md": "`make run`, `make tea`"}, "run: x ## y\n") == ["a.md: make tea"]


def test_the_changelog_begins_with_what_is_not_released_yet() -> None:
    headings = re.findall(r"^## (.+)$", read("CHANGELOG.md"), re.MULTILINE)
    assert headings[:1] == ["Unreleased"]


def test_the_licence_is_named_alike_everywhere() -> None:
    files = ("pyproject.toml", "pwa/package.json", "tests/package.json", "README.md")
    assert set(licences({path: read(path) for path in files}).values()) == {LICENCE}
    assert licences({"a.toml": "[project]\n", "b.json": '{"license": "MIT"}', "c.md": "none"}) == {
        "a.toml": None, "b.json": "MIT", "c.md": None,
    }  # fmt: skip
