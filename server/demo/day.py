"""An event day, read from its file and played through the real protocol.

    Day(file)  who, when, which network                server/demo/days/*.json
       ↓ Names: local names → real ids, times moved
    play()     every action on its tablet at its time; inside a network window changes travel at once, outside they wait

The clock is an argument: a day of ten hours, with tablets whose clocks are wrong, is played in seconds.
"""

import base64
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from server.demo.tablet import Tablet
from sync.edits import Value
from sync.ids import card_id, erasure_id, tally_id

DAYS = Path(__file__).parent / "days"
BRUSSELS = ZoneInfo("Europe/Brussels")

# What a field, or each key of a set, points to.
REFERS = frozenset({"visit", "card", "issue", "issues", "consent", "supersedes", "topic", "to_table", "service",
                    "to_service", "about", "team"})  # fmt: skip
# Fields that a tablet fills with what its own clock believes (docs/protocol.md, Values).
BELIEVED = frozenset({("visit", "at"), ("card", "issued_at"), ("consent", "at"), ("consent", "withdrawn_at")})
HOURS, NOT_EARLIER = frozenset({"opens_at", "closes_at"}), timedelta()

Call = Callable[[str, str, bytes, int], Awaitable[bytes]]  # tablet, member, body, true now in ms → reply
Revoke = Callable[[str, str, int], Awaitable[None]]  # member, coordinator, true now in ms


@dataclass(frozen=True)
class Action:
    """One thing a worker did, with real ids; ``at_ms`` is true time."""

    at_ms: int
    at: str
    tablet: str
    worker: str
    name: str
    kind: str
    record: str
    set: dict[str, Value]
    said: dict[str, tuple[str, Value]]  # per field of `set`: its name and its value as they stand in the file


def new_id(name: str, *, ms: int) -> str:
    """Return the UUIDv7 of a name of a day, the same at every run: its time, and chance taken from the name."""
    chance = int.from_bytes(hashlib.sha256(name.encode()).digest()[:10], "big")
    return str(
        UUID(int=(ms << 80) | (0x7 << 76) | (((chance >> 62) & 0xFFF) << 64) | (0b10 << 62) | (chance & (2**62 - 1)))
    )


class Day:
    """A day from its file; ``later_days`` moves all its times, keeping the hour on the wall in Brussels.

    ``earlier`` moves what happened on it by half hours, in which it counts; what was promised keeps its hour. An event that
    opens before midnight then, and closes after it, is one of two dates.
    """

    def __init__(
        self, path: Path, *, later_days: int = 0, earlier: timedelta = NOT_EARLIER, salt: str = "",
        people: "Day | None" = None,
    ) -> None:  # fmt: skip
        self.doc = json.loads(path.read_text(encoding="utf-8"))
        self.later, self.earlier = timedelta(days=later_days), earlier
        self._people = people  # another day of the same organisation: its members and services are the same
        self.salt = f"{path.stem}/{later_days}/{salt}"
        self.clock_offset_ms = {t["id"]: t["tablet_clock_offset_minutes"] * 60_000 for t in self.doc["tablets"]}
        self.users: dict[str, list[str]] = {t["id"]: t["workers"] for t in self.doc["tablets"]}
        self.windows = {
            tablet: [(self.ms(w["from"]), self.ms(w["to"])) for w in windows]
            for tablet, windows in self.doc["network"].items()
        }
        self.kinds = {action["record"]: action["kind"] for action in self.doc["actions"]}
        self.starts_ms = min(start for windows in self.windows.values() for start, _ in windows)
        self._shared = {x["id"] for x in (*self.doc["workers"], *self.doc["services"])}
        self.event = new_id(f"{self.salt}/event-001", ms=self.starts_ms)
        self._tallies = {
            a["record"]: a["set"] for a in reversed(self.doc["actions"]) if a["kind"] == "tally" and "slot" in a["set"]
        }
        self._cards = {
            a["record"]: a["set"] for a in self.doc["actions"] if a["kind"] == "card" and "number" in a["set"]
        }

    def ms(self, text: str) -> int:
        """Return a time of the file as milliseconds since 1970, moved."""
        return int(self._moved(text).timestamp() * 1000)

    def _moved(self, text: str) -> datetime:
        wall = datetime.fromisoformat(text).astimezone(BRUSSELS).replace(tzinfo=None)
        return (wall + self.later - self.earlier).replace(tzinfo=BRUSSELS)

    def id(self, name: str) -> str:
        """Return the real id of a local name."""
        kind = self.kinds.get(name, "")
        if name == "event-001":
            return self.event
        if kind == "card" and name in self._cards:
            card = self._cards[name]
            return card_id(self.event, card["animal"], card["number"])
        if kind == "tally":
            tally = self._tallies[name]
            return tally_id(self.event, tally["what"], self.slot(tally["slot"]), tally["device"])
        if self._people and name in self._shared:
            return self._people.id(name)
        return new_id(f"{self.salt}/{name}", ms=self.starts_ms)

    def slot(self, text: str) -> str:
        """Return the start of a slot as it stands in a tally's id."""
        return self._moved(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")

    def actions(self) -> Iterator[Action]:
        """Yield what happened, in true order."""
        for action in self.doc["actions"]:
            kind, name, values = action["kind"], action["record"], action["set"]
            record = self.id(name)
            if kind == "card" and values.get("state") == "erased":
                kind, values, record = "erasure", {"card": name}, erasure_id(record)
            offset_ms = self.clock_offset_ms[action["tablet"]]
            registers = dict(self._registers(kind, values, offset_ms))
            yield Action(
                self.ms(action["at"]), action["at"], action["tablet"], action["worker"], name, kind, record,
                registers, dict(zip(registers, _flat(values), strict=True)),
            )  # fmt: skip

    def event_values(self) -> dict[str, Value]:
        """Return the fields of the event, as it is before the day begins."""
        values = dict(self._registers("event", {k: v for k, v in self.doc["event"].items() if k != "id"}, 0))
        for date, hour in (("from", "opens_at"), ("to", "closes_at")):
            wall = datetime.fromisoformat(f"{self.doc['event']['dates'][date]}T{self.doc['event']['hours'][hour]}")
            values[f"dates/{date}"] = (wall + self.later - self.earlier).date().isoformat()
        return values

    def _registers(self, kind: str, values: dict[str, object], offset_ms: int) -> Iterator[tuple[str, Value]]:
        """Yield the registers of a ``set``, with real ids and moved times."""
        for register, value in _flat(values):
            name, slash, key = register.partition("/")
            if slash:
                yield f"{name}/{self._key(name, key)}", self._value(kind, key, value, offset_ms)
            else:
                yield name, self._value(kind, name, value, offset_ms)

    def _key(self, name: str, key: str) -> str:
        if name in REFERS:
            return self.id(key)
        purpose, colon, service = key.partition(":")
        return f"{purpose}:{self.id(service)}" if name == "purposes" and colon else key

    def _value(self, kind: str, name: str, value: object, offset_ms: int) -> Value:
        if name == "assignee":
            return f"{'service' if str(value).startswith('s') else 'member'}:{self.id(str(value))}"
        if name in REFERS and isinstance(value, str):
            return self.id(value)
        if name == "slot":
            return self.slot(str(value))
        if isinstance(value, str) and len(value) >= 16 and value[4:5] == "-" and value[10:11] == "T":
            moved = self._moved(value) + timedelta(milliseconds=offset_ms if (kind, name) in BELIEVED else 0)
            return (moved + self.earlier if kind == "follow_up" else moved).isoformat(timespec="seconds")
        if kind == "event" and name in HOURS:
            return (datetime.strptime(str(value), "%H:%M") - self.earlier).strftime("%H:%M")
        if isinstance(value, str) and len(value) == 10 and value[4:5] == value[7:8] == "-":
            return (datetime.fromisoformat(value) + self.later).date().isoformat()
        if value is None or isinstance(value, bool | int | str):
            return value
        raise ValueError(f"{kind}.{name}: {value!r}")


def _flat(values: Mapping[str, object]) -> Iterator[tuple[str, Any]]:
    """An object is one register per key: ``barriers {"delay": true}`` writes ``barriers/delay``. The author is the worker."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from ((f"{name}/{key}", one) for key, one in value.items())
        elif name != "author":
            yield name, value


@dataclass
class Played:
    """What a replay saw: answers that were not ``ok``, and how much waited when each tablet found a network."""

    acks: dict[str, int] = field(default_factory=dict)
    not_ok: list[tuple[Action, list[str]]] = field(default_factory=list)
    waiting: dict[str, list[int]] = field(default_factory=dict)
    dots: dict[str, Action] = field(default_factory=dict)
    answered_ms: dict[str, int] = field(default_factory=dict)  # dot → when its answer came
    revocations: list[Action] = field(default_factory=list)


async def play(day: Day, call: Call, *, until_ms: int | None = None, revoke: Revoke | None = None) -> Played:
    """Play a day on its own tablets through ``call``; return what was seen. Stops at ``until_ms``, offline edits and all.

    That somebody loses access is no edit of a tablet's, but a call of the desk's: ``revoke``.
    """
    player = _Player(day, call, revoke)
    moments: list[tuple[int, int, str, Action | None]] = []
    for tablet, windows in day.windows.items():
        for start, end in windows:
            moments += [(start, 0, tablet, None), (end - 1, 2, tablet, None)]
    moments += [(action.at_ms, 1, action.tablet, action) for action in day.actions()]
    moments.sort(key=lambda moment: moment[:3])
    for at_ms, order, tablet, action in moments:
        if until_ms is not None and at_ms >= until_ms:
            break
        if action is None:
            await player.at_network(tablet, at_ms, finds=order == 0)
        else:
            await player.act(action)
    return player.played


class _Player:
    def __init__(self, day: Day, call: Call, revoke: Revoke | None) -> None:
        self.day, self.call, self.revoke, self.played = day, call, revoke, Played()
        self.tablets = {
            name: Tablet(
                {day.id(worker): _author(day, name, worker) for worker in users}, offset_ms=day.clock_offset_ms[name]
            )
            for name, users in day.users.items()
        }

    def online(self, tablet: str, at_ms: int) -> bool:
        return any(start <= at_ms < end for start, end in self.day.windows[tablet])

    async def at_network(self, tablet: str, at_ms: int, *, finds: bool) -> None:
        if finds:
            self.played.waiting.setdefault(tablet, []).append(self.tablets[tablet].waiting)
        await self.sync(tablet, at_ms)

    async def act(self, action: Action) -> None:
        if action.kind == "member" and action.set.get("active") is False and self.revoke:
            await self.revoke(action.record, self.day.id(action.worker), action.at_ms)
            self.played.revocations.append(action)
            return
        tablet = self.tablets[action.tablet]
        online = self.online(action.tablet, action.at_ms)
        if online:  # a poke has already brought what others did
            await self.sync(action.tablet, action.at_ms)
        event = self.day.event
        edit = tablet.write(
            self.day.id(action.worker), action.kind, action.record, event, action.set, now_ms=action.at_ms
        )
        self.played.dots[f"{edit.a}:{edit.n}"] = action
        if online:
            await self.sync(action.tablet, action.at_ms)

    async def sync(self, name: str, now_ms: int) -> None:
        """Send what waits, in the order it was made, whoever made it; then fetch for every worker."""
        tablet = self.tablets[name]
        while tablet.waiting:
            member, upto = _first_run(tablet)
            await self._exchange(name, member, now_ms, upto)
        for member in [one for one in tablet.workers if one not in tablet.wiped]:
            while not await self._exchange(name, member, now_ms, 0):
                pass

    async def _exchange(self, name: str, member: str, now_ms: int, upto: int) -> bool:
        tablet = self.tablets[name]
        reply = await self.call(name, member, tablet.request(member, now_ms=now_ms, upto=upto), now_ms)
        complete = tablet.receive(member, reply, now_ms=now_ms)
        for edit, ack in tablet.acks:
            text = " ".join(ack)
            self.played.acks[text] = self.played.acks.get(text, 0) + 1
            dot = f"{edit.a}:{edit.n}"
            self.played.answered_ms[dot] = now_ms
            if ack != ["ok"]:
                self.played.not_ok.append((self.played.dots[dot], ack))
        tablet.acks.clear()
        return complete


def _first_run(tablet: Tablet) -> tuple[str, int]:
    """Return whose edits come first by stamp, and how many of them before another worker's."""
    queues = {member: worker.waiting for member, worker in tablet.workers.items() if worker.waiting}
    first = min(queues, key=lambda member: queues[member][0].h)
    others = min((edits[0].h for member, edits in queues.items() if member != first), default="g")
    return first, max(sum(edit.h < others for edit in queues[first][:500]), 1)


def _author(day: Day, tablet: str, worker: str) -> str:
    """Return an author id of 11 characters, the same at every run."""
    chance = hashlib.sha256(f"{day.salt}/{tablet}/{worker}".encode()).digest()[:8]
    return base64.urlsafe_b64encode(chance).decode().rstrip("=")
