"""The words on the screens: none that hurts, none that nobody shows, none that is not there."""

import re
from collections.abc import Iterable

from server.reports.worded import needed
from sync.kinds import KINDS
from tests.support.tree import Tree, lines, tree

# Words that are never used, and their forms. A visitor is nobody's client, case or target.
NEVER = re.compile(
    r"\b(clients?|cliënt\w*|clientèle|dossiers?|persoonsdossier\w*|files?|fiches?|casus\w*|no-?shows?"
    r"|(?<!in )cases?|(?<!in )(?<!elk )geval(len)?|(?<!en )(?<!au )cas"
    r"|target[ -]groups?|doelgroep\w*|publics?[ -]cibles?|groupes?[ -]cibles?"
    r"|activations?|activat\w*|activer\w*|activé\w*)\b",
    re.IGNORECASE,
)
NAMES = re.compile(r"^[a-z][\w-]* =|\{ *\$\w+ *(\}|->)|^ *\*?\[\w+\]|^#.*", re.MULTILINE)  # and not what is shown
MESSAGE = re.compile(r"^([a-z][\w-]*) =", re.MULTILINE)
PUT_TOGETHER = re.compile(r"\b(?:maybe|t)\(`([a-z][a-z-]*-)\$\{|\boptions\('([a-z-]+)'")
NAMED = re.compile(r"\b(?:t|maybe)\('([\w-]+)'")
TEXTS = tree("pwa/src/text/", endings=(".ftl",))
CODE = {
    path: text
    for path, text in tree("pwa/src/", endings=(".ts", ".svelte")).items()
    if not path.endswith((".types.ts", ".tables.ts", ".test.ts"))
}


def hurting(files: Tree) -> list[str]:
    """Return the lines whose text, not whose name, holds a word that is never used."""
    words = {path: NAMES.sub("", text) for path, text in files.items()}
    return lines(words, NEVER)


def messages(files: Tree) -> set[str]:
    """Return the names of all messages."""
    return {name for text in files.values() for name in MESSAGE.findall(text)}


def beginnings(files: Tree) -> set[str]:
    """Return how messages begin whose name is put together from a code."""
    return {
        f"{one or other.rstrip('-')}".rstrip("-") + "-"
        for text in files.values()
        for one, other in PUT_TOGETHER.findall(text)
    }


def of_codes(files: Tree) -> set[str]:
    """Return how the messages of a field's codes begin: see prefixOf in features/desk/values.ts."""
    names = {
        name.partition("/")[0]
        for kind in KINDS.values()
        for name, field in kind.fields.items()
        if field.codes or field.keys
    }
    others = re.findall(r"^  \w+: '([a-z-]+)',$", files.get("pwa/src/features/desk/values.ts", ""), re.MULTILINE)
    return {f"{name.replace('_', '-')}-" for name in (*names, *others)}


def of_fields() -> set[str]:
    """Return the messages of a kind's states, and of a field's parts: whole, since `card-` begins others too."""
    states = {f"{name}-{code}" for name, kind in KINDS.items() if (f := kind.fields.get("state")) for code in f.codes}
    parts = {name.replace("/", "-") for kind in KINDS.values() for name in kind.fields if "/" in name}
    return {name.replace("_", "-") for name in states | parts}


def unshown(names: Iterable[str], files: Tree) -> list[str]:
    """Return the messages that no code shows."""
    quoted = {one for text in files.values() for one in re.findall(r"'([a-z][\w-]*)'", text)} | of_fields()
    families = tuple(beginnings(files) | of_codes(files))
    return sorted(name for name in names if name not in quoted and not name.startswith(families))


def missing(names: set[str], files: Tree) -> list[str]:
    """Return the messages, or beginnings of messages, that the code shows and that no text has."""
    shown = {
        name for path, text in files.items() if path != "pwa/src/text/text.svelte.ts" for name in NAMED.findall(text)
    }
    rootless = (one for one in beginnings(files) if not any(name.startswith(one) for name in names))
    return sorted({*(shown - names), *rootless})


def test_no_screen_says_a_word_that_hurts() -> None:
    assert hurting(TEXTS) == []
    for bad in (
        "x = Het dossier",
        "x = Two clients",
        "x = Activation",
        "x = Een no-show",
        "x = { $n ->\n    [one] 1 case\n }",
    ):
        assert hurting({"nl.ftl": bad}) != [], bad
    assert hurting({"en.ftl": "next-case = { $case } next\n# the case"}) == []


def test_the_apostrophe_is_the_one_of_the_themes() -> None:
    # Two kinds of it beside each other on a screen look like a mistake; the names of the themes have this one.
    # What the server says itself stands on a screen too: a reminder on a locked one, a line of a report.
    assert lines(TEXTS | tree("server/", endings=(".py",)), re.compile("’")) == []


def test_every_message_is_shown_somewhere() -> None:
    assert set(unshown(messages(TEXTS), CODE)) <= set(needed()), "but for what an export alone says"
    code = {"a.svelte": "t('all-sent') maybe(`animal-${x}`) options('level', codes)"}
    assert unshown(["all-sent", "animal-fox", "level-service", "old"], code) == ["old"]


def test_every_message_that_is_shown_is_there() -> None:
    assert missing(messages(TEXTS), CODE) == []
    code = {"a.svelte": "t('all-sent') maybe('gone') maybe(`colour-${x}`)"}
    assert missing({"all-sent"}, code) == ["colour-", "gone"]


ONE_IN_FIGURES = re.compile(r"^ *\*?\[one\].*\b1\b", re.MULTILINE)


def test_no_text_says_one_of_nothing() -> None:
    # In French none is counted as one is (CLDR plural rules: i = 0,1): "0 ligne". A "1" written out would say that there is one.
    french = {path: text for path, text in TEXTS.items() if "/fr." in path}
    assert french and lines(french, ONE_IN_FIGURES) == []
    assert lines({"fr.ftl": "x = { $n ->\n    [one] 1 ligne\n   *[other] { $n } lignes\n }"}, ONE_IN_FIGURES) != []
