"""What people promise, may and count in a simulated day: consent, contact data, follow-ups, tallies, who is free.

Their audiences hang on each other: contact data goes to whoever acts in an open follow-up of its card, and to the
service with which a referral shares it.
"""

from collections.abc import Callable

from sync.edits import Value
from sync.ids import tally_id
from sync.kinds import KINDS
from tests.support.changes import Change, Changes, given

FOLLOW_UP_STATES = tuple(KINDS["follow_up"].next)
SLOTS = ("2026-11-24T13:30Z", "2026-11-24T14:00Z")


class Caring:
    """Makes changes by chance, of the cards that were given; ``members`` are who may be assigned, ``tablets`` who counts."""

    def __init__(self, changes: Changes, *, members: list[str], service: str, tablets: list[str]) -> None:
        self.changes, self.random = changes, changes.random
        self.members, self.service, self.tablets = members, service, tablets
        self._kinds: dict[str, Callable[[bool], dict[str, Value]]] = {
            "consent": self._consent, "contact": self._contact, "follow_up": self._follow_up, "sharing": self._sharing,
        }  # fmt: skip

    def next(self, tablet: str) -> Change | None:
        """Return a change, or None where there is nothing yet to change."""
        kind = self.random.choice((*self._kinds, "follow_up", "contact", "tally", "presence"))
        if kind == "presence":
            state = self.random.choice(("free", "busy"))
            return self.changes.change("presence", self.changes.table, {"state": state}, over="shown")
        if kind == "tally":
            return self._tally(tablet)
        name = "referral" if kind == "sharing" else kind
        ids = self.changes.ids.setdefault(name, [])
        is_new = kind == "sharing" or not ids or self.random.random() < 0.3
        values = self._kinds[kind](is_new)
        if not values:
            return None
        if is_new:
            ids.append(f"{name}-{len(ids)}-{self.changes.salt}")
        over = "all" if self.random.random() < 0.2 else "shown"
        return self.changes.change(name, ids[-1] if is_new else self.random.choice(ids), values, over=over)

    def _consent(self, is_new: bool) -> dict[str, Value]:
        to_call = {"purposes/call_back": self.random.choice(("given", "given", "given", "refused"))}
        if is_new:
            card = self.changes.some("card")
            whole = {"card": card, "given_how": "spoken", f"purposes/refer_to:{self.service}": "given", **to_call}
            return whole if card else {}
        return to_call if self.random.random() < 0.6 else {"withdrawn_at": "2026-11-24T15:00:00Z"}

    def _contact(self, is_new: bool) -> dict[str, Value]:
        value: dict[str, Value] = {"value": f"{self.random.random()}"}
        if not is_new:
            return value
        card, consent = self.changes.some("card"), self.changes.some("consent")
        return {"card": card, "channel": "phone", "consent": consent, **value} if card and consent else {}

    def _follow_up(self, is_new: bool) -> dict[str, Value]:
        who = [*(f"member:{member}" for member in self.members), f"service:{self.service}"]
        assigned = given(assignee=self.random.choice((*who, None)))
        if is_new:
            card = self.changes.some("card")
            promise = {"card": card, "what": "call", "on": "2026-12-01", "state": "planned", "promised": "to call"}
            return {**promise, **assigned} if card else {}
        states = {"state": self.random.choice(FOLLOW_UP_STATES)}
        return self.random.choice((assigned or {"assignee": None}, states, {"promised": f"{self.random.random()}"}))

    def _sharing(self, is_new: bool) -> dict[str, Value]:
        card, consent = self.changes.some("card"), self.changes.some("consent")
        if not card or not consent:
            return {}
        return {
            "card": card, "to_table": self.changes.table, "mode": "warm_call", "state": "requested", "consent": consent,
            "shared_fields/value": True,
        }  # fmt: skip

    def _tally(self, tablet: str) -> Change:
        """Each tablet counts for itself; sometimes one goes on in another's count, which is its member's alone to do."""
        device = tablet if self.random.random() < 0.8 else self.random.choice(self.tablets)
        what, slot = self.random.choice(("coffee", "talk")), self.random.choice(SLOTS)
        id = tally_id(self.changes.event, what, slot, device)
        ids = self.changes.ids.setdefault("tally", [])
        if id not in ids:
            ids.append(id)
        values: dict[str, Value] = {"what": what, "slot": slot, "device": device, "n": self.random.randrange(40)}
        return self.changes.change("tally", id, values, over="shown")
