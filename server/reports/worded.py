"""Writes which words of the app's texts exports use.

python -m server.reports.worded            writes
python -m server.reports.worded --check    fails where the file is not what would be written

server/reports/words.json
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from server.reports.columns import COLUMNS, PREFIX, ROWS
from server.reports.wording import LANGUAGES, message_of, message_of_kind
from sync.generate import ROOT, write
from sync.kinds import KINDS

TEXTS = "pwa/src/text"


def needed() -> Iterator[str]:
    """Yield the names of all messages that an export may hold."""
    yield from (column.heading for column in COLUMNS)
    yield from map(message_of_kind, ROWS)
    for field in PREFIX:
        kind, _, name = field.partition(".")
        declared = KINDS[kind].fields[name]
        yield from (message_of(field, code) for code in declared.codes or declared.keys)


def words() -> str:
    """Return the words of all languages. Raises ``KeyError`` for one that a text lacks."""
    names = sorted(set(needed()))
    told = {language: {name: _texts(language)[name] for name in names} for language in LANGUAGES}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _texts(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in ("", ".desk"):
        text = Path(ROOT, TEXTS, f"{language}{part}.ftl").read_text(encoding="utf-8")
        found |= dict(re.findall(r"^([a-z][\w-]*) = (\S[^{}\n]*)$", text, re.MULTILINE))
    return found


if __name__ == "__main__":
    sys.exit(write({"server/reports/words.json": words}, sys.argv[1:]))
