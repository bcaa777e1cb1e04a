"""What only a mouse has: on a tablet it stays where a finger was, and looks like a choice."""

import re

from tests.support.tree import Tree, tree

# What cannot be touched looks the same under a finger and a mouse.
HARMLESS = re.compile(r"@media \(hover: hover\) \{.*?\n  \}|:disabled:hover", re.DOTALL)
AT_THE_DESK = "pwa/src/features/desk/"


def hovering(files: Tree) -> list[str]:
    """Return the files of a tablet's screens with a rule for `:hover` that a finger sets off, too."""
    return [
        path for path, text in files.items() if not path.startswith(AT_THE_DESK) and ":hover" in HARMLESS.sub("", text)
    ]


def test_nothing_on_a_tablet_looks_chosen_because_a_finger_was_there() -> None:
    assert hovering(tree("pwa/src/", endings=(".svelte", ".css"))) == []
    inside = "  @media (hover: hover) {\n    a:hover {\n      color: red;\n    }\n  }\n"
    assert hovering({"a.css": inside, "b.css": f"{inside}  b:hover {{\n  }}\n"}) == ["b.css"]
