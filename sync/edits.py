"""Edits and records, as they are inside the engine.

    Edit     one change of one record by one author, immutable; its name is the dot  a:n
    Version  the value that one edit gave one field, as long as it is live
    Record   the live versions of every field, and what is past

Twin: pwa/src/sync/edits.ts.
"""

from typing import TypeAlias

from msgspec import Struct, field

Scalar: TypeAlias = None | bool | int | str
Value: TypeAlias = None | bool | int | str | list[None | bool | int | str]
Dot: TypeAlias = str


class Edit(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One edit as it travels (docs/protocol.md, Edit). ``over[f]`` are dots of versions that its author saw."""

    a: str
    n: int
    h: str
    kind: str
    id: str
    set: dict[str, Value]
    event: str = ""
    over: dict[str, list[Dot]] = field(default_factory=dict)
    u: int = 0


class Version(Struct, frozen=True, gc=False):
    """One live version of one field: who (``a``:``n``, member ``by``), when (``e``), what."""

    a: str
    n: int
    by: str
    e: str
    value: Value

    @property
    def dot(self) -> Dot:
        """Return the name of the edit that made this version."""
        return f"{self.a}:{self.n}"


Born: TypeAlias = tuple[str, str, int]
NEVER_EARLIER: Born = ("", "", 0)


class Record(Struct, frozen=True, gc=False):
    """The state of one record; made by ``apply`` alone.

    ``live[f]`` holds at most one version per author; ``past[f][a]`` says up to which number the
    versions of ``f`` by ``a`` are replaced, only for authors without a live version of ``f``.
    ``author`` is the member of the earliest edit (by stamp and dot), whatever arrived first; ``born`` is
    that edit's (e, a, n). ``erased``: an issue whose card was erased; frozen, without author.
    """

    kind: str
    id: str
    event: str
    author: str
    born: Born
    live: dict[str, tuple[Version, ...]]
    past: dict[str, dict[str, int]]
    erased: bool = False


def dot_of(a: str, n: int) -> Dot:
    """Return the name of the ``n``-th edit of author ``a``."""
    return f"{a}:{n}"


def parse_dot(dot: Dot) -> tuple[str, int]:
    """Return author and number of a dot. Raises ``ValueError`` for anything else."""
    a, colon, n = dot.partition(":")
    if not (a and colon and n.isascii() and n.isdigit() and n[0] != "0"):
        raise ValueError(f"not a dot: {dot!r}")
    return a, int(n)


def same_value(one: Value, two: Value) -> bool:
    """Return whether two values are the same *by type*: ``True`` is not 1."""
    if isinstance(one, list):
        return isinstance(two, list) and len(one) == len(two) and all(map(same_value, one, two))
    return type(one) is type(two) and one == two
