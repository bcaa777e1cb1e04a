"""The app's words for headings and codes, so that an export says what the screens say. Written by worded.py."""

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from server.reports.columns import PREFIX

Language = Literal["nl", "fr", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "fr", "en")
FILE = Path(__file__).with_name("words.json")


@cache
def words_of(language: Language) -> dict[str, str]:
    """Return the words of one language, by the names of the app's messages."""
    return msgspec.json.decode(FILE.read_bytes(), type=dict[str, dict[str, str]])[language]


def message_of(field: str, code: str) -> str:
    """Return the name of the message that says a code of a field."""
    return f"{PREFIX[field]}-{code}".replace("_", "-")


def message_of_kind(kind: str) -> str:
    """Return the name of the message that says what kind of row it is."""
    return f"kind-{kind}".replace("_", "-")
