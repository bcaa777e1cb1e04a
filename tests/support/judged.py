"""Random worlds, and edits to be judged in them, for the twin fuzz."""

from random import Random
from uuid import UUID, uuid5

from sync.edits import Value, dot_of
from sync.ids import card_id, damm_digit, erasure_id, tally_id
from sync.kinds import KINDS, ROLES
from sync.themes import THEMES
from tests.support.odd import STAMPS, Json, value_of

EVENT = "0199c001-0000-7000-8000-000000000001"
OTHER = "0199c001-0000-7000-8000-000000000002"
MEMBERS = ("m-amina", "m-bilal", "m-coord", "m-rita")
SERVICES = ("svc-housing", "svc-debt")
STATES = ("draft", "open", "closed", "restituted", "archived")


AUTHORS = ("AminaTablet", "BilalTablet", "CoordTablet", "zzzzzzzzzzz", "_-_-_-_-_-_")


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


def world(random: Random) -> list[Json]:
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
    return value_of(random, field, 1.0, ids if random.random() < 0.95 else ("issue-1", "nobody"))


def actor(random: Random) -> Json:
    role = random.choice([*ROLES.split(), "coordinator", "generalist", "service_worker", "researcher"])
    return {
        "member": random.choice(MEMBERS),
        "role": role,
        "service": random.choice((*SERVICES, None)),
        "server": random.random() < 0.03,
    }


def judged(random: Random, around: list[Json]) -> Json:
    kind = random.choice([kind for kind in KINDS if kind != "organisation"])
    event = "" if KINDS[kind].scope == "organisation" else EVENT if random.random() < 0.97 else "nowhere"
    who = actor(random)
    id_, given = _named(random, kind, event)
    if kind == "event" and event:
        id_ = event
    made: list[Json] = []
    for n in range(random.choice((0, 0, 1, 2, 3))):
        made.append(_move(random, kind, id_, event, made, AUTHORS[n % 2], n + 1, given if n == 0 else {}))
    edit = _move(random, kind, id_, event, made, AUTHORS[2], 1, {} if made else given)
    if made and random.random() < 0.5:
        made[0]["by"] = who["member"]
    return {"actor": who, "history": made, "edit": {k: v for k, v in edit.items() if k != "by"}}


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
