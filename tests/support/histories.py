"""Random histories for the twin fuzz: edits of some people who saw more or less of each other, and a world to judge them in.

Everything comes from one ``random.Random``, so a seed tells the whole story.
"""

from random import Random

from sync.apply import apply, see
from sync.edits import Edit, Record, dot_of
from tests.support.judged import AUTHORS, MEMBERS, actor, judged, world
from tests.support.odd import STAMPS, VALUES, Json, odd_body, odd_edit

NAMES = (
    "theme", "state", "constructor", "__proto__", "toString", "hasOwnProperty", "criteria/😀", "criteria/\uff5e",
    "criteria/\ue000", "criteria/👩‍👧", "10", "9", "criteria/é", "criteria/e\u0301",
)  # fmt: skip


def history(random: Random) -> Json:
    """Return one history, as a line for pwa/scripts/twin.ts."""
    edits = [_edit(random, author) for author in AUTHORS[: random.randint(1, 4)] for _ in range(random.randint(1, 4))]
    numbered, over = _told(random, edits)
    waiting = [one for one in numbered if one["a"] == AUTHORS[0] and random.random() < 0.5]
    applied = [one for one in numbered if one not in waiting or random.random() < 0.3]
    applied += random.sample(applied, random.randint(0, len(applied)))
    random.shuffle(applied)
    around = world(random)
    return {
        "edits": applied,
        "waiting": [{k: v for k, v in one.items() if k not in ("by", "e")} for one in waiting],
        "by": "m-amina",
        "own": random.sample(AUTHORS, random.randint(0, 2)),
        "screen": over,
        "checks": [odd_edit(random) for _ in range(4)],
        "bodies": [[odd_body(random)] for _ in range(2)],
        "around": around,
        "actors": [actor(random) for _ in range(2)],
        "judged": [judged(random, around) for _ in range(4)],
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
