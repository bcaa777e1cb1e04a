"""A seeded day on the square with everything that can go wrong, on the product's own engines.

    changes.py ─ tablets (TypeScript, over stdio) ── calls: lost, repeated, late, cut short ── server (Python, SQLite)
                 crash to older disks, lying clocks, several tabs          restored from older copies, revokes, erases

Acts follow by chance from a seed; laws.py says what must hold after each of them and at the end.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from server.clock import now_ms
from server.epoch import give_epoch
from server.outside import STILL_MS, Outside
from sync.ids import erasure_id
from tests.support.laws import Failed, at_rest, dot_of
from tests.support.scene import DAY_MS, DEVICES, MEMBERS, Scene
from tests.support.tablets import Tablets
from tests.support.world import World

# How often each act happens, in a hundred or so.
WEIGHTS: Mapping[str, float] = {
    "write": 40, "move": 6, "call": 26, "deliver_late": 8, "tab": 3, "snapshot": 3, "crash": 6, "change_team": 4,
    "erase": 1.2, "set_clock": 2, "back_up": 1.5, "restore": 1, "revoke": 0.3, "care": 24, "close": 0.4,
    "image": 1, "put_back": 0.4, "put_back_soon": 0.4,
}  # fmt: skip
STATE = ("epoch", "counters.json", "alive")  # outside the database; the list of what is gone must not go back


class Simulation(Scene):
    """One world. ``weights`` say how often what happens; acts that are not named happen as often as in any."""

    def __init__(
        self,
        seed: int,
        tablets: Tablets,
        rules: Mapping[str, bool] | None = None,
        weights: Mapping[str, float] | None = None,
        who: Iterable[str] = DEVICES,
    ) -> None:
        super().__init__(seed, tablets, rules, who)
        self.weights = {**WEIGHTS, **(weights or {})}

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

    def _care(self, name: str) -> None:
        if change := self.caring.next(name):
            self._keep(name, change)

    def _close(self, _: str) -> None:
        """The coordinator closes the event: who wrote an issue does not see it any more."""
        self._keep("griet", self.changes.change("event", self.world.event, {"state": "closed"}, over="shown"))

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

    def _call(self, name: str) -> None:
        fate = self.random.choice(("well", "well", "well", "request lost", "reply lost", "late"))
        tab = self.random.randrange(self.tabs[name])
        asked = self.tablets("request", name, tab=tab, now=self.now(name))
        if fate == "request lost":
            return
        reply = self._post(name, asked["request"], spoil=self.random.random() < 0.25)
        if reply is None:
            self._forget(name)
            return
        for edit in asked["request"].get("edits", [])[-2:]:
            if edit["kind"] == "issue" and self.random.random() < 0.5:
                self._keep(name, self.changes.again(edit))
        if fate == "reply lost":
            return
        if fate == "late":
            self.late.append((name, tab, asked["call"], reply))
        else:
            self._take(name, tab, asked["call"], reply)

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
        """Somebody sets a tablet's clock, and works on before it hears of the server's."""
        self.clock_ms[name] = self.random.choice((0, 3 * DAY_MS, -DAY_MS, -now_ms()))
        self._write(name)

    def _back_up(self, _: str) -> None:
        self._copy_database("backup.sqlite")
        self.has_backup = True

    def _copy_database(self, name: str) -> None:
        source = sqlite3.connect(self.settings.database_file)
        target = sqlite3.connect(f"{self.folder.name}/{name}")
        source.backup(target)
        source.close()
        target.close()

    def _restore(self, _: str) -> None:
        """The database is an older copy again: the server finds out at its start, and what was lost comes back."""
        if not self.has_backup:
            return
        self.erased |= self.erased_now()
        self.world.stop()
        self._start_on("backup.sqlite")

    def _image(self, _: str) -> None:
        """Copy the whole machine: the database and what stands outside it."""
        self.world.server.outside.write_counters()
        self._copy_state("", "image-")
        self._copy_database("image.sqlite")
        self.imaged = (self.erased_now(), set(self.revoked))

    def _put_back(self, _: str) -> None:
        """The whole machine is an older copy again, and only the time says so."""
        if self._may_go_back():
            self.world.stop()
            self._copy_state("image-", "")
            Outside(Path(self.folder.name)).keep_alive(now_ms=now_ms() - 2 * STILL_MS)
            self._start_on("image.sqlite")

    def _put_back_soon(self, name: str) -> None:
        """So soon that not even the time says so. Who had read all finds out; somebody gives another epoch."""
        if self._may_go_back():
            self._heal_one(name)
        # Who stood in the middle of a page may have passed over what now lies before it: only a digest finds that out.
        if self._may_go_back() and name in self.devices:
            self.world.stop()
            self._copy_state("image-", "")
            self._start_on("image.sqlite")
            self._heal_one(name)
            server, fresh = self.world.server, f"given-{self.random.randrange(2**31)}"
            self.world.run(give_epoch(server.store, server.outside, fresh=fresh))

    def _may_go_back(self) -> bool:
        """Who was erased or revoked since the copy was made would be back; the list outside is lost with the machine."""
        return self.imaged == (self.erased_now(), self.revoked)

    def _copy_state(self, source: str, target: str) -> None:
        folder = Path(self.folder.name)
        for name in STATE:
            (folder / f"{target}{name}").unlink(missing_ok=True)
            if (folder / f"{source}{name}").exists():
                shutil.copy(folder / f"{source}{name}", folder / f"{target}{name}")

    def _start_on(self, name: str) -> None:
        """Start a server on a copy of the database."""
        for suffix in ("", "-wal", "-shm"):
            Path(self.settings.database_file + suffix).unlink(missing_ok=True)
        shutil.copy(f"{self.folder.name}/{name}", self.settings.database_file)
        old = self.world
        self.world = World(self.settings, runner=old.runner).start()
        self.world.take_over(old)
        self.answered = self.answers()
        self._forgive()

    def _revoke(self, name: str) -> None:
        if name in ("amina-2", "rita"):
            self.revoked.add(name)
            answer = self.devices["griet"].asks("POST", f"/api/devices/{self.devices[name].id}/revoke", {})
            if answer.status_code >= 400:
                raise Failed(f"revoke: {answer.text}")
