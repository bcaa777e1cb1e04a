"""The server and the tablets of a simulated world: what they keep, send, receive and forget, watched by the laws."""

import json
from collections.abc import Iterable, Mapping
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from server.clock import now_ms
from server.settings import Settings
from tests.support.caring import Caring
from tests.support.changes import Change, Changes
from tests.support.device import Device
from tests.support.laws import (
    Broken,
    Failed,
    after_answers,
    after_reply,
    after_write,
    dot_of,
    nothing_is_served_that_is_not_theirs,
)
from tests.support.tablets import Answer, Tablets
from tests.support.world import World

DAY_MS = 86_400_000
MEMBERS = ("amina", "bilal", "sofie", "rita")
DEVICES = {"amina": "amina", "amina-2": "amina", "bilal": "bilal", "sofie": "sofie", "rita": "rita", "griet": "griet"}
PAGES = (1, 3, 7, 1000)
HEALING_CALLS = 400


class Scene:
    """A server and its tablets. ``rules`` switches rules of the tablets off; ``who`` takes part."""

    def __init__(
        self,
        seed: int,
        tablets: Tablets,
        rules: Mapping[str, bool] | None = None,
        who: Iterable[str] = DEVICES,
    ) -> None:
        self.random, self.seed, self.tablets, self.rules = Random(seed), seed, tablets, dict(rules or {})
        self.folder = TemporaryDirectory()
        self.settings = Settings(
            database_file=f"{self.folder.name}/onthaal.sqlite", state_dir=self.folder.name,
            app_dir=f"{self.folder.name}/app", sign_in_per_minute=0,
        )  # fmt: skip
        self.world = World(self.settings).start().organise()
        self.changes = Changes(self.random, event=self.world.event, table=self.world.id("housing-table"), salt=seed)
        self.caring = Caring(
            self.changes, members=[self.world.id(name) for name in MEMBERS], service=self.world.id("housing-service"),
            tablets=list(who),
        )  # fmt: skip
        self.devices: dict[str, Device] = {}
        self.tabs: dict[str, int] = {}
        self.clock_ms: dict[str, int] = {}
        self.kept: dict[str, tuple[str, Answer]] = {}  # dot → device, edit
        self.saw: dict[tuple[str, str], set[str]] = {}  # dot, field → dots its author had seen and replaced
        self.honest: set[str] = set()  # moves that were legal from what was on the screen
        self.answered: dict[str, tuple[str, ...]] = {}  # dot → its first answer
        self.snapshots: dict[str, set[str]] = {}  # device → what was kept at its snapshot
        self.off_disk: set[str] = set()  # what only the server has: a tablet's disk lost it
        self.refused: set[str] = set()
        self.erased: set[str] = set()
        self.revoked: set[str] = set()
        self.late: list[tuple[str, int, int, Answer]] = []
        self.has_backup = False
        self.imaged: tuple[set[str], set[str]] | None = None  # who was erased, who revoked when the machine was copied
        for name in who:
            self._add(name, DEVICES[name])

    def end(self) -> None:
        """Stop the server and forget everything."""
        for name in self.devices:
            self.tablets("close", name)
        self.world.stop()
        self.world.runner.close()
        self.folder.cleanup()

    def _add(self, name: str, member: str) -> None:
        role = "coordinator" if member == "griet" else ""
        known = self.world.coordinator if member == "griet" else ""
        self.devices[name] = self.world.device(member, member=known, role=role, tablet="" if name == member else name)
        self._open(name, self.devices[name], self.rules)
        self.clock_ms[name] = self.random.choice((0, 0, 3 * DAY_MS, -9 * DAY_MS, -DAY_MS, 120_000, -now_ms()))

    def _open(self, name: str, device: Device, rules: Mapping[str, bool]) -> None:
        self.tablets("open", name, member=device.member, seed=self.random.randrange(2**31), rules=rules)
        self.tabs[name] = 1

    def now(self, name: str) -> int:
        """Return what a tablet takes for the time."""
        return now_ms() + self.clock_ms.get(name, 0)

    # ── what a tablet does ────────────────────────────────────────────────────────────────────────────────

    def _keep(self, name: str, change: Change, tab: int | None = None) -> Answer | None:
        """Return the edit that a tab of a tablet kept; None where it was killed meanwhile."""
        tab = self.random.randrange(self.tabs[name]) if tab is None else tab
        before = self.tablets("live", name, tab=tab, id=change["id"])["fields"]
        dies = self.random.random() < 0.04
        answer = self.tablets("write", name, tab=tab, now=self.now(name), change=change, dies=dies)
        if "edit" not in answer:
            return None
        edit: Answer = answer["edit"]
        self._note(name, edit, before, everything=change.get("over") == "all")
        after_write(self, name, tab, edit)
        for other in range(self.tabs[name]):
            if other != tab and self.random.random() < 0.7:
                self.tablets("reload", name, tab=other, ids=[])
        return edit

    def _note(self, name: str, edit: Answer, before: Answer, *, everything: bool) -> None:
        """Remember what was kept, and what its author saw: of what waits here also what that had seen."""
        dot = dot_of(edit)
        self.kept[dot] = (name, edit)
        for field in edit["set"]:
            shown = [one for one, _ in before.get(field, [])[: None if everything else 1]]
            own = {one for one in shown if one in self.kept and self.kept[one][0] == name}
            self.saw[dot, field] = set(shown).union(*(self.saw.get((one, field), set()) for one in own))

    def _post(self, name: str, request: Answer, *, spoil: bool = False) -> Answer | None:
        """Return the server's reply; ``spoil`` makes one edit such that it is refused. ``None``: revoked for good."""
        edits = [dict(edit) for edit in request.get("edits", [])]
        if spoil and edits:
            self.random.choice(edits)["h"] = "never"
        body = json.dumps({**request, "edits": edits, "limit": self.random.choice(PAGES)})
        reply = self.devices[name].posts(body.encode())
        if reply.status == 401:
            return None
        if reply.status != 200:
            raise Failed(f"{name}: {reply.status} {reply.body}")
        after_answers(self, name, edits, reply.acks)
        nothing_is_served_that_is_not_theirs(self, name, reply.body)
        return reply.body

    def _take(self, name: str, tab: int, call: int, reply: Answer) -> Answer | None:
        if name not in self.devices:
            return None
        answer = self.tablets.tried("receive", name, tab=tab, now=self.now(name), call=call, reply=reply)
        if "error" in answer:  # the tab that asked died meanwhile
            return None
        outcome: Answer = answer["outcome"]
        after_reply(self, name, tab, outcome)
        for other in range(self.tabs[name]):
            if other != tab:
                self.tablets("reload", name, tab=other)
        if outcome.get("wipe"):
            self._forget(name)
        return outcome

    def _forget(self, name: str) -> None:
        """A revoked tablet is wiped, with all that is on it: what it sent, only the server has."""
        self.off_disk |= {dot for dot, (whose, _) in self.kept.items() if whose == name}
        self.refused |= {dot for dot, *_ in self.tablets("dump", name)["refused"]}
        self.tablets("close", name)
        del self.devices[name], self.tabs[name]

    # ── rest ──────────────────────────────────────────────────────────────────────────────────────────

    def heal(self) -> None:
        """The network is back, clocks stay wrong, one may have left the team: call until nobody has anything left to ask."""
        self.late.clear()
        out = self.random.choice((None, None, *MEMBERS))
        self._set_team({f"team/{self.world.id(who)}": who != out for who in MEMBERS})
        for name in list(self.devices):
            self.tablets("reload", name)
        for _ in range(4):
            for name in list(self.devices):
                self._heal_one(name)

    def _heal_one(self, name: str) -> None:
        for _ in range(HEALING_CALLS):
            asked = self.tablets("request", name, now=self.now(name))
            reply = self._post(name, asked["request"])
            if reply is None:
                self._forget(name)
                return
            outcome = self._take(name, 0, asked["call"], reply)
            if name not in self.devices or outcome is None or not outcome["again"]:
                return
        raise Broken(f"{name} does not come to rest")

    def fresh(self, name: str) -> dict[str, Any]:
        """Return what a fresh tablet of the same member shows."""
        fresh = f"{name} fresh"
        self.devices[fresh] = self.devices[name]
        self._open(fresh, self.devices[name], {})
        self._heal_one(fresh)
        shown: dict[str, Any] = self.tablets("shown", fresh)["records"]
        self.tablets("close", fresh)
        del self.devices[fresh], self.tabs[fresh]
        return shown

    def history(self) -> set[str]:
        """Return the dots of the edits that the server has."""
        return {f"{a}:{n}" for a, n in self.world.rows("SELECT a, n FROM edit")}

    def answers(self) -> dict[str, tuple[str, ...]]:
        """Return the first answers that the server has: of an older copy, those of its time."""
        return {f"{a}:{n}": tuple(str(ack).split()) for a, n, ack in self.world.rows("SELECT a, n, ack FROM edit")}

    def holds(self, dots: Iterable[str]) -> bool:
        """Return whether the server has applied all these edits."""
        applied = {f"{a}:{n}" for a, n in self.world.rows("SELECT a, n FROM edit WHERE ack = 'ok'")}
        return applied.issuperset(dots)

    def erased_now(self) -> set[str]:
        """Return the ids that are erased on the server."""
        return {str(id) for (id,) in self.world.rows("SELECT id FROM erased")}
