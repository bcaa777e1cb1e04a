"""Checks of one edit, by its form and content alone: what fails here is refused, and stays on its tablet.

    check_edit(edit)  → None | code      against the closed list (sync/kinds.py)
    is_sound(edit)    → bool             of a newer app: not understood, but fit to be kept
    check_sealed(…)   → None | code      of a sealed edit, by its clear names

Vectors: sync/vectors/wire.json.  Twin: pwa/src/sync/checks.ts.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeAlias

from sync.edits import Edit, Value, parse_dot
from sync.errors import RefusedCode
from sync.fields import Field, Type
from sync.kinds import KINDS
from sync.sealed import BOX_CHARS_MAX, SealedEdit

KEY_MAX = 200
OVER_MAX = 64
INTEGER_MAX = 2**53 - 1

_AUTHOR = re.compile(r"[A-Za-z0-9_-]{11}\Z")
_STAMP = re.compile(r"[0-9a-f]{16}\Z")
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}\Z")
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{11}\Z")
_BOX = re.compile(r"(?:[A-Za-z0-9_-]+\.)?[A-Za-z0-9_-]+\Z")
_BROKEN = re.compile("[\0\ud800-\udfff]")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z", re.ASCII)
_ASSIGNEE = re.compile(r"(member|service):[A-Za-z0-9._:-]{1,64}\Z")
_DURATION = re.compile(r"P(\d{1,3}D|T\d{1,3}[HM])\Z", re.ASCII)

_Check: TypeAlias = Callable[[Value], RefusedCode | None]


def check_edit(edit: Edit) -> RefusedCode | None:
    """Return why an edit is refused for its form and content alone, or ``None``."""
    checks = _CHECKS.get(edit.kind)
    if checks is None:
        return "bad_value" if _BROKEN.search(edit.kind) else "unknown_kind"
    if not (
        edit.set and edit.n > 0 and edit.n <= INTEGER_MAX and edit.u in (0, 1)
        and _AUTHOR.match(edit.a) and _STAMP.match(edit.h) and _ID.match(edit.id)
        and (_ID.match(edit.event) if edit.event else True)
    ):  # fmt: skip
        return "bad_value"
    if bool(edit.event) is not (KINDS[edit.kind].scope == "event") or (edit.kind == "event" and edit.event != edit.id):
        return "bad_value"
    for name, value in edit.set.items():
        check = checks.get(name) or _keyed_check(edit.kind, name)
        code: RefusedCode | None = check(value) if check else "unknown_field"
        if code:
            return code
    return _check_over(edit) if edit.over else None


def is_sound(edit: Edit) -> bool:
    """Return whether an edit of a newer app, with a kind or field unknown here, can be kept as it is."""
    return bool(
        edit.set and 0 < edit.n <= INTEGER_MAX and edit.u in (0, 1)
        and _AUTHOR.match(edit.a) and _STAMP.match(edit.h) and _ID.match(edit.id) and _ID.match(edit.kind)
        and (not edit.event or _ID.match(edit.event))
    ) and not (_check_over(edit) or any(_is_broken(part) for item in edit.set.items() for part in item))  # fmt: skip


def check_sealed(sealed: SealedEdit) -> RefusedCode | None:
    """Return why a sealed edit is refused without being opened, or ``None``."""
    if not (
        0 < sealed.n <= INTEGER_MAX and _AUTHOR.match(sealed.a) and _ID.match(sealed.id) and _KEY_ID.match(sealed.key)
        and (not sealed.event or _ID.match(sealed.event)) and _BOX.match(sealed.box)
    ):  # fmt: skip
        return "bad_value"
    return "too_long" if len(sealed.box) > BOX_CHARS_MAX else None


def _is_broken(value: Value) -> bool:
    if isinstance(value, list):
        return any(map(_is_broken, value))
    if isinstance(value, str):
        return _BROKEN.search(value) is not None
    return isinstance(value, int) and abs(value) > INTEGER_MAX


def _check_over(edit: Edit) -> RefusedCode | None:
    for name, dots in edit.over.items():
        if name not in edit.set:
            return "bad_value"
        if len(dots) > OVER_MAX:
            return "too_long"
        for dot in dots:
            try:
                a, n = parse_dot(dot)
            except ValueError:
                return "bad_value"
            if not _AUTHOR.match(a) or n > INTEGER_MAX:
                return "bad_value"
    return None


def _keyed_check(kind: str, name: str) -> _Check | None:
    base, slash, key = name.partition("/")
    field = KINDS[kind].fields.get(base) if slash else None
    if field is None or not field.keyed or (field.keys and key not in field.keys):
        return None
    if not key or len(key) > KEY_MAX or "/" in key or _BROKEN.search(key):
        return _bad
    if field.refers and not _ID.match(key):
        return _bad
    return _KEYED[kind, base]


def _bad(value: Value) -> RefusedCode | None:
    return "bad_value"


def _check_of(field: Field) -> _Check:
    """Return the check of a field's value; ``null`` is always one, it clears the field."""
    codes, limit = frozenset(field.codes), field.limit

    def is_text(value: Value) -> RefusedCode | None:
        if value is None:
            return None
        if not isinstance(value, str) or _BROKEN.search(value):
            return "bad_value"
        return "too_long" if len(value) > limit else None

    def is_code(value: Value) -> RefusedCode | None:
        return None if value is None or (isinstance(value, str) and value in codes) else "bad_value"

    def is_flag(value: Value) -> RefusedCode | None:
        return None if value is None or isinstance(value, bool) else "bad_value"

    def is_integer(value: Value) -> RefusedCode | None:
        return None if value is None or (type(value) is int and -INTEGER_MAX <= value <= INTEGER_MAX) else "bad_value"

    def matches(pattern: re.Pattern[str]) -> _Check:
        return lambda value: None if value is None or (isinstance(value, str) and pattern.match(value)) else "bad_value"

    by_type: Mapping[Type, _Check] = {
        "text": is_text,
        "code": is_code,
        "flag": is_flag,
        "integer": is_integer,
        "instant": matches(_INSTANT),
        "date": _is_date,
        "time": matches(_TIME),
        "id": matches(_ID),
        "duration": matches(_DURATION),
        "assignee": matches(_ASSIGNEE),
    }
    return by_type[field.type]


def _is_date(value: Value) -> RefusedCode | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _DATE.match(value):
        return "bad_value"
    try:
        date.fromisoformat(value)
    except ValueError:
        return "bad_value"
    return None


_CHECKS: dict[str, dict[str, _Check]] = {
    kind: {name: _check_of(field) for name, field in declared.fields.items() if not field.keyed}
    | {f"{name}/{key}": _check_of(field) for name, field in declared.fields.items() for key in field.keys}
    for kind, declared in KINDS.items()
}
_KEYED: dict[tuple[str, str], _Check] = {
    (kind, name): _check_of(field)
    for kind, declared in KINDS.items()
    for name, field in declared.fields.items()
    if field.keyed
}
