"""An engine, and how it is asked: this one, or a copy with a planted bug. For vectors, mutants and the twin fuzz.

Twin of pwa/scripts/engine.ts: both understand the same inputs.
"""

import json
from base64 import b64decode
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
from msgspec import Raw

from sync.access import Known
from sync.edits import Edit, Record

ROOT = Path(__file__).resolve().parents[2]

Input = dict[str, Any]  # a vector's input is whatever its operation takes; vector.schema.json says more


class Engine:
    """The modules of an engine, by name; whatever `sync` is on the path now."""

    access: ModuleType
    apply: ModuleType
    checks: ModuleType
    digest: ModuleType
    edits: ModuleType
    errors: ModuleType
    ids: ModuleType
    sealed: ModuleType
    stamp: ModuleType
    wire: ModuleType

    def __init__(self) -> None:
        for name in self.__annotations__:
            setattr(self, name, import_module(f"sync.{name}"))


def canonical(value: object) -> str:
    """Return JSON with sorted names; it tells ``true`` from 1."""
    return json.dumps(msgspec.to_builtins(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def state_of(engine: Engine, record: Record | None) -> object:
    """Return what is compared of a record."""
    if record is None:
        return None
    return {
        "author": record.author,
        "view": engine.apply.view(record),
        "live": {name: sorted(v.dot for v in versions) for name, versions in record.live.items()},
        "past": record.past,
        "conflicts": sorted(engine.apply.conflicts(record)),
        **({"erased": True} if record.erased else {}),
    }


def edit_of(engine: Engine, given: Input) -> Edit:
    """Return an edit of a vector, which leaves out what does not matter to it."""
    default = {"h": "0" * 16, "kind": "issue", "id": "issue-1", "event": "event-1", "set": {}, "over": {}, "u": 0}
    return engine.edits.Edit(**{**default, **given})


def record_of(engine: Engine, wire: Input | None) -> Record | None:
    """Return a record as it travelled, or None."""
    return engine.wire.from_wire(msgspec.convert(wire, engine.wire.WireRecord)) if wire else None


def bytes_of(body: str | list[str | Input]) -> bytes:
    """Return a body of a vector, which may be spelled in parts."""

    def part_of(part: str | Input) -> bytes:
        if isinstance(part, str):
            return part.encode()
        return b64decode(part["base64"]) if "base64" in part else part["repeat"].encode() * part["times"]

    return b"".join(map(part_of, [body] if isinstance(body, str) else body))


def judged_edit(engine: Engine, raw: Raw | bytes) -> object:
    """Return an edit, or why it is refused."""
    edit = engine.wire.decode_edit(raw)
    code = engine.checks.check_edit(edit)
    if code:
        return {"error": code}
    return {name: getattr(edit, name) for name in ("a", "n", "h", "kind", "id", "event", "set", "over", "u")}


def judged_entry(engine: Engine, raw: Raw | bytes) -> object:
    """Return an edit, sealed or not, or why it is refused."""
    entry = engine.wire.decode_entry(raw)
    if isinstance(entry, engine.edits.Edit):
        return judged_edit(engine, raw)
    code = engine.checks.check_sealed(entry)
    return {"error": code} if code else {name: getattr(entry, name) for name in ("a", "n", "event", "id", "key", "box")}


def request_of(engine: Engine, given: Input) -> object:
    """Return the request in a body, its edits answered one by one."""
    request = engine.wire.decode_request(bytes_of(given["body"]))
    answers = []
    for raw in request.edits:
        try:
            judged = judged_entry(engine, raw)
            answers.append(judged.get("error", "ok") if isinstance(judged, dict) else "ok")
        except engine.errors.BadEdit as error:
            answers.append(error.code)
    names = (
        "protocol", "kinds", "epoch", "call", "now", "cursors", "limit", "waiting", "app", "differ", "transport", "persisted",
    )  # fmt: skip
    return {**{name: getattr(request, name) for name in names}, "edits": answers}


# Spelled out, so that a fault in the engine's own LINKS shows.
LINK_NAMES = {
    "visit": ("card",),
    "issue": ("card", "visit"),
    "referral": ("card", "issue", "to_table", "consent"),
    "follow_up": ("card", "topic"),
    "contact": ("card", "consent"),
    "consent": ("card",),
    "demand": ("topic",),
    "remark": ("about",),
    "erasure": ("card",),
}


class Surroundings:
    """``Around`` over a list of ``Known``; which ids each names is looked up by ``LINK_NAMES``."""

    def __init__(self, engine: Engine, known: Iterable[Known]) -> None:
        self.engine = engine
        self.all = {one.id: one for one in known}

    def get(self, id: str) -> Known | None:
        return self.all.get(id)

    def listeners(self, event: Known) -> list[str]:
        return self.engine.access.listeners(event, self)

    def naming(self, id: str) -> list[Known]:
        return [
            one for one in self.all.values() if any(one.view.get(name) == id for name in LINK_NAMES.get(one.kind, ()))
        ]


def known_of(engine: Engine, given: Input) -> Known:
    """Return a record as others see it; an input leaves out what does not matter."""
    return engine.access.Known(**{"event": "event-1", "author": "", **given})


def around_of(engine: Engine, given: Input) -> Surroundings:
    """Return what surrounds a record: ``around`` of an input."""
    return Surroundings(engine, (known_of(engine, one) for one in given.get("around", ())))


def judge_of(engine: Engine, given: Input) -> object:
    """Judge one edit on a record made by ``history``; the edits of ``history`` are those the server holds."""
    held, before = {}, None
    for one in given.get("history", ()):
        edit = edit_of(engine, {k: v for k, v in one.items() if k not in ("by", "e")})
        held[f"{edit.a}:{edit.n}"] = edit
        before = engine.apply.apply(before, edit, by=one["by"], e=one["e"])
    e = given["edit"]["e"]
    edit = edit_of(engine, {k: v for k, v in given["edit"].items() if k != "e"})
    actor = engine.access.Actor(**given["actor"])
    after = engine.apply.apply(before, edit, by=actor.member, e=e)
    return engine.access.judge(actor, before, edit, after, e=e, around=around_of(engine, given), seen=held.get)
