"""Fields that keep what is typed to themselves."""

import re

from tests.support.tree import Tree, tree

FIELD = re.compile(r"<(?:input|textarea|select)\b.*?(?<!=)>", re.DOTALL)


def telling(files: Tree) -> list[str]:
    """Return the fields whose content Chromium would write into its session file, in clear."""
    return [
        f"{path}: {field.split(maxsplit=1)[0]}"
        for path, text in files.items()
        for field in FIELD.findall(text)
        if "autocomplete" not in field
    ]


def test_every_field_says_what_the_browser_may_remember_of_it() -> None:
    assert telling(tree("pwa/src/", endings=(".svelte",))) == []


def test_a_field_that_says_nothing_is_found() -> None:
    found = telling({"a.svelte": '<input {id} oninput={(e) => go(e)}> <select autocomplete="off"> <textarea\n{id}\n>'})
    assert found == ["a.svelte: <input", "a.svelte: <textarea"]
