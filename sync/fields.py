"""What a field is, and the words in which sync/kinds.py declares them.

    text(limit) · words() · code("a b") · ref(kind) · keyed_set("a b") · keyed_map(type)
    moves("a: b c")             the states that may follow a state

A *keyed* field is a set or a map: one register per key, ``barriers/delay``. **private** marks free text and
identity, kept apart everywhere; **sensitive** marks coded fields that are never crossed in reports.
No twin: the tablet gets the finished table (pwa/src/sync/kinds.tables.ts).
"""

from typing import Literal, TypeAlias

from msgspec import Struct

TEXT_MAX = 2000  # characters
LABEL_MAX = 200

Type: TypeAlias = Literal["text", "code", "flag", "integer", "instant", "date", "time", "id", "duration", "assignee"]


class Field(Struct, frozen=True, omit_defaults=True):
    """One field. ``keys``: the legal keys of a keyed field, empty where any text of ≤ 200 characters is one."""

    type: Type
    codes: tuple[str, ...] = ()
    limit: int = 0
    private: bool = False
    sensitive: bool = False
    keyed: bool = False
    keys: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()


class Kind(Struct, frozen=True, omit_defaults=True):
    """One kind. ``scope``: event, or the organisation. ``first`` and ``next``: its states, empty where it has none."""

    scope: Literal["organisation", "event"]
    fields: dict[str, Field]
    first: tuple[str, ...] = ()
    next: dict[str, tuple[str, ...]] = {}


def text(limit: int = LABEL_MAX, *, private: bool = False) -> Field:
    """Return a line of text."""
    return Field("text", limit=limit, private=private)


def words() -> Field:
    """Return what somebody said or wrote freely; always private."""
    return Field("text", limit=TEXT_MAX, private=True)


def code(codes: str, *, sensitive: bool = False) -> Field:
    """Return one of some codes, given as words."""
    return Field("code", codes=tuple(codes.split()), sensitive=sensitive)


def ref(*kinds: str) -> Field:
    """Return the id of a record of one of these kinds."""
    return Field("id", limit=64, refers=kinds)


def keyed_set(keys: str = "", *, refers: tuple[str, ...] = ()) -> Field:
    """Return a set: a flag per key."""
    return Field("flag", keyed=True, keys=tuple(keys.split()), refers=refers)


def keyed_map(type: Type, keys: str = "", *, limit: int = LABEL_MAX, codes: str = "") -> Field:
    """Return a map: a value per key."""
    return Field(type, keyed=True, keys=tuple(keys.split()), limit=limit, codes=tuple(codes.split()))


def moves(table: str) -> dict[str, tuple[str, ...]]:
    """Return the states that may follow each state, a line per state."""
    return {row.split(":")[0].strip(): tuple(row.split(":")[1].split()) for row in table.strip().splitlines()}
