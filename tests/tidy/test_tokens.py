"""One scale of type, one of space, one list of colours: tokens, in one place; and words stand out from whatever is under them."""

import re

import pytest

from tests.support.tree import Tree, lines, read, tree

STYLES = tree("pwa/src/", endings=(".svelte", ".css"))
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(rgba?|hsla?|oklch|color-mix)\(|:\s*(white|black|red|gr[ae]y)\b", re.IGNORECASE
)
SIZED = re.compile(r"^\s*(font-size|(row-|column-)?gap|(padding|margin)[\w-]*):\s*([^;]+);(.*)")
# Of a scale; of paper, or of the screen itself; or another one, beside which stands why.
FITS = re.compile(r"-?var\(--(text|space)-\w+\)|0|auto|inherit|[\d.]+(mm|dvh)|env\([\w-]+\)|[+*/-]|1\.5px")
INK = ("ink", "ink-soft", "main", "main-deep", "warn", "grave")
UNDER = ("paper", "sheet", "white", "pressed", "main-pale", "sun-pale")
PAIRS = [(word, under) for word in INK for under in UNDER]
PAIRS += [("white", "main"), ("white", "main-deep"), ("white", "ink"), ("sun", "ink")]


def styles(files: Tree) -> dict[str, str]:
    """Return what is style in files, on its own lines; of the list of tokens nothing."""
    found = {}
    for path, text in files.items():
        style = text if path.endswith(".css") else "\n".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
        found[path] = re.sub(r"@layer tokens \{.*?\n\}", "", style, flags=re.DOTALL)
    return found


def off_scale(files: Tree) -> list[str]:
    """Return the sizes that are of no scale, and do not say why."""
    found = []
    for path, text in files.items():
        for line in text.splitlines():
            size = SIZED.match(line)
            if size and "/*" not in size[5] and not all(FITS.fullmatch(part) for part in _parts(size[4])):
                found.append(f"{path}: {line.strip()}")
    return found


def _parts(value: str) -> list[str]:
    return re.sub(r"calc\((.*)\)", r"\1", value).split()


def tokens() -> dict[str, str]:
    """Return the colours that there are."""
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", read("pwa/src/ui/app.css")))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, as WCAG 2 counts it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_colour_is_a_token() -> None:
    assert lines(styles(STYLES), COLOUR) == []
    bad = {
        "a.svelte": "<style>\n  p {\n    color: #fff;\n    background: rgb(0 0 0);\n    border-color: red;\n  }\n</style>"
    }
    assert len(lines(styles(bad), COLOUR)) == 3
    assert lines(styles({"a.css": "@layer tokens {\n  :root {\n    --white: #fff;\n  }\n}\n"}), COLOUR) == []


def test_every_size_of_letters_and_every_space_is_of_its_scale_or_says_why() -> None:
    assert off_scale(styles(STYLES)) == []
    fine = "  gap: var(--space-1) 0;\n  padding: calc(var(--space-2) + env(safe-area-inset-bottom));\n  gap: 1rem; /* why */"
    assert off_scale({"a.css": fine}) == []
    assert len(off_scale({"a.css": "  gap: 1rem;\n  font-size: 14px;\n  margin-inline: 3em auto;"})) == 2 + 1


@pytest.mark.parametrize(("word", "under"), PAIRS)
def test_words_stand_out_by_seven_to_one(word: str, under: str) -> None:
    assert contrast(tokens()[word], tokens()[under]) >= 7


def test_contrast_is_counted_as_wcag_counts_it() -> None:
    assert [round(contrast("#000", other), 2) for other in ("#fff", "#767676", "#000000")] == [21.0, 4.62, 1.0]
