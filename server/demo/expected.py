"""What must be left when a day has been played, counted from what the server holds; the form of a day's `expected`.

Records and history come from the server, local names from the day. What a page of the file cannot say of itself
(who knew what) is read from the edits: an edit saw another if a chain of `over` and of own earlier numbers leads there.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import NamedTuple, TypeAlias

from server.demo.day import BRUSSELS, Action, Day, Played
from sync.apply import view, winner
from sync.edits import Edit, Record, Value, Version, parse_dot, same_value

Json: TypeAlias = "None | bool | int | str | list[Json] | dict[str, Json]"
STATEFUL = ("referral", "follow_up", "topic", "demand")
TALKS = ("outcome", "channel", "language")
ISSUES = (
    "theme",
    "subtheme",
    "words_language",
    "source",
    "level",
    "quote_consent",
    "review",
    "offer",
    "risk_flag",
    "topic",
)


class Arrived(NamedTuple):
    """An edit that the server has applied: by whom, and with which corrected stamp."""

    edit: Edit
    member: str
    e: str


class Left:
    """What the server holds after a day, under the day's own names."""

    def __init__(self, day: Day, records: Sequence[Record], erased: Iterable[str]) -> None:
        self.day = day
        self.names = {day.id(name): name for name in (*day.kinds, "event-001")}
        self.views: dict[str, dict[str, Value]] = {self.names[r.id]: view(r) for r in records if r.id in self.names}
        self.kinds = {self.names[r.id]: r.kind for r in records if r.id in self.names}
        self.erased = {self.names[record] for record in erased if record in self.names}
        for name in self.erased - self.kinds.keys():
            self.kinds[name] = day.kinds[name]

    def of(self, kind: str) -> list[str]:
        return sorted(name for name, own in self.kinds.items() if own == kind)

    def values(self, kind: str, field: str) -> dict[str, Value]:
        """Return a field of every record of a kind; ``erased`` for a tombstone, and local names for ids."""
        shown = {}
        for name in self.of(kind):
            gone = name in self.erased and kind != "issue"
            value = "erased" if gone else self.views.get(name, {}).get(field, "")
            shown[name] = self.names.get(value, value) if isinstance(value, str) else value
        return shown

    def count(self, kind: str, field: str) -> dict[str, int]:
        counts = Counter("yes" if value is True else str(value) for value in self.values(kind, field).values())
        return dict(sorted(counts.items()))


def outcome(left: Left, played: Played, history: Mapping[str, Sequence[Arrived]]) -> dict[str, Json]:
    """Return what came out of a day, in the form of its `expected`."""
    return _counts(left, played) | {
        "conflicts": [*_conflicts(history, played)],
        "erased": [*_erasures(left, played)],
        "revoked": [*_revocations(played)],
    }


def _counts(left: Left, played: Played) -> dict[str, Json]:
    """Return the numbers that follow from the server's records alone."""
    tallies: Counter[str] = Counter()
    for name in left.of("tally"):
        n = left.views[name]["n"]
        assert isinstance(n, int)
        tallies[str(left.views[name]["what"])] += n
    records = Counter(left.kinds.values())
    records.pop("erasure", None)
    return {
        "actions": len(played.dots) + len(played.revocations),
        "records": dict(sorted(records.items())),
        "talks": {field: dict(left.count("visit", field)) for field in TALKS},
        "issues": {field: dict(left.count("issue", field)) for field in ISSUES},
        "tallies": dict(sorted(tallies.items())),
        "consents": _consents(left),
        "states": {kind: dict(left.count(kind, "state")) for kind in ("card", *STATEFUL)},
        "final": {kind: {name: str(v) for name, v in left.values(kind, "state").items()} for kind in STATEFUL},
        "waiting_when_online_again": {tablet: list(n) for tablet, n in played.waiting.items()},
    }


def _consents(left: Left) -> dict[str, Json]:
    purposes: dict[str, Counter[str]] = defaultdict(Counter)
    standing = [name for name in left.of("consent") if name not in left.erased]
    for name in standing:
        shown = left.views[name]
        for field, answer in shown.items():
            if field.startswith("purposes/"):
                taken_back = answer == "given" and "withdrawn_at" in shown
                purposes[field[9:].partition(":")[0]]["withdrawn" if taken_back else str(answer)] += 1
    withdrawn = [name for name in left.of("consent") if "withdrawn_at" in left.views.get(name, {})]
    return {
        "purposes": {purpose: dict(sorted(counts.items())) for purpose, counts in sorted(purposes.items())},
        "withdrawn": list(withdrawn),
    }


def _conflicts(history: Mapping[str, Sequence[Arrived]], played: Played) -> Iterator[Json]:
    """Yield every pair of edits that set one field differently without knowing of each other, by true time."""
    for edits in history.values():
        for name in sorted({name for one in edits for name in one.edit.set}):
            writes = [one for one in edits if name in one.edit.set]
            for one, two in combinations(sorted(writes, key=lambda w: played.dots[_dot(w.edit)].at_ms), 2):
                if same_value(one.edit.set[name], two.edit.set[name]):
                    continue
                if _saw(two.edit, one.edit, name, [write.edit for write in writes]):
                    continue
                if played.dots[_dot(one.edit)].tablet != played.dots[_dot(two.edit)].tablet:
                    yield _pair(name, one, two, played)


def _dot(edit: Edit) -> str:
    return f"{edit.a}:{edit.n}"


def _saw(later: Edit, earlier: Edit, name: str, writes: Sequence[Edit]) -> bool:
    """Whether a chain of ``over`` and own earlier numbers leads from one write to the other."""
    todo, done = [later], {_dot(later)}
    while todo:
        edit = todo.pop()
        seen = [(edit.a, edit.n - 1), *map(parse_dot, edit.over.get(name, ()))]
        for other in writes:
            if _dot(other) not in done and any(other.a == a and other.n <= n for a, n in seen):
                if other is earlier:
                    return True
                done.add(_dot(other))
                todo.append(other)
    return False


def _pair(name: str, one: Arrived, two: Arrived, played: Played) -> Json:
    first, second = played.dots[_dot(one.edit)], played.dots[_dot(two.edit)]
    versions = [Version(w.edit.a, w.edit.n, w.member, w.e, w.edit.set[name]) for w in (one, two)]
    values = {_dot(w.edit): _said(played.dots[_dot(w.edit)], w.edit, name) for w in (one, two)}
    sides: list[Json] = [
        {**_brief(action, "worker"), "value": values[_dot(w.edit)]} for action, w in ((first, one), (second, two))
    ]
    merged = values[winner(name, versions).dot]
    return {"record": first.name, "kind": first.kind, "field": first.said[name][0], "sides": sides, "merged": merged}


def _said(action: Action, edit: Edit, name: str) -> Json:
    """Return what the server holds of a write: in the file's words where it is what the file said."""
    said = action.said[name][1] if same_value(edit.set[name], action.set[name]) else edit.set[name]
    return [*said] if isinstance(said, list) else said


def _brief(action: Action, last: str) -> dict[str, Json]:
    shown = {"worker": action.worker, "record": action.name}
    return {"at": action.at, "tablet": action.tablet, last: shown[last]}


def _erasures(left: Left, played: Played) -> Iterator[Json]:
    """Yield every erasure with what is left of its card: what became a tombstone, and issues that stay without card and words."""
    actions = list(played.dots.values())
    for dot, erasure in played.dots.items():
        if erasure.kind != "erasure":
            continue
        linked = {erasure.name, *_pointing(actions, "card", {erasure.name})}
        linked |= _pointing(actions, "about", linked)
        arrived = datetime.fromtimestamp(played.answered_ms[dot] / 1000, BRUSSELS)
        late = [action for action, ack in played.not_ok if ack == ["erased"] and action.name in linked]
        yield {
            "card": erasure.name,
            **_brief(erasure, "worker"),
            "reaches_server": arrived.isoformat(timespec="seconds"),
            "tombstones": [name for name in sorted(linked & left.erased) if left.kinds[name] != "issue"],
            "issues_without_card": [name for name in left.of("issue") if name in linked and _is_bare(left, name)],
            "arriving_later_and_dropped": [_brief(action, "record") for action in late],
        }


def _pointing(actions: Sequence[Action], field: str, to: set[str]) -> set[str]:
    return {action.name for action in actions if field in action.set and action.said[field][1] in to}


def _is_bare(left: Left, issue: str) -> bool:
    return issue in left.views and not {"card", "own_words", "visit"} & left.views[issue].keys()


def _revocations(played: Played) -> Iterator[Json]:
    """Yield who lost access, with what they had made before and what they made after; all of it came later and was parked."""
    parked = [action for action, ack in played.not_ok if ack == ["parked", "revoked"]]
    for revocation in played.revocations:
        own = [action for action in parked if action.worker == revocation.name]
        after = [action for action in own if action.at_ms > revocation.at_ms]
        yield {
            "worker": revocation.name,
            "at": revocation.at,
            "made_before_arriving_later": len(own) - len(after),
            "made_after": [_brief(action, "record") for action in after],
        }


def differing(expected: Json, got: Json, path: str = "") -> Iterator[str]:
    """Yield in words every place where two outcomes differ, by its path."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for name in sorted(expected.keys() | got.keys()):
            yield from differing(expected.get(name), got.get(name), f"{path}.{name}" if path else name)
    elif isinstance(expected, list) and isinstance(got, list) and all(isinstance(x, dict) for x in (*expected, *got)):
        # Pairs of conflicting edits, erasures: a set of things that happened, in no order.
        wanted, found = (
            {json.dumps(one, sort_keys=True, ensure_ascii=False) for one in side} for side in (expected, got)
        )
        yield from (f"{path}: expected {one}, which did not come out" for one in sorted(wanted - found))
        yield from (f"{path}: {one} came out and is not expected" for one in sorted(found - wanted))
    elif expected != got:
        yield f"{path}: expected {json.dumps(expected, ensure_ascii=False)} got {json.dumps(got, ensure_ascii=False)}"
