"""No check is silenced without a reason, no test is left out, nothing is left for later."""

import re

from tests.support.tree import Tree, lines, paths, tree

CODE = tree(
    "sync/", "server/", "pwa/", "tests/", "bench/", endings=(".py", ".ts", ".svelte", ".js", ".mjs", ".cjs", ".css")
)
SILENCED = re.compile(
    r"#.*\bno[q]a\b|#\s*type:\s*ignor[e]|(//|/\*|<!--).*(eslint-disabl[e]|biome-ignor[e]|@ts-(expect-error|ignore|nocheck)|svelte-ignor[e])"
)
REASON = re.compile(r" -- \S|biome-ignore [\w/]+: \S")  # biome has a form of its own
LATER = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b")
LEFT_OUT = re.compile(
    r"pytest\.(mark\.)?(skip|skipif|xfail|importorskip)\b|unittest\.skip"
    r"|\b(test|it|describe|suite)(\.\w+)*\.(skip|skipIf|only|todo|fails|fixme|runIf)\b|\b(xit|xtest|xdescribe|fit|fdescribe)\("
)
NO_REASON = "x = 1  # noq" + "a: E501"


def silenced(files: Tree) -> list[str]:
    """Return the lines that silence a check without saying why."""
    return [line for line in lines(files, SILENCED) if not REASON.search(line)]


def later(files: Tree) -> list[str]:
    """Return the lines that leave something for later."""
    return lines(files, LATER)


def left_out(files: Tree) -> list[str]:
    """Return the lines that leave a test out, or all the others."""
    return lines(
        {path: text for path, text in files.items() if path.startswith("tests/") or ".test." in path}, LEFT_OUT
    )


def hiding(names: list[str]) -> list[str]:
    """Return what would hide `sync` and `server` from the tests."""
    return [name for name in names if name.startswith("tests/") and name.endswith("__init__.py")]


def test_whoever_silences_a_check_says_why() -> None:
    assert silenced(CODE) == []
    assert silenced({"a.py": NO_REASON}) == [f"a.py:1: {NO_REASON}"]
    assert silenced({"a.py": NO_REASON + " -- a table"}) == []
    assert (
        len(silenced({"a.ts": "// @ts-expect-err" + "or\n/* eslint-disab" + "le */\nx // biome-igno" + "re format"}))
        == 3
    )


def test_nothing_is_left_for_later() -> None:
    assert later({**CODE, **tree("docs/", "README", "CHANGELOG", "Makefile", endings=(".md", "Makefile"))}) == []
    assert later({"a.py": "# TO" + "DO: the rest"}) != []


def test_no_test_is_left_out() -> None:
    assert left_out(CODE) == []
    for bad in (
        "@pytest.mark.sk" + "ip",
        "pytest.xf" + "ail()",
        "test.on" + "ly('x', f)",
        "test.describe.sk" + "ip(f)",
    ):
        assert left_out({"tests/a": bad}) != [], bad


def test_the_tests_hide_no_package() -> None:
    assert hiding(list(paths())) == []
    assert hiding(["tests/sync/__init__.py"]) != []
