"""Every code and every setting stands wherever a reader looks for it."""

import re
from collections.abc import Iterable, Mapping

from server.errors import STATUS
from server.settings import PREFIX, Settings
from sync import errors
from sync.edits import Value
from tests.support.tree import Tree, read, tree

ACKS = {*errors.REFUSED_CODES, *errors.PARKED_CODES}
WIRE = {errors.BadWire.code, errors.TooLarge.code, errors.TooOld.code}  # what is wrong with a whole call
OURS = {*ACKS, *WIRE, *STATUS}
DEVICE = {"offline", "bad_reply"}  # what a call came to without a word of the server's
LANGUAGES = ("nl", "fr", "en")


def not_in(text: str, codes: Iterable[str], quote: str = "`") -> list[str]:
    """Return the codes that do not stand in a text between quotes."""
    return sorted(code for code in codes if f"{quote}{code}{quote}" not in text)


def without_words(texts: Mapping[str, str], codes: Iterable[str]) -> list[str]:
    """Return the (language, code) that have no message ``error-…``."""
    return [
        f"{language}: {code}"
        for language, text in texts.items()
        for code in sorted(codes)
        if not re.search(rf"^error-{code.replace('_', '-')} = \S", text, re.MULTILINE)
    ]


def not_in_the_table(files: Tree, table: Mapping[str, Value]) -> list[str]:
    """Return the codes with which the server refuses that have no HTTP status."""
    refused = (code for text in files.values() for code in re.findall(r'\bRefusal\(\s*"(\w+)"', text))
    return sorted(set(refused) - set(table))


def settings_apart(fields: Iterable[str], text: str) -> list[str]:
    """Return the settings that stand in the code or in a document, but not in both."""
    written = {name.lower() for name in re.findall(rf"`{PREFIX}([A-Z_]+)`", text)} - {
        "name",
        "name_file",
    }  # any setting
    return sorted(written ^ set(fields))


def test_every_code_stands_in_the_protocol() -> None:
    assert not_in(read("docs/protocol.md"), OURS | DEVICE) == []
    assert not_in("`busy`", ["busy", "late"]) == ["late"]


def test_every_code_of_the_engine_stands_in_both_files_of_errors() -> None:
    assert not_in(read("sync/errors.py"), {*ACKS, *WIRE}, '"') == []
    # The codes of acks come to the tablet by its generated table.
    theirs = read("pwa/src/sync/errors.ts")
    assert not_in(theirs, WIRE, "'") == []
    assert "import { PARKED_CODES, REFUSED_CODES } from './kinds.tables.ts'" in theirs
    assert not_in(read("pwa/src/sync/kinds.tables.ts"), ACKS, '"') == []


def test_every_refusal_has_its_http_status() -> None:
    assert not_in_the_table(tree("server/", endings=(".py",)), STATUS) == []
    assert sorted(WIRE - set(STATUS)) == []
    assert not_in_the_table({"a.py": 'raise Refusal("busy")\nraise Refusal(\n    "odd"\n)'}, {"busy": 503}) == ["odd"]


def test_the_protocol_says_the_http_status_of_every_code() -> None:
    rows = dict(re.findall(r"^\| (\d{3}) \| (.+?) \|", read("docs/protocol.md"), re.MULTILINE))
    told = {code: int(status) for status, codes in rows.items() for code in re.findall(r"`(\w+)`", codes)}
    assert told == STATUS


def test_every_code_has_words_in_every_language() -> None:
    texts = {one: read(f"pwa/src/text/{one}.ftl") for one in LANGUAGES}
    assert without_words(texts, OURS | DEVICE) == []
    assert without_words({"nl": "error-too-long = Te lang"}, ["too_long", "busy"]) == ["nl: busy"]


def test_every_setting_stands_in_the_operations_and_the_reverse() -> None:
    assert settings_apart(Settings.__struct_fields__, read("docs/operations.md")) == []
    assert settings_apart(["host", "port"], "`ONTHAAL_HOST`, `ONTHAAL_COLOUR`") == ["colour", "port"]
