"""T26, crossed: every role × kind × field × state of the record × state of the event; nothing is left to chance.

Both engines judge the same table, and neither is believed: who may what is said here once more, out of the roles of
docs/product.md alone. What is refused changing nothing is test_T26_rights.py's.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import msgspec

from server.exchange.settle import Caller
from sync.edits import Edit, Value
from sync.ids import erasure_id, tally_id
from sync.kinds import KINDS, ROLES
from sync.stamp import from_ms
from tests.server.test_T26_rights import (
    EVENT_STATES,
    MADE,
    Case,
    Scene,
    _around,
    _as_line,
    _ask_the_tablet,
    _last_state,
)
from tests.support.device import author_of
from tests.support.engine import Engine, judge_of
from tests.support.odd import value_of
from tests.support.world import World

ENGINE = Engine()
TALKING = {"generalist", "service_worker", "researcher", "bar"}
OF_THE_DESK = {"organisation", "service", "event", "demand"}
OWN_ALONE = {"visit", "contact", "tally"}
OWNED = {*OWN_ALONE, "issue", "referral", "follow_up", "consent", "erasure"}


@dataclass
class Asked:
    """A case, and what of its record the matrix speaks of."""

    case: Case
    field: str
    value: Value
    view: dict[str, Value]  # of the record before; of a new one what is written
    service: str  # of the table that a record is at, or that somebody was sent to
    is_handed: bool  # an issue of which a live referral goes to the service of who writes
    event_state: str

    @property
    def new(self) -> bool:
        return not self.case.history

    @property
    def own(self) -> bool:
        return self.new or self.case.history[0]["by"] == self.case.who.member


def is_refused(asked: Asked) -> bool | None:
    """Return whether the matrix of roles refuses it; None where it says nothing."""
    role, kind = asked.case.who.role, asked.case.edit.kind
    if kind == "member":
        return True  # written by the server alone
    if kind == "remark":
        return (
            None
            if asked.new and role not in ("coordinator", "admin", "logistics")
            else role != "coordinator" or not asked.new
        )
    if role == "coordinator":
        return False
    if role == "admin" or kind in OF_THE_DESK:
        return True
    if role == "logistics":
        return not (kind == "tally" and asked.own and asked.view.get("what") in ("coffee", "meal", "child"))
    if role == "resident":
        return not (kind == "follow_up" and asked.view.get("topic"))
    return _is_refused_to_who_talks(asked, role, kind)


def _is_refused_to_who_talks(asked: Asked, role: str, kind: str) -> bool:
    field, mine = asked.field, asked.case.who.service is not None and asked.service == asked.case.who.service
    if kind in OWN_ALONE:
        return not asked.own
    if kind == "presence":
        return asked.new or not (field in ("state", "until") or (field == "languages" and mine))
    if kind == "topic":
        listens = role in ("researcher", "bar") and field in ("title", "themes", "issues", "state")
        return not listens or (field == "state" and not (asked.new and asked.value == "heard"))
    if kind == "consent":
        return not (asked.own or field == "withdrawn_at")
    if kind == "follow_up":
        return not asked.own
    if kind == "referral":
        if (field, asked.value) == ("state", "expired"):
            return True
        received = mine and asked.view.get("state") != "draft" and field in ("state", "state_reason")
        return not (asked.own or received)
    if kind == "issue":
        if field == "review" and not (asked.new and asked.value == "new"):
            return True
        if asked.own:
            return not asked.new and asked.event_state not in ("draft", "open")
        return not (asked.is_handed and field in ("barriers", "level", "subtheme"))
    return kind == "erasure" and not asked.new


class Crossing(Scene):
    """An event at which everybody wrote, and of every kind there is a record in each of its states."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.people = [*self.people[1:], self.people[0]]  # the desk writes what nobody else may
        self.state = "draft"

    def goes_to(self, state: str) -> None:
        super().goes_to(state)
        self.state = state

    def _fill(self) -> None:
        super()._fill()
        housing = self.world.id("housing-service")
        for kind in ("presence", "demand"):
            for state in KINDS[kind].fields["state"].codes:
                of: dict[str, Value] = {"service": housing} if kind == "presence" else {"text": "een lamp"}
                assert self.writes(kind, self.world.id(f"{kind} {state}"), {**of, "state": state})
        for state in ("blank", "given"):
            id, values = self.world.card("swan", "41" if state == "given" else "42", self.event)
            assert self.writes("card", id, {**values, "state": state})
        handed: dict[str, Value] = {"issue": self.world.id("issue 0"), "to_service": housing, "state": "requested"}
        assert self.writes("referral", self.world.id("handed"), {**handed, "mode": "walked_over"})
        for who in self.people:
            for kind, values in MADE.items():
                topic: dict[str, Value] = {"topic": self.world.id("topic 0")} if kind == "follow_up" else {}
                first: dict[str, Value] = {"state": KINDS[kind].first[0]} if KINDS[kind].first else {}
                self.writes(kind, self.world.id(f"{kind} of {who.role}"), {**values, **topic, **first}, by=[who])
        for n, who in enumerate(self.people):
            self._named_by_what_they_are(who, str(50 + n))

    def _named_by_what_they_are(self, who: Caller, tens: str) -> None:
        """Let somebody write, if they may, what takes its id from its fields or hangs on a consent."""
        shown: dict[str, Value] = {"what": "coffee", "slot": "2026-11-24T11:30Z", "device": who.role, "n": 3}
        id = tally_id(self.event, "coffee", "2026-11-24T11:30Z", who.role)
        self.writes("tally", id, shown, by=[who])
        consent = self.world.id(f"consent of {who.role}")
        self.writes("contact", self.world.id(f"contact of {who.role}"), {"consent": consent, "value": "0470"}, by=[who])
        card, values = self.world.card("bee", tens, self.event)
        assert self.writes("card", card, values)
        self.writes("erasure", erasure_id(card), {"card": card}, by=[who])

    def crossed(self) -> Iterator[Asked]:
        """Yield every case there is in the present state of the event."""
        for who in self.people:
            for kind, declared in KINDS.items():
                for id in (self.world.id(f"new {kind} {who.role}"), *self._there(kind, who)):
                    for name in declared.fields:
                        yield from self._asked(who, kind, id, name)

    def _there(self, kind: str, who: Caller) -> list[str]:
        """Return the records of a kind, but of others' that are alike one."""
        named = [
            self.world.id(f"{kind} of {one.role}") for one in self.people if one.role not in ("generalist", who.role)
        ]
        return [id for id, one in self.kinds.items() if one == kind and id not in named]

    def _asked(self, who: Caller, kind: str, id: str, name: str) -> Iterator[Asked]:
        of, history = KINDS[kind].fields[name], self.made.get(id, [])
        over: dict[str, list[str]] = {}
        values: tuple[Value, ...] = (value_of(Random(name), of, 1.0, (*self.kinds, who.member)),)
        if name in ("state", "what", "review"):
            values = of.codes
        if name == "state" and KINDS[kind].first and history:
            last = _last_state(history)
            over = {"state": [f"{last['a']}:{last['n']}"]}
        for value in values:
            self.n += 1
            self.at += 1000
            key = f"{name}/{(of.keys or (who.member,))[0]}" if of.keyed else name
            author = author_of(f"crossed {who.member}")
            edit = Edit(author, self.n, from_ms(self.at), kind, id, {key: value}, self.scope_of(kind), over)
            yield self._looked_at(Case(who, edit, history), name, value)

    def _looked_at(self, case: Case, name: str, value: Value) -> Asked:
        view: dict[str, Value] = {}
        for one in case.history or [{"set": case.edit.set}]:
            view |= msgspec.convert(one["set"], dict[str, Value])
        housing = self.world.id("housing-service")
        at_table = view.get("service") or (housing if view.get("to_table") or view.get("to_service") == housing else "")
        is_handed = case.edit.id == self.world.id("issue 0") and case.who.service == housing
        return Asked(case, name, value, view, str(at_table), is_handed, self.state)


def test_T26_both_engines_and_the_matrix_of_roles_say_the_same_of_everything(sqlite_world: World) -> None:
    scene = Crossing(sqlite_world, Random(26))
    asked: list[list[Asked]] = []
    lines: list[dict[str, object]] = []
    for state in EVENT_STATES:
        if state != "draft":
            scene.goes_to(state)
        asked.append([*scene.crossed()])
        lines.append(_as_line([one.case for one in asked[-1]], sqlite_world.run(_around(sqlite_world, scene.event))))

    tablet = [verdict for judged in _ask_the_tablet(lines) for verdict in judged]
    server = [verdict for line in lines for verdict in _judged(line)]

    table = [one for part in asked for one in part]
    assert {(one.case.who.role, one.case.edit.kind) for one in table} == {(r, k) for r in ROLES.split() for k in KINDS}
    own = {(one.case.who.role, one.case.edit.kind) for one in table if one.own and not one.new}
    assert own >= {(role, kind) for role in TALKING for kind in OWNED} | {("logistics", "tally")}
    for kind in KINDS:
        states = {str(one.view.get("state")) for one in table if one.case.edit.kind == kind and not one.new}
        wanted = set(KINDS[kind].fields["state"].codes) if "state" in KINDS[kind].fields else set()
        assert wanted - states <= ({"erased"} if kind == "card" else set()), (kind, wanted - states)
    assert set(server) == {None, "not_allowed", "not_possible"} and len(table) > 50_000
    refused = [(is_refused(one), verdict == "not_allowed", one) for one, verdict in zip(table, server, strict=True)]
    wrong = Counter(_in_short(should, one) for should, was, one in refused if should is not None and should != was)
    assert not wrong, (wrong.total(), wrong.most_common(20))
    differing = [one for one, mine, yours in zip(table, server, tablet, strict=True) if mine != yours]
    assert not differing, (len(differing), differing[:3])


def _in_short(should: bool, one: Asked) -> tuple[object, ...]:
    return should, one.case.who.role, one.case.edit.kind, one.field, one.new, one.own, one.event_state


def _judged(line: dict[str, object]) -> list[object]:
    around = msgspec.to_builtins(line["around"])
    judged = line["judged"]
    assert isinstance(judged, list)
    return [judge_of(ENGINE, {**one, "around": around}) for one in judged]
