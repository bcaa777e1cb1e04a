"""What people write in a simulated day: some of it honest, some of it not theirs to write, much of it at the same time."""

from collections.abc import Mapping
from random import Random
from typing import Any

from sync.edits import Value
from sync.ids import card_id, damm_digit
from sync.kinds import KINDS

Change = dict[str, Any]  # what the driver's `write` takes
MOVES: Mapping[str, tuple[str, ...]] = {
    str(state): tuple(map(str, states)) for state, states in KINDS["referral"].next.items()
}
STATES = tuple(MOVES)
SAY_WHY = ("rejected", "failed")
KINDS_WRITTEN = ("visit", "issue", "issue", "issue", "issue", "card", "referral", "referral", "remark")


class Changes:
    """Makes changes by chance, of the records that were made before, in one event."""

    def __init__(self, random: Random, *, event: str, table: str, salt: int) -> None:
        self.random, self.event, self.table, self.salt = random, event, table, salt
        self.ids: dict[str, list[str]] = {kind: [] for kind in KINDS_WRITTEN}

    def next(self) -> Change | None:
        """Return a change, or None where there is nothing yet to change."""
        kind = self.random.choice(KINDS_WRITTEN)
        if kind == "card":
            return self._card()
        ids = self.ids[kind]
        is_new = not ids or self.random.random() < (0.08 if kind == "issue" else 0.25)
        values = self._values(kind, is_new=is_new)
        if not values:
            return None
        if is_new:
            ids.append(f"{kind}-{len(ids)}-{self.salt}")
        id = ids[-1] if is_new else self.random.choice(ids)
        return self.change(kind, id, values, over="all" if self.random.random() < 0.2 else "shown")

    def again(self, edit: Change) -> Change:
        """Return another change of a field that was just written, and may be refused where it goes."""
        field = self.random.choice(sorted(edit["set"]))
        return self.change("issue", edit["id"], {field: self._issue_value(field, edit["set"][field])}, over="shown")

    def move(self, referral: str, state: str, *, by_coordinator: bool) -> Change | None:
        """Return a move of a referral that is legal from ``state``."""
        barred = {"requested"} if by_coordinator else {"requested", "expired"}  # to request asks for more than a state
        nexts = [one for one in MOVES.get(state, ()) if one not in barred]
        if not nexts:
            return None
        new = self.random.choice(nexts)
        why: dict[str, Value] = {"state_reason": "no_capacity"} if new in SAY_WHY else {}
        return self.change("referral", referral, {"state": new, **why}, over="shown")

    def change(self, kind: str, id: str, values: dict[str, Value], *, over: str) -> Change:
        """Return a change of one record."""
        return {"kind": kind, "id": id, "event": self.event, "set": values, "over": over}

    def _card(self) -> Change:
        animal = self.random.choice((KINDS["card"].fields["animal"].codes or ("",))[:2])
        tens = f"{self.random.randrange(3)}{self.random.randrange(2)}"
        number = tens + damm_digit(tens)
        id = card_id(self.event, animal, number)
        if id not in self.ids["card"]:
            self.ids["card"].append(id)
        return self.change("card", id, {"animal": animal, "number": number, "state": "given"}, over="shown")

    def some(self, kind: str, chance: float = 1) -> str | None:
        """Return the id of one of those that were made, by chance."""
        ids = self.ids.get(kind)
        return self.random.choice(ids) if ids and self.random.random() < chance else None

    def _values(self, kind: str, *, is_new: bool) -> dict[str, Value]:
        if kind == "visit":
            return {"channel": "tent"} | given(card=self.some("card", 0.5))
        if kind == "remark":
            return {"about": self.some("issue"), "text": f"{self.random.random()}"} if self.ids["issue"] else {}
        if kind == "referral":
            return self._referral(is_new=is_new)
        field = self.random.choice(("theme", "own_words", "barriers/counter_closed"))
        links = given(visit=self.some("visit", 0.3), card=self.some("card", 0.1))
        return {field: self._issue_value(field, None)} | links

    def _referral(self, *, is_new: bool) -> dict[str, Value]:
        if not is_new:
            return {"state": self.random.choice(STATES)}
        if not self.ids["card"]:
            return {}
        links = given(card=self.some("card"), issue=self.some("issue", 0.6))
        return {"to_table": self.table, "mode": "walked_over", "state": "requested", **links}

    def _issue_value(self, field: str, old: Value) -> Value:
        if field == "theme":
            return self.random.choice(("ENE", "HOU", "MON", "DIG"))
        if field == "own_words":
            return f"{self.random.random()}"
        return self.random.random() < 0.5 if field.startswith("barriers/") else old


def given(**values: str | None) -> dict[str, Value]:
    """Return what has a value."""
    return {name: value for name, value in values.items() if value is not None}
