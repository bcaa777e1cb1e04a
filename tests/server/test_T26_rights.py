"""T26: role × kind × field × state of writing. What is refused changes nothing, and the tablet decides the same.

every member × every field of every kind, on a new record and on those there are in each state, while the event is
draft, open, closed, restituted, archived
    ├──→ the server's own transaction, rolled back afterwards: its answer, and every table before and after
    └──→ the tablet's engine (one Node process): its verdict
"""

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random, SystemRandom

from server.clock import now_ms
from server.exchange.commit import commit
from server.exchange.load import read_row
from server.exchange.settle import Call, Caller, Loaded, Sent
from server.store import records as sql
from server.store.engine import Tx
from sync.access import Known, known
from sync.edits import Edit, Value
from sync.kinds import KINDS, Field
from sync.stamp import from_ms
from tests.support.device import author_of
from tests.support.engine import ROOT, canonical
from tests.support.odd import value_of
from tests.support.world import ALL_ROLES, TEAM, World

SEED = int(os.environ.get("FUZZ_SEED") or SystemRandom().randrange(2**32))
EVENT_STATES = ("draft", "open", "closed", "restituted", "archived")
UNTOUCHED = ("record", "entry", "link", "stream", "scope", "erased", "member", "device", "audit", "clone")
MADE: dict[str, dict[str, Value]] = {
    "visit": {"channel": "tent"},
    "topic": {"title": "verlichting"},
    "issue": {"theme": "ENE"},
    "referral": {"mode": "walked_over"},
    "follow_up": {"what": "call", "promised": "bellen", "who_acts": "member", "on": "2026-11-24"},
    "demand": {"text": "een lamp"},
    "consent": {"given_how": "spoken", "purposes/call_back": "given"},
}
# Without these there is no coming to a state.
WITH: dict[str, dict[str, Value]] = {
    "rejected": {"state_reason": "refused"}, "failed": {"state_reason": "refused"}, "chosen": {"decision/residents_n": 3},
}  # fmt: skip


class RolledBack(Exception):
    """Nothing of a case is kept."""


@dataclass
class Case:
    """One edit to be judged, with what made its record."""

    who: Caller
    edit: Edit
    history: list[dict[str, object]]


@dataclass
class Scene:
    """An event with records in every state they can come to."""

    world: World
    random: Random
    event: str = ""
    at: int = field(default_factory=now_ms)
    made: dict[str, list[dict[str, object]]] = field(default_factory=dict)  # record → its edits
    kinds: dict[str, str] = field(default_factory=dict)
    n: int = 0

    def __post_init__(self) -> None:
        self.event = self.world.id("t26")
        for name in ALL_ROLES.keys() - TEAM.keys():
            self.world.join(name, *ALL_ROLES[name])
        self.people = [
            Caller(self.world.organisation, self.world.coordinator, "tablet", "coordinator"),
            *(Caller(self.world.organisation, self.world.id(name), "tablet", role, service and self.world.id(service))
              for name, (role, service) in ALL_ROLES.items()),
        ]  # fmt: skip
        team: dict[str, Value] = {f"team/{self.world.id(name)}": True for name in ALL_ROLES}
        assert self.writes("event", self.event, {"name": "T26", "state": "draft", **team})
        assert self.writes("service", self.world.id("t26 service"), {"name": "OCMW"})
        assert self.writes("organisation", self.world.organisation, {"name": "Picol"})

    def goes_to(self, state: str) -> None:
        """Bring the event to its next state; once it is open, people write about everything."""
        last = _last_state(self.made[self.event])
        assert self.writes("event", self.event, {"state": state}, over={"state": [f"{last['a']}:{last['n']}"]})
        if state == "open":
            self._fill()

    def _fill(self) -> None:
        presence: dict[str, Value] = {"service": self.world.id("housing-service"), "table_label": "1", "state": "free"}
        assert self.writes("presence", self.world.id("t26 table"), presence)
        for kind, values in MADE.items():
            for n, path in enumerate(_paths(kind)):
                self._goes(kind, self.world.id(f"{kind} {n}"), values, path)
        self.writes("remark", self.world.id("remark 0"), {"about": self.world.id("issue 0"), "text": "hoe?"})

    def _goes(self, kind: str, id: str, values: dict[str, Value], path: Sequence[str]) -> None:
        """Bring a new record to the last state of a path, as far as it goes."""
        extra: dict[str, Value] = {"to_table": self.world.id("t26 table")} if kind == "referral" else {}
        extra |= {"topic": self.world.id("topic 0")} if kind in ("demand", "follow_up") else {}
        if not self.writes(kind, id, {**values, **extra, **({"state": path[0]} if path else {})}):
            return
        for state in path[1:]:
            last = f"{author_of('t26')}:{self.n}"
            if not self.writes(kind, id, {"state": state, **WITH.get(state, {})}, over={"state": [last]}):
                return

    def writes(
        self, kind: str, id: str, values: dict[str, Value], *, over: dict[str, list[str]] | None = None,
        by: Sequence[Caller] = (),
    ) -> bool:  # fmt: skip
        """Write as the first of the people (or of ``by``) who may; return whether there is one."""
        server = self.world.server
        for who in by or self.people:
            self.n += 1
            self.at += 1000
            scope = self.scope_of(kind)
            edit = Edit(author_of("t26"), self.n, from_ms(self.at), kind, id, values, scope, over or {})
            if self.world.run(server.settler.settle(scope, [Sent(edit, who, Call(self.at))])) == [["ok"]]:
                self.made.setdefault(id, []).append(_line(edit, who.member))
                self.kinds[id] = kind
                return True
        return False

    def scope_of(self, kind: str) -> str:
        """Return where a kind's edits are settled: at the event, or for the whole organisation."""
        return self.event if KINDS[kind].scope == "event" else ""

    def cases(self) -> Iterator[Case]:
        """Yield a case for every member and field, on a new record or on one there is."""
        for who in self.people:
            for kind, declared in KINDS.items():
                for name, of in declared.fields.items():
                    yield self._case(who, kind, name, of)

    def _case(self, who: Caller, kind: str, name: str, of: Field) -> Case:
        self.n += 1
        there = [id for id, one in self.kinds.items() if one == kind]
        is_new = kind != "event" and (not there or self.random.random() < 0.3)
        id = self.world.id(f"new {self.n}") if is_new else self.random.choice(there)
        ids = (*self.kinds, self.world.id("housing-service"), who.member)
        value = value_of(self.random, of, 1.0, ids)
        key = f"{name}/{self.random.choice(of.keys or (who.member,))}" if of.keyed else name
        values: dict[str, Value] = {key: value}
        over: dict[str, list[str]] = {}
        if is_new and kind == "card":
            id, values = self.world.card("hare", "41", self.event)
        history = self.made.get(id, [])
        if name == "state" and KINDS[kind].first and history:
            over, values = self._move(kind, history)
        self.at += 1000
        author = author_of(f"t26 {who.member}")
        edit = Edit(author, self.n, from_ms(self.at), kind, id, values, self.scope_of(kind), over)
        return Case(who, edit, history)

    def _move(self, kind: str, history: list[dict[str, object]]) -> tuple[dict[str, list[str]], dict[str, Value]]:
        last = _last_state(history)
        was = str(last["state"])
        next = KINDS[kind].next.get(was) or KINDS[kind].first
        return {"state": [f"{last['a']}:{last['n']}"]}, {"state": self.random.choice(next)}


def _paths(kind: str) -> list[list[str]]:
    """Return a shortest way to every state of a kind; one empty way where it has none."""
    paths = {state: [state] for state in KINDS[kind].first}
    todo = list(paths)
    while todo:
        state = todo.pop(0)
        for after in KINDS[kind].next.get(state, ()):
            if after not in paths:
                paths[after] = [*paths[state], after]
                todo.append(after)
    return [*paths.values()] or [[]]


def _last_state(history: list[dict[str, object]]) -> dict[str, object]:
    """Return author, number and value of the last state in a record's history."""
    moves = [(one, set_["state"]) for one in history if isinstance(set_ := one["set"], dict) and "state" in set_]
    last, state = moves[-1]
    return {"a": last["a"], "n": last["n"], "state": state}


def _line(edit: Edit, by: str) -> dict[str, object]:
    return {"a": edit.a, "n": edit.n, "h": edit.h, "kind": edit.kind, "id": edit.id, "event": edit.event,
            "set": edit.set, "over": edit.over, "u": 0, "by": by, "e": edit.h}  # fmt: skip


async def _tables(tx: Tx) -> dict[str, list[tuple[object, ...]]]:
    """Return every row there is; but how many edits are parked, which the desk is told, may change."""
    return {
        table: [tuple(row) for row in await tx.fetch(f"SELECT * FROM {table}") if not str(row[2:3]).count("/parked")]
        for table in UNTOUCHED
    }


async def _tried(world: World, scope: str, case: Case, at: int, before: dict[str, list[tuple[object, ...]]]) -> str:
    """Return the server's answer; nothing is kept. Fails where a refused edit changed anything."""
    verdict = ""
    try:
        async with world.server.store.writing() as tx:
            committed = await commit(tx, scope, [Sent(case.edit, case.who, Call(at))])
            verdict = " ".join(committed.acks[0])
            if verdict != "ok":
                assert await _tables(tx) == before, f"{verdict}, and yet: {case}"
                [kept] = await tx.fetch("SELECT ack, parked FROM edit WHERE a = ? AND n = ?", case.edit.a, case.edit.n)
                assert tuple(kept) == (verdict, 1), "kept for the desk"
            raise RolledBack
    except RolledBack:
        return verdict


async def _around(world: World, event: str) -> list[Known]:
    loaded = Loaded()
    async with world.server.store.reading() as tx:
        rows = [*await sql.all_records(tx, world.organisation)]
    records = [read_row(row, loaded) for row in rows]
    return [known(record) for record in records if record.event in ("", event)]


def _ask_the_tablet(lines: list[dict[str, object]]) -> list[list[str | None]]:
    command = [ROOT / ".venv" / "bin" / "node", ROOT / "pwa" / "scripts" / "twin.ts", "histories"]
    text = "".join(canonical(line) + "\n" for line in lines)
    ran = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line)["judged"] for line in ran.stdout.splitlines()]


def test_T26_what_is_refused_changes_nothing_and_the_tablet_decides_the_same(sqlite_world: World) -> None:
    print(f"FUZZ_SEED={SEED}")
    scene = Scene(sqlite_world, Random(SEED))
    ours: list[list[str]] = []
    lines: list[dict[str, object]] = []
    verdicts: Counter[str] = Counter()
    for state in EVENT_STATES:
        if state != "draft":
            scene.goes_to(state)
        cases = [*scene.cases()]
        ours.append(sqlite_world.run(_all(scene, cases)))
        verdicts.update(ours[-1])
        lines.append(_as_line(cases, sqlite_world.run(_around(sqlite_world, scene.event))))

    theirs = _ask_the_tablet(lines)

    reached = {kind: sum(one == kind for one in scene.kinds.values()) for kind in MADE}
    assert reached["referral"] > 8 and reached["topic"] > 8 and min(reached.values()) > 0, reached
    assert sum(verdicts.values()) > 4000 and set(verdicts) == {"ok", "parked not_allowed", "parked not_possible"}
    for line, mine, yours in zip(lines, ours, theirs, strict=True):
        judged = line["judged"]
        assert isinstance(judged, list)
        differing = [(one, my, your) for one, my, your in zip(judged, mine, yours, strict=True)
                     if my != ("ok" if your is None else f"parked {your}")]  # fmt: skip
        assert not differing, f"FUZZ_SEED={SEED}: {differing[:3]}"


async def _all(scene: Scene, cases: list[Case]) -> list[str]:
    async with scene.world.server.store.reading() as tx:
        before = await _tables(tx)
    return [await _tried(scene.world, case.edit.event, case, scene.at, before) for case in cases]


def _as_line(cases: list[Case], around: list[Known]) -> dict[str, object]:
    judged = [
        {"actor": {"member": case.who.member, "role": case.who.role, "service": case.who.service, "server": False},
         "history": case.history,
         "edit": {name: value for name, value in _line(case.edit, "").items() if name != "by"}}
        for case in cases
    ]  # fmt: skip
    return {"edits": [], "waiting": [], "by": "m", "own": "AminaTablet", "screen": {}, "checks": [], "bodies": [],
            "actors": [], "judged": judged, "around": around}  # fmt: skip
