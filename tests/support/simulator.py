"""A seeded day on the square with everything that can go wrong, on the product's own engines.

    changes.py ─ tablets (TypeScript, over stdio) ── calls: lost, repeated, late, cut short ── server (Python, SQLite)
                 crash to older disks, lying clocks, several tabs          restored from older copies, revokes, erases

Acts follow by chance from a seed; laws.py says what must hold after each of them and at the end. ``rules`` switches
rules of the tablets off, to see that the laws notice.
"""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from server.clock import now_ms
from server.settings import Settings
from sync.kinds import erasure_id
from tests.support.changes import Change, Changes
from tests.support.device import Device
from tests.support.laws import Broken, after_answers, after_reply, after_write, at_rest, dot_of, nothing_erased_is_served
from tests.support.tablets import Answer, Tablets
from tests.support.world import World

DAY_MS = 86_400_000
MEMBERS = ("amina", "bilal", "sofie", "rita")
DEVICES = {"amina": "amina", "amina-2": "amina", "bilal": "bilal", "sofie": "sofie", "rita": "rita", "griet": "griet"}
PAGES = (1, 3, 7, 1000)
HEALING_CALLS = 400
# How often each act happens, in a hundred or so.
WEIGHTS: Mapping[str, float] = {
    "write": 40, "move": 6, "call": 26, "deliver_late": 8, "tab": 3, "snapshot": 3, "crash": 6, "change_team": 4,
    "erase": 1.2, "set_clock": 2, "back_up": 1.5, "restore": 1, "revoke": 0.3,
}  # fmt: skip


class Simulation:
    """One world. ``weights`` say how often what happens; acts that are not named happen as often as in any."""

    def __init__(
        self,
        seed: int,
        tablets: Tablets,
        rules: Mapping[str, bool] | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> None:
        self.random, self.seed, self.tablets, self.rules = Random(seed), seed, tablets, dict(rules or {})
        self.weights = {**WEIGHTS, **(weights or {})}
        self.folder = TemporaryDirectory()
        self.settings = Settings(
            database_file=f"{self.folder.name}/onthaal.sqlite", state_dir=self.folder.name,
            app_dir=f"{self.folder.name}/app", sign_in_per_minute=0,
        )  # fmt: skip
        self.world = World(self.settings).start().organise()
        self.changes = Changes(
            self.random, event=self.world.event, table=self.world.id("housing-table"), salt=seed
        )
        self.devices: dict[str, Device] = {}
        self.tabs: dict[str, int] = {}
        self.clock_ms: dict[str, int] = {}
        self.kept: dict[str, tuple[str, Answer]] = {}  # dot → device, edit
        self.saw: dict[tuple[str, str], set[str]] = {}  # dot, field → dots its author had seen and replaced
        self.honest: set[str] = set()  # moves that were legal from what was on the screen
        self.answered: set[str] = set()
        self.snapshots: dict[str, set[str]] = {}  # device → what was kept at its snapshot
        self.off_disk: set[str] = set()  # what only the server has: a tablet's disk lost it
        self.refused: set[str] = set()
        self.erased: set[str] = set()
        self.late: list[tuple[str, int, int, Answer]] = []
        self.has_backup = False
        for name, member in DEVICES.items():
            self._add(name, member)

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

    # ── the day ───────────────────────────────────────────────────────────────────────────────────────

    def play(self, steps: int) -> None:
        """Let things happen, then heal and check. Raises ``Broken``."""
        acts: list[Callable[[str], object]] = [getattr(self, f"_{name}") for name in self.weights]
        weights = list(self.weights.values())
        for _ in range(steps):
            self.random.choices(acts, weights)[0](self.random.choice(list(self.devices)))
        self.heal()
        at_rest(self)

    def _write(self, name: str) -> None:
        if change := self.changes.next():
            self._keep(name, change)

    def _move(self, name: str) -> None:
        """Move a referral as its worker may, from what is on the screen."""
        if not (ids := self.changes.ids["referral"]):
            return
        id, tab, member = self.random.choice(ids), self.random.randrange(self.tabs[name]), self.devices[name].member
        seen = self.tablets("live", name, tab=tab, id=id)
        is_theirs = name in ("griet", "sofie") or seen["author"] == member
        if not (versions := seen["fields"].get("state")) or not is_theirs:
            return
        change = self.changes.move(id, versions[0][1], by_coordinator=name == "griet")
        if change and (edit := self._keep(name, change, tab)):
            self.honest.add(dot_of(edit))

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

    # ── the road ──────────────────────────────────────────────────────────────────────────────────────

    def _call(self, name: str) -> None:
        fate = self.random.choice(("well", "well", "well", "request lost", "reply lost", "late"))
        tab = self.random.randrange(self.tabs[name])
        asked = self.tablets("request", name, tab=tab, now=self.now(name))
        if fate == "request lost":
            return
        reply = self._post(name, asked["request"], spoil=self.random.random() < 0.25)
        if reply is None:
            return self._forget(name)
        for edit in asked["request"].get("edits", [])[-2:]:
            if edit["kind"] == "issue" and self.random.random() < 0.5:
                self._keep(name, self.changes.again(edit))
        if fate == "reply lost":
            return
        if fate == "late":
            self.late.append((name, tab, asked["call"], reply))
        else:
            self._take(name, tab, asked["call"], reply)

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
            raise Broken(f"{name}: {reply.status} {reply.body}")
        after_answers(self, name, edits, reply.acks)
        nothing_erased_is_served(self, name, reply.body)
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

    def _deliver_late(self, _: str) -> None:
        if self.late:
            self._take(*self.late.pop(self.random.randrange(len(self.late))))

    # ── what goes wrong ───────────────────────────────────────────────────────────────────────────────

    def _tab(self, name: str) -> None:
        if self.tabs[name] < 3:
            self.tabs[name] = self.tablets("tab", name)["tab"] + 1

    def _snapshot(self, name: str) -> None:
        self.tablets("snapshot", name, name="older")
        self.snapshots[name] = set(self.kept)

    def _crash(self, name: str) -> None:
        if name in self.snapshots and self.random.random() < 0.6:
            self.tablets("crash", name, name="older")
            self.off_disk |= {
                dot for dot, (whose, _) in self.kept.items() if whose == name and dot not in self.snapshots[name]
            }
            self._forgive()
        else:
            self.tablets("crash", name)
        self.tabs[name] = 1

    def _forgive(self) -> None:
        """What a disk lost before it was sent, and what both a disk and the database lost, is nobody's any more."""
        arrived = self.history()
        for dot in self.off_disk - arrived:
            self.kept.pop(dot, None)

    def _change_team(self, _: str) -> None:
        who = self.random.choice(MEMBERS)
        self._set_team({f"team/{self.world.id(who)}": self.random.random() < 0.6})

    def _set_team(self, team: dict[str, bool]) -> None:
        self.world.edit_as_griet("event", self.world.event, self.world.event, dict(team))

    def _erase(self, _: str) -> None:
        if not self.changes.ids["card"] or "griet" not in self.devices:
            return
        card = self.random.choice(self.changes.ids["card"])
        change = {"kind": "erasure", "id": erasure_id(card), "event": self.world.event, "set": {"card": card}}
        edit = self.tablets("write", "griet", now=self.now("griet"), change=change)["edit"]
        self._note("griet", edit, {}, everything=False)

    def _set_clock(self, name: str) -> None:
        self.clock_ms[name] = self.random.choice((0, 3 * DAY_MS, -DAY_MS, -now_ms()))

    def _back_up(self, _: str) -> None:
        source = sqlite3.connect(self.settings.database_file)
        target = sqlite3.connect(f"{self.folder.name}/backup.sqlite")
        source.backup(target)
        source.close()
        target.close()
        self.has_backup = True

    def _restore(self, _: str) -> None:
        """The database is an older copy again: the server finds out at its start, and what was lost comes back."""
        if not self.has_backup:
            return
        self.erased |= self.erased_now()
        self.world.stop()
        for suffix in ("", "-wal", "-shm"):
            Path(self.settings.database_file + suffix).unlink(missing_ok=True)
        shutil.copy(f"{self.folder.name}/backup.sqlite", self.settings.database_file)
        old = self.world
        self.world = World(self.settings, runner=old.runner).start()
        self.world.take_over(old)
        self.answered &= self.history()
        self._forgive()

    def _revoke(self, name: str) -> None:
        if name in ("amina-2", "rita") and not self.has_backup:
            answer = self.devices["griet"].asks("POST", f"/api/devices/{self.devices[name].id}/revoke", {})
            if answer.status_code >= 400:
                raise Broken(f"revoke: {answer.text}")

    def _forget(self, name: str) -> None:
        """A revoked tablet is wiped, with all that is on it."""
        self.refused |= {dot for dot, *_ in self.tablets("dump", name)["refused"]}
        self.tablets("close", name)
        del self.devices[name], self.tabs[name]

    # ── rest ──────────────────────────────────────────────────────────────────────────────────────────

    def heal(self) -> None:
        """The network is back, everybody is in the team, clocks stay wrong: call until nobody has anything left to ask."""
        self.late.clear()
        self._set_team({f"team/{self.world.id(who)}": True for who in MEMBERS})
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
                return self._forget(name)
            outcome = self._take(name, 0, asked["call"], reply)
            if name not in self.devices or outcome is None or not outcome["again"]:
                return None
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

    def holds(self, dots: Iterable[str]) -> bool:
        """Return whether the server has applied all these edits."""
        applied = {f"{a}:{n}" for a, n in self.world.rows("SELECT a, n FROM edit WHERE ack = 'ok'")}
        return applied.issuperset(dots)

    def erased_now(self) -> set[str]:
        """Return the ids that are erased on the server."""
        return {str(id) for (id,) in self.world.rows("SELECT id FROM erased")}
