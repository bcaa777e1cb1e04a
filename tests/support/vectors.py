"""Runs the vectors of sync/vectors on an engine.

Twin of pwa/scripts/vectors.ts: both know the same operations, and both fail on a file they do not know.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from typing import Any

from tests.support.engine import (
    ROOT,
    Engine,
    Input,
    around_of,
    bytes_of,
    canonical,
    edit_of,
    judge_of,
    judged_edit,
    judged_entry,
    known_of,
    record_of,
    request_of,
    state_of,
)  # fmt: skip

VECTORS = ROOT / "sync" / "vectors"


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


def _record(engine: Engine, given: Input) -> object:
    record = engine.wire.decode_record(bytes_of(given["body"]))
    names = ("kind", "id", "event", "author", "live", "past", "erased")
    return {name: getattr(record, name) for name in names}


def _audience(engine: Engine, given: Input) -> object:
    around = around_of(engine, given)
    return sorted(engine.access.audience(around.get(given["of"]), around))


def _streams_of(engine: Engine, given: Input) -> object:
    events = [known_of(engine, one) for one in given["events"]]
    return sorted(engine.access.streams_of(engine.access.Actor(**given["actor"]), events))


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
        "edit": lambda engine, given: judged_edit(engine, bytes_of(given["body"])),
        "record": _record,
        "entry": lambda engine, given: judged_entry(engine, bytes_of(given["body"])),
        "bound": lambda engine, given: engine.sealed.bound(engine.sealed.SealedEdit(**given["of"], box="")).decode(),
        "signed_session": lambda engine, given: engine.sealed.signed_session(given["key"], given["enc"]).decode(),
    },
    "access.json": {
        "audience": _audience,
        "streams_of": _streams_of,
        "judge": judge_of,
        "card_id": lambda engine, given: _or_empty(
            lambda: engine.ids.card_id(given["event"], given["animal"], given["number"])
        ),
        "tally_id": lambda engine, given: _or_empty(
            lambda: engine.ids.tally_id(given["event"], given["what"], given["slot"], given["device"])
        ),
        "erasure_id": lambda engine, given: _or_empty(lambda: engine.ids.erasure_id(given["card"])),
        "is_card_number": lambda engine, given: engine.ids.is_card_number(given["number"]),
    },
}
