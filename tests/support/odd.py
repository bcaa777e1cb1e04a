"""Values, edits and bodies that nobody sends honestly, for the twin fuzz; some of them fit."""

import json
from base64 import b64encode
from random import Random

from sync.edits import Value
from sync.fields import Field
from sync.kinds import KINDS
from sync.stamp import from_ms

Json = dict[str, object]

VALUES: tuple[Value, ...] = (
    None, True, False, 0, 1, -1, 2**53 - 1, "", "1", "withdrawn", "accepted", "ENE", "koud 😀", "é", "e\u0301",
    "__proto__", [], [1], [True], ["a", None],
)  # fmt: skip
STAMPS = (
    *(from_ms(ms) for ms in (0, 1_795_322_414_201, 4_102_444_800_000)), "01a2027f2ef90001", "01a2027f2ef90002", "f" * 16,
)  # fmt: skip

ODD: tuple[Value, ...] = (
    *VALUES, 2, 2**53, -(2**53), "\0", "\ud800", "a\ud83d", "😀" * 2000, "x" * 2001, "x" * 201, "2026-02-29", "2028-02-29",
    "2026-11-24T14:30Z", "2026-11-24T14:30:00+01:00", "2026-11-24T25:61Z", "2026-11-24 14:30Z", "09:05", "24:00", "PT24H",
    "P2D", "P", "issue-1", "two words", "017", "AminaTablet:1", "a\n", "2026-11-24\n", "９:00",
)  # fmt: skip
ODD_KEYS = (
    "",
    "delay",
    "rain",
    "nl",
    "from",
    "a/b",
    "é" * 200,
    "😀" * 201,
    "\0",
    "\ud800",
    "constructor",
    "__proto__",
    "x",
    "two words",
)
ODD_DOTS = (
    "AminaTablet:1",
    "AminaTablet:0",
    "AminaTablet:01",
    "Amina:1",
    "AminaTablet",
    ":1",
    "AminaTablet:9007199254740992",
    "",
)


def odd_edit(random: Random) -> Json:
    kind = (
        random.choice([*KINDS, "person", "constructor", "__proto__"])
        if random.random() < 0.1
        else random.choice([*KINDS])
    )
    fields = KINDS[kind].fields if kind in KINDS else {"theme": Field("text")}
    names = random.sample(sorted(fields), min(len(fields), random.randint(1, 2)))
    set_ = {_name(random, name, fields[name]): value_of(random, fields[name], 0.85) for name in names}
    scope = KINDS[kind].scope if kind in KINDS else "event"
    id_ = (
        random.choice(("issue-1", "event-1", "i" * 64))
        if random.random() < 0.9
        else random.choice(("", "i" * 65, "a b", "é"))
    )
    edit: Json = {
        "a": "AminaTablet", "n": 1, "h": STAMPS[1], "kind": kind, "id": id_, "event": "event-1" if scope == "event" else "",
        "set": set_, "over": {}, "u": random.choice((0, 1)),
    }  # fmt: skip
    if kind == "event" and random.random() < 0.9:
        edit["event"] = id_
    if random.random() < 0.1:
        edit["set"] = random.choice(({}, {"constructor": 1}, {"__proto__": None}, {"theme": "ENE", "colour": 1}))
    if random.random() < 0.3:
        named = random.choice([*set_, "theme"]) if random.random() < 0.9 else "constructor"
        edit["over"] = {
            named: [
                random.choice(ODD_DOTS) if random.random() < 0.2 else "AminaTablet:1"
                for _ in range(random.choice((0, 1, 2, 64, 65)))
            ]
        }
    if random.random() < 0.1:
        name, value = random.choice(
            (("a", "short"), ("n", 0), ("n", 2**53), ("h", "F" * 16), ("u", 2), ("event", "é"), ("event", ""))
        )
        edit[name] = value
    return edit


def _name(random: Random, name: str, field: Field) -> str:
    if not field.keyed:
        return name if random.random() < 0.97 else f"{name}/x"
    if random.random() < 0.2:
        return f"{name}/{random.choice(ODD_KEYS)}" if random.random() < 0.8 else name
    return f"{name}/{random.choice(field.keys or ('member-1', 'x'))}"


def value_of(random: Random, field: Field, fitting: float, ids: tuple[str, ...] = ("issue-1",)) -> Value:
    if random.random() > fitting:
        return random.choice(ODD)
    if random.random() < 0.05:
        return None
    match field.type:
        case "text":
            return random.choice(("x", "", "koud 😀", "e\u0301"))
        case "code":
            return random.choice(field.codes) if field.codes else "given"
        case "flag":
            return random.random() < 0.7
        case "integer":
            return random.choice((0, 1, 7, -1))
        case "instant":
            return random.choice(("2026-11-24T14:30:00Z", "2026-11-24T14:30+01:00"))
        case "date":
            return random.choice(("2026-11-24", "2028-02-29"))
        case "time":
            return "09:05"
        case "duration":
            return "PT24H"
        case "assignee":
            return random.choice(("member:m-amina", "service:svc-debt", "desk", "residents", "member:"))
        case "id":
            return random.choice(ids)


def odd_sealed(random: Random) -> Json:
    """Return a sealed edit, sometimes with something in the place of something else."""
    sealed: Json = {
        "a": "AminaTablet",
        "n": 1,
        "event": "event-1",
        "id": "issue-1",
        "key": "Zk3fQ9a_-0x",
        "box": "AA-_",
    }
    if random.random() < 0.1:
        # Nothing else is odd then: how many bytes an entry has, only one of the two runners sees.
        return {**sealed, "box": random.choice(("A" * 90_112, "A" * 90_113))}
    if random.random() < 0.2:
        del sealed[random.choice([*sealed])]
    if random.random() < 0.4:
        sealed[random.choice([*sealed, "set", "constructor", "__proto__"])] = random.choice(ODD)
    if random.random() < 0.1:
        sealed["box"] = random.choice(("AA==", "AA/A", "AAAA\n", "é", ""))
    return sealed


# ── bodies ────────────────────────────────────────────────────────────────────────────────────────────

FRAGMENTS = (
    b"1.0", b"1e2", b"-0", b"01", b"NaN", b"true", b"null", b'"1"', b"{}", b"[]", b"9007199254740992", b"-1", b"", b",", b"}",
    b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b'"\\ud800"', b'"\\u0000"', b'"\\ud83d\\ude00"', b"\xf0\x9f\x98\x80", b"\t",
    b"\x00", b"'",
    b'"__proto__":1,', b'"edits":[],', b'{"a":{"b":[1]}}',
)  # fmt: skip


def odd_body(random: Random) -> Json:
    """Return a request, mostly with something put in the place of something else."""
    request = {
        "protocol": 1,
        "kinds": 1,
        "epoch": "k3f9Q1",
        "call": 812,
        "now": 1795322414201,
        "cursors": {"org": 118},
        "differ": ["i"],
        "transport": "Zk3fQ9a_-0x",
        "persisted": True,
    }
    edits = [odd_edit(random) if random.random() < 0.7 else odd_sealed(random) for _ in range(random.randint(0, 3))]
    body = json.dumps({**request, "edits": edits}, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
    for _ in range(random.choice((0, 1, 1))):
        at = random.randrange(len(body))
        body = body[:at] + random.choice(FRAGMENTS) + body[at + random.choice((0, 1, 2, 3)) :]
    if random.random() < 0.2:
        name = random.choice([*request, "edits", "limit"])
        body = body.replace(f'"{name}": '.encode(), f'"{name}": '.encode() + random.choice(FRAGMENTS) + b",", 1)
    return {"base64": b64encode(body).decode()}
