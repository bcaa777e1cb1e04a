"""Runs the vectors of sync/vectors on an engine: this one, or a copy with a planted bug.

Twin of pwa/scripts/vectors.ts: both know the same operations, and both fail on a file they do not know.
"""

import json
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from itertools import permutations
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
from msgspec import Raw

from sync.access import Known
from sync.edits import Edit, Record

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "sync" / "vectors"

Input = dict[str, Any]  # a vector's input is whatever its operation takes; vector.schema.json says more


class Engine:
    """The modules of an engine, by name; whatever `sync` is on the path now."""

    access: ModuleType
    apply: ModuleType
    digest: ModuleType
    edits: ModuleType
    errors: ModuleType
    kinds: ModuleType
    stamp: ModuleType
    wire: ModuleType

    def __init__(self) -> None:
        for name in self.__annotations__:
            setattr(self, name, import_module(f"sync.{name}"))


def read_vectors() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (file, vector) of every vector. Raises ``KeyError`` for a file whose operations nobody knows."""
    for path in sorted(VECTORS.glob("*.json")):
        if path.name.endswith(".schema.json"):
            continue
        OPERATIONS[path.name]
        content = json.loads(path.read_text(encoding="utf-8"))
        for vector in content["vectors"]:
            around = vector["input"].get("around", [])
            around[:] = [content["world"][one] if isinstance(one, str) else one for one in around]
            yield path.name, vector


def failure_of(engine: Engine, file: str, vector: dict[str, Any]) -> str | None:
    """Return what went wrong with a vector, or None."""
    expected = vector.get("expect") if "expect_error" not in vector else {"error": vector["expect_error"]}
    try:
        got = OPERATIONS[file][vector["input"]["op"]](engine, vector["input"])
    except Exception as error:
        got = {"error": getattr(error, "code", repr(error))}
    if canonical(got) == canonical(expected):
        return None
    return f"expected {canonical(expected)}, got {canonical(got)}"


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


def _orders(edits: Sequence[Input]) -> Iterator[list[Input]]:
    """Yield a list in some orders: all of a short one, else rotated and turned round; each also with everything once more."""
    if len(edits) <= 4:
        for order in map(list, permutations(edits)):
            yield order
            yield order + order
        return
    for i in range(len(edits)):
        order = [*edits[i:], *edits[:i]]
        yield order + order
        yield order[::-1]


def _apply(engine: Engine, given: Input) -> object:
    states = []
    for order in _orders(given["edits"]):
        record = record_of(engine, given.get("record"))
        for one in order:
            edit = edit_of(engine, {k: v for k, v in one.items() if k not in ("by", "e")})
            record = engine.apply.apply(record, edit, by=one["by"], e=one["e"])
        states.append(state_of(engine, record))
        if canonical(states[-1]) != canonical(states[0]):
            return {"depends on the order": [states[0], states[-1]]}
    return states[0]


def _fold(engine: Engine, given: Input) -> object:
    waiting = [edit_of(engine, one) for one in given["waiting"]]
    return state_of(engine, engine.apply.fold(record_of(engine, given.get("record")), waiting, by=given["by"]))


def _see(engine: Engine, given: Input) -> object:
    shown = [engine.edits.Version(v["a"], v["n"], "", "", None) for v in given["shown"]]
    waiting = [edit_of(engine, one) for one in given["waiting"]]
    return engine.apply.see(shown, given["field"], waiting, given.get("own", ()))


def _parse_dot(engine: Engine, given: Input) -> object:
    try:
        return engine.edits.parse_dot(given["dot"])
    except ValueError:
        return {"error": "not a dot"}


def _write(engine: Engine, given: Input) -> object:
    last, stamps = given["last"], []
    for one in given["writes"]:
        stamps.append(engine.stamp.next_stamp(last, **one))
        last = engine.stamp.tick(last, now_ms=one["now_ms"])
    return {"stamps": stamps, "last": last}


def bytes_of(body: str | list[str | Input]) -> bytes:
    """Return a body of a vector, which may be spelled in parts."""

    def part_of(part: str | Input) -> bytes:
        if isinstance(part, str):
            return part.encode()
        return b64decode(part["base64"]) if "base64" in part else part["repeat"].encode() * part["times"]

    return b"".join(map(part_of, [body] if isinstance(body, str) else body))


def _judged_edit(engine: Engine, raw: Raw | bytes) -> object:
    edit = engine.wire.decode_edit(raw)
    code = engine.kinds.check_edit(edit)
    if code:
        return {"error": code}
    return {name: getattr(edit, name) for name in ("a", "n", "h", "kind", "id", "event", "set", "over", "u")}


def request_of(engine: Engine, given: Input) -> object:
    """Return the request in a body, its edits answered one by one."""
    request = engine.wire.decode_request(bytes_of(given["body"]))
    answers = []
    for raw in request.edits:
        try:
            judged = _judged_edit(engine, raw)
            answers.append(judged.get("error", "ok") if isinstance(judged, dict) else "ok")
        except engine.errors.BadEdit as error:
            answers.append(error.code)
    names = ("protocol", "kinds", "epoch", "call", "now", "cursors", "limit", "waiting", "app", "differ")
    return {**{name: getattr(request, name) for name in names}, "edits": answers}


def _record(engine: Engine, given: Input) -> object:
    record = engine.wire.decode_record(bytes_of(given["body"]))
    names = ("kind", "id", "event", "author", "live", "past", "erased")
    return {name: getattr(record, name) for name in names}


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

    def __init__(self, known: Iterable[Known]) -> None:
        self.all = {one.id: one for one in known}

    def get(self, id: str) -> Known | None:
        return self.all.get(id)

    def naming(self, id: str) -> list[Known]:
        return [
            one for one in self.all.values() if any(one.view.get(name) == id for name in LINK_NAMES.get(one.kind, ()))
        ]


def known_of(engine: Engine, given: Input) -> Known:
    """Return a record as others see it; an input leaves out what does not matter."""
    return engine.access.Known(**{"event": "event-1", "author": "", **given})


def around_of(engine: Engine, given: Input) -> Surroundings:
    """Return what surrounds a record: ``around`` of an input."""
    return Surroundings(known_of(engine, one) for one in given.get("around", ()))


def _audience(engine: Engine, given: Input) -> object:
    around = around_of(engine, given)
    return sorted(engine.access.audience(around.get(given["of"]), around))


def _streams_of(engine: Engine, given: Input) -> object:
    events = [known_of(engine, one) for one in given["events"]]
    return sorted(engine.access.streams_of(engine.access.Actor(**given["actor"]), events))


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


def _or_empty(make: Callable[[], str]) -> str:
    try:
        return make()
    except ValueError:  # where the tablet's side says ''
        return ""


OPERATIONS: dict[str, dict[str, Callable[[Engine, Input], object]]] = {
    "stamp.json": {
        "from_ms": lambda engine, given: engine.stamp.from_ms(given["ms"]),
        "ms_of": lambda engine, given: engine.stamp.ms_of(given["stamp"]),
        "after": lambda engine, given: engine.stamp.after(given["stamp"]),
        "step_back": lambda engine, given: engine.stamp.step_back(given["last"], now_ms=given["now_ms"]),
        "correct": lambda engine, given: engine.stamp.correct(
            given["h"], correction_ms=given["correction_ms"], server_now_ms=given["server_now_ms"]
        ),
        "write": _write,
    },
    "apply.json": {
        "apply": _apply,
        "fold": _fold,
        "see": _see,
        "same_value": lambda engine, given: engine.edits.same_value(given["one"], given["two"]),
        "parse_dot": _parse_dot,
    },
    "digest.json": {
        "record": lambda engine, given: engine.digest.as_hex(
            engine.digest.record_digest(record_of(engine, given["record"]))
        ),
        "stream": lambda engine, given: engine.digest.stream_digest(
            [record_of(engine, one) for one in given["records"]]
        ),
    },
    "wire.json": {
        "request": request_of,
        "edit": lambda engine, given: _judged_edit(engine, bytes_of(given["body"])),
        "record": _record,
    },
    "access.json": {
        "audience": _audience,
        "streams_of": _streams_of,
        "judge": judge_of,
        "card_id": lambda engine, given: _or_empty(
            lambda: engine.kinds.card_id(given["event"], given["animal"], given["number"])
        ),
        "tally_id": lambda engine, given: _or_empty(
            lambda: engine.kinds.tally_id(given["event"], given["what"], given["slot"], given["device"])
        ),
        "erasure_id": lambda engine, given: _or_empty(lambda: engine.kinds.erasure_id(given["card"])),
        "is_card_number": lambda engine, given: engine.kinds.is_card_number(given["number"]),
    },
}
