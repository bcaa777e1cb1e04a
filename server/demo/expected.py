"""What must be left when a day has been played, counted from what the server holds; the form of a day's `expected`.

Records and history come from the server, local names from the day. What a page of the file cannot say of itself
(who knew what) is read from the edits: an edit saw another if a chain of `over` and of own earlier numbers leads there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeAlias

from server.demo.day import Action, Day, Played
from sync.apply import view
from sync.edits import Edit, Record, Value, parse_dot, same_value

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


def left_of(left: Left, played: Played) -> dict[str, Json]:
    """Return the numbers of a day that follow from the server's records alone."""
    tallies: Counter[str] = Counter()
    for name in left.of("tally"):
        n = left.views[name]["n"]
        assert isinstance(n, int)
        tallies[str(left.views[name]["what"])] += n
    records = Counter(left.kinds.values())
    records.pop("erasure", None)
    records.pop("member", None)
    return {
        "actions": len(played.dots),
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


def conflicts_of(history: Mapping[str, Sequence[Edit]], played: Played) -> Iterator[dict[str, Json]]:
    """Yield every pair of edits that set one field differently without knowing of each other, by true time."""
    for edits in history.values():
        fields = {name for edit in edits for name in edit.set}
        for name in sorted(fields):
            writes = [edit for edit in edits if name in edit.set]
            for one, two in combinations(sorted(writes, key=lambda e: played.dots[_dot(e)].at_ms), 2):
                if same_value(one.set[name], two.set[name]) or _saw(two, one, name, writes):
                    continue
                first, second = played.dots[_dot(one)], played.dots[_dot(two)]
                if first.tablet != second.tablet:
                    yield _pair(name, first, second)


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


def _pair(name: str, first: Action, second: Action) -> dict[str, Json]:
    sides: list[Json] = [{"at": side.at, "tablet": side.tablet, "worker": side.worker} for side in (first, second)]
    return {"record": first.name, "kind": first.kind, "field": name, "sides": sides}
