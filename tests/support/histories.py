"""Random histories for the twin fuzz: edits of some people who saw more or less of each other, and a world to judge them in.

Everything comes from one ``random.Random``, so a seed tells the whole story.
"""

from random import Random
from uuid import UUID, uuid5

from sync.apply import apply, see
from sync.edits import Edit, Record, Value, dot_of
from sync.kinds import KINDS, ROLES, Field, card_id, damm_digit, erasure_id, tally_id
from sync.stamp import from_ms
from sync.themes import THEMES

Json = dict[str, object]

AUTHORS = ("AminaTablet", "BilalTablet", "CoordTablet", "zzzzzzzzzzz", "_-_-_-_-_-_")
NAMES = (
    "theme", "state", "constructor", "__proto__", "toString", "hasOwnProperty", "criteria/😀", "criteria/\uff5e",
    "criteria/\ue000", "criteria/👩‍👧", "10", "9", "criteria/é", "criteria/e\u0301",
)  # fmt: skip
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

EVENT = "0199c001-0000-7000-8000-000000000001"
OTHER = "0199c001-0000-7000-8000-000000000002"
MEMBERS = ("m-amina", "m-bilal", "m-coord", "m-rita")
SERVICES = ("svc-housing", "svc-debt")
STATES = ("draft", "open", "closed", "restituted", "archived")


def history(random: Random) -> Json:
    """Return one history, as a line for pwa/scripts/twin.ts."""
    edits = [_edit(random, author) for author in AUTHORS[: random.randint(1, 4)] for _ in range(random.randint(1, 4))]
    numbered, over = _told(random, edits)
    waiting = [one for one in numbered if one["a"] == AUTHORS[0] and random.random() < 0.5]
    applied = [one for one in numbered if one not in waiting or random.random() < 0.3]
    applied += random.sample(applied, random.randint(0, len(applied)))
    random.shuffle(applied)
    around = _world(random)
    return {
        "edits": applied,
        "waiting": [{k: v for k, v in one.items() if k not in ("by", "e")} for one in waiting],
        "by": "m-amina",
        "own": random.sample(AUTHORS, random.randint(0, 2)),
        "screen": over,
        "checks": [_odd_edit(random) for _ in range(4)],
        "around": around,
        "actors": [_actor(random) for _ in range(2)],
        "judged": [_judged(random, around) for _ in range(4)],
    }


# ── edits of one record ───────────────────────────────────────────────────────────────────────────────


def _edit(random: Random, author: str) -> Json:
    names = random.sample(NAMES, random.randint(1, 3))
    set_ = {name: random.choice(VALUES) for name in names}
    return {
        "a": author,
        "set": set_,
        "by": random.choice(MEMBERS),
        "e": random.choice(STAMPS),
        "h": random.choice(STAMPS),
    }


def _told(random: Random, edits: list[Json]) -> tuple[list[Json], Json]:
    """Give every edit its number and what its author saw: some honestly from what arrived by then, some at random."""
    random.shuffle(edits)
    numbers: dict[str, int] = {}
    told: list[Json] = []
    for one in edits:
        author = str(one["a"])
        numbers[author] = numbers.get(author, 0) + random.randint(1, 3)
        known = [other for other in told if random.random() < 0.6]
        over = {name: dots for name in one["set"] if (dots := _saw(random, name, known, author))}  # type: ignore[attr-defined] -- a dict
        told.append(
            {**one, "n": numbers[author], "over": over, "kind": "issue", "id": "issue-1", "event": "event-1", "u": 0}
        )
    screen = {
        name: [{"a": one["a"], "n": one["n"]} for one in told if random.random() < 0.3]
        for name in random.sample(NAMES, 2)
    }
    return told, dict(screen)


def _saw(random: Random, name: str, known: list[Json], author: str) -> list[str]:
    if random.random() < 0.2:
        return [dot_of(random.choice(AUTHORS), random.randint(1, 9)) for _ in range(random.randint(0, 3))]
    record: Record | None = None
    for one in known:
        record = apply(record, _plain(one), by=str(one["by"]), e=str(one["e"]))
    shown = record.live.get(name, ()) if record else ()
    return see(random.sample(shown, min(len(shown), 2)), name, map(_plain, known), [author])


def _plain(one: Json) -> Edit:
    return Edit(**{k: v for k, v in one.items() if k not in ("by", "e")})  # type: ignore[arg-type] -- from here


def _odd_edit(random: Random) -> Json:
    kind = (
        random.choice([*KINDS, "person", "constructor", "__proto__"])
        if random.random() < 0.1
        else random.choice([*KINDS])
    )
    fields = KINDS[kind].fields if kind in KINDS else {"theme": Field("text")}
    names = random.sample(sorted(fields), min(len(fields), random.randint(1, 2)))
    set_ = {_name(random, name, fields[name]): _value(random, fields[name], 0.85) for name in names}
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


def _value(random: Random, field: Field, fitting: float, ids: tuple[str, ...] = ("issue-1",)) -> Value:
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
        case "id":
            return random.choice(ids)


# ── a world to judge in ───────────────────────────────────────────────────────────────────────────────


def _ids(kind: str) -> tuple[str, ...]:
    if kind == "member":
        return MEMBERS
    if kind == "service":
        return SERVICES
    if kind == "card":
        return tuple(_cards())
    return (EVENT, OTHER) if kind == "event" else (f"{kind}-1", f"{kind}-2")


def _cards() -> dict[str, tuple[str, str]]:
    pairs = [(animal, figures + damm_digit(figures)) for animal, figures in (("fox", "01"), ("hare", "02"))]
    return {card_id(EVENT, *pair): pair for pair in pairs}


def _world(random: Random) -> list[Json]:
    around: list[Json] = []
    for kind in KINDS:
        for id_ in _ids(kind):
            if random.random() < 0.8 or id_ == EVENT:
                around.append(_known(random, kind, id_))
    return around


def _known(random: Random, kind: str, id_: str) -> Json:
    scope = (
        ""
        if KINDS[kind].scope == "organisation"
        else id_
        if kind == "event"
        else EVENT
        if random.random() < 0.95
        else OTHER
    )
    return {
        "kind": kind,
        "id": id_,
        "event": scope,
        "author": random.choice(MEMBERS),
        "view": _view(random, kind, id_),
        "erased": random.random() < 0.03,
        "moved": random.choice(STAMPS),
    }


def _view(random: Random, kind: str, id_: str) -> Json:
    fields = KINDS[kind].fields
    if kind == "event":
        team = {f"team/{member}": random.random() < 0.8 for member in MEMBERS}
        return {**team, "state": random.choice((*STATES, "open", "open"))}
    if kind == "member":
        return {"role": random.choice(ROLES.split()), "service": random.choice((*SERVICES, None))}
    if kind == "card":
        animal, number = _cards()[id_]
        return {"animal": animal, "number": number, "state": "given"}
    names = [name for name in fields if not fields[name].keyed and random.random() < 0.6]
    view = {name: _fitting(random, kind, name) for name in names}
    if kind == "consent":
        view |= {
            f"purposes/{purpose}": random.choice(("given", "refused", None))
            for purpose in _purposes()
            if random.random() < 0.7
        }
    if kind == "referral" and random.random() < 0.5:
        view[f"shared_fields/{random.choice(('value', 'theme'))}"] = random.random() < 0.8
    return view


def _purposes() -> list[str]:
    return ["call_back", *(f"refer_to:{service}" for service in SERVICES)]


def _fitting(random: Random, kind: str, name: str) -> Value:
    if name == "assignee":
        return random.choice(("member:m-amina", "member:m-bilal", "service:svc-debt", "Amina", None))
    if name == "theme":
        return random.choice(("RES", "ENE", "HOU", None))
    if name == "subtheme":
        return random.choice((None, "RES.05", random.choice([code for code, theme in THEMES.items() if theme.parent])))
    field = KINDS[kind].fields[name]
    kinds = field.refers or ("visit",)
    ids = tuple(id_ for one in kinds for id_ in _ids(one))
    return _value(random, field, 1.0, ids if random.random() < 0.95 else ("issue-1", "nobody"))


def _actor(random: Random) -> Json:
    role = random.choice([*ROLES.split(), "coordinator", "generalist", "service_worker", "researcher"])
    return {
        "member": random.choice(MEMBERS),
        "role": role,
        "service": random.choice((*SERVICES, None)),
        "server": random.random() < 0.03,
    }


def _judged(random: Random, around: list[Json]) -> Json:
    kind = random.choice([kind for kind in KINDS if kind != "organisation"])
    event = "" if KINDS[kind].scope == "organisation" else EVENT if random.random() < 0.97 else "nowhere"
    actor = _actor(random)
    id_, given = _named(random, kind, event)
    if kind == "event" and event:
        id_ = event
    made: list[Json] = []
    for n in range(random.choice((0, 0, 1, 2, 3))):
        made.append(_move(random, kind, id_, event, made, AUTHORS[n % 2], n + 1, given if n == 0 else {}))
    edit = _move(random, kind, id_, event, made, AUTHORS[2], 1, {} if made else given)
    if made and random.random() < 0.5:
        made[0]["by"] = actor["member"]
    return {"actor": actor, "history": made, "edit": {k: v for k, v in edit.items() if k != "by"}}


def _named(random: Random, kind: str, event: str) -> tuple[str, Json]:
    """Return an id and the fields that it is made of, mostly rightly."""
    if kind == "card":
        id_, (animal, number) = random.choice([*_cards().items()])
        return (id_, {"animal": animal, "number": number if random.random() < 0.9 else "012"})
    if kind == "tally" and event:
        shown = {"what": random.choice(("coffee", "talk")), "slot": "2026-11-24T11:30Z", "device": "d1", "n": 3}
        parts = (str(shown["what"]), str(shown["slot"]), str(shown["device"]))
        return (tally_id(EVENT, *parts) if random.random() < 0.9 else str(uuid5(UUID(EVENT), "x")), dict(shown))
    if kind == "erasure":
        card = random.choice([*_cards()])
        return (erasure_id(card) if random.random() < 0.9 else "erasure-1", {"card": card})
    if kind == "remark":
        return (
            "remark-9",
            {"about": random.choice(("issue-1", "visit-1", "remark-1", "contact-1", "nobody")), "text": "x"},
        )
    return (f"{kind}-9" if random.random() < 0.7 else f"{kind}-1", {})


def _move(random: Random, kind: str, id_: str, event: str, made: list[Json], a: str, n: int, given: Json) -> Json:
    fields = [name for name in KINDS[kind].fields if not KINDS[kind].fields[name].keyed]
    few = random.sample(fields, min(len(fields), random.randint(1, 5)))
    set_: Json = {name: _fitting(random, kind, name) for name in few} | given
    over: Json = {}
    if KINDS[kind].first and random.random() < 0.7:
        set_["state"] = (
            random.choice(KINDS[kind].first) if not made and random.random() < 0.7 else _next(random, kind, made)
        )
        over = {"state": [dot_of(str(one["a"]), int(str(one["n"]))) for one in made if random.random() < 0.7]}
        if random.random() < 0.05:
            over["state"] = ["AminaTablet:77"]
    return {
        "a": a, "n": n, "kind": kind, "id": id_, "event": event, "set": set_, "over": over,
        "by": random.choice(MEMBERS), "e": random.choice(STAMPS),
    }  # fmt: skip


def _next(random: Random, kind: str, made: list[Json]) -> Value:
    table = KINDS[kind].next
    states = [set_["state"] for one in made if isinstance(set_ := one["set"], dict) and "state" in set_]
    legal = [state for was in states for state in table.get(str(was), ())]
    return random.choice(legal) if legal and random.random() < 0.8 else random.choice([*table, "planned", "not_met"])
