"""A missing translation fails the build, whoever starts it: `make`, or `npm run build`."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.tree import ROOT, read

NPM = ROOT / ".venv" / "bin" / "npm"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A copy of the texts, beside a build that has no app to build: it says `built` where it is reached."""
    shutil.copytree(ROOT / "pwa/src/text", tmp_path / "src/text")
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "pwa/scripts/messages.mjs", tmp_path / "scripts")
    shutil.copy(ROOT / "pwa/package.json", tmp_path)
    (tmp_path / "node_modules/.bin").mkdir(parents=True)
    (tmp_path / "node_modules/@fluent").symlink_to((ROOT / "pwa/node_modules/@fluent").resolve())
    vite = tmp_path / "node_modules/.bin/vite"
    vite.write_text('#!/bin/sh\necho "built by: $*"\n')
    vite.chmod(0o755)
    return tmp_path / "src/text"


def builds(texts: Path) -> tuple[int, str]:
    """Return the exit code of the build, and what was said."""
    path = {"PATH": f"{NPM.parent}:/usr/bin:/bin", "HOME": str(texts)}
    ran = subprocess.run(
        [NPM, "run", "build"], cwd=texts.parents[1], env=path, capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_the_build_goes_through_where_every_language_says_all(texts: Path) -> None:
    code, said = builds(texts)

    assert code == 0 and "built by: build" in said, said
    recipe = re.search(r"^pwa/dist/\.stamp:.*\n((?:\t.*\n)+)", read("Makefile"), re.MULTILINE)
    assert recipe and "run --silent build" in recipe[1] and "vite" not in recipe[1], "make goes by the same door"


@pytest.mark.parametrize("file", ["nl.ftl", "fr.ftl", "en.ftl", "nl.desk.ftl", "fr.desk.ftl", "en.desk.ftl"])
def test_a_message_that_one_language_lacks_fails_the_build(texts: Path, file: str) -> None:
    message = re.compile(r"^([a-z][\w-]*) = .+\n(?=\S)", re.MULTILINE)
    text = (texts / file).read_text(encoding="utf-8")
    found = message.search(text)
    assert found
    (texts / file).write_text(text.replace(found[0], "", 1), encoding="utf-8")

    code, said = builds(texts)

    assert code != 0 and "built by" not in said
    assert f": {found[1]} is " in said


def test_a_message_that_says_less_than_it_was_given_fails_the_build(texts: Path) -> None:
    text = (texts / "fr.ftl").read_text(encoding="utf-8")
    found = re.search(r"^([a-z][\w-]*) = .*(\{ ?\$\w+ ?\}).*\n(?=\S)", text, re.MULTILINE)
    assert found
    (texts / "fr.ftl").write_text(text.replace(found[0], found[0].replace(found[2], "…"), 1), encoding="utf-8")

    code, said = builds(texts)

    assert code != 0 and f"fr: {found[1]} is missing or takes other arguments" in said
