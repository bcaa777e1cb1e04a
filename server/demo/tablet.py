"""A tablet in Python: what a device does with edits and replies, as small as a replay needs it.

The product's device core is pwa/src/device/; this one serves the demo, the replay of whole days, the bench and
server tests, where hundreds of tablets must run beside a server in one process.

    write() → waiting ──request()──→ POST /api/sync ──receive()──→ records, cursors

One tablet is one store; each of its workers is a device of the server's, with an own token, author and cursors.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from sync import wire
from sync.apply import fold, see, winner
from sync.edits import Edit, Record, Value, Version
from sync.kinds import KINDS_VERSION
from sync.stamp import FIRST, Stamp, next_stamp, tick

_reply = msgspec.json.Decoder(wire.SyncReply)


@dataclass
class Worker:
    """One member's part of a tablet: an own author, outbox and cursors."""

    member: str
    author: str
    n: int = 0
    call: int = 0
    epoch: str = ""
    waiting: list[Edit] = field(default_factory=list)
    cursors: dict[str, int] = field(default_factory=dict)
    streams: dict[str, set[str]] = field(default_factory=dict)  # stream → ids of records it brought
    digests: dict[str, str] = field(default_factory=dict)


class Tablet:
    """A store shared by its workers. ``offset_ms`` is how far its clock is ahead of true time."""

    def __init__(self, workers: Mapping[str, str], *, offset_ms: int = 0) -> None:
        self.workers = {member: Worker(member, author) for member, author in workers.items()}
        self.offset_ms = offset_ms
        self.correction_ms: int | None = None  # None: not calibrated yet
        self.last: Stamp = FIRST
        self.records: dict[str, Record] = {}
        self.acks: list[tuple[Edit, list[str]]] = []
        self.wiped: set[str] = set()  # members who lost their access, and whose last edit has left

    @property
    def waiting(self) -> int:
        """Return how many edits have not been answered."""
        return sum(len(worker.waiting) for worker in self.workers.values())

    def shown(self, record: str) -> Record | None:
        """Return a record as its workers see it: the server's, with everything that waits here folded over it."""
        result = self.records.get(record)
        for worker in self.workers.values():
            edits = [edit for edit in worker.waiting if edit.id == record]
            if edits:
                result = fold(result, edits, by=worker.member)
        return result

    def write(
        self,
        member: str,
        kind: str,
        record: str,
        event: str,
        values: Mapping[str, Value],
        *,
        now_ms: int,
        all_versions: bool = False,
    ) -> Edit:
        """Return the new waiting edit of ``member`` at true time ``now_ms``; it names what is on this tablet's screen."""
        worker = self.workers[member]
        shown = self.shown(record)
        waiting = [edit for other in self.workers.values() for edit in other.waiting if edit.id == record]
        own = {other.author for other in self.workers.values()}
        over = {}
        for name in values:
            versions: Sequence[Version] = shown.live.get(name, ()) if shown else ()
            on_screen = versions if all_versions or len(versions) < 2 else (winner(name, versions),)
            if dots := see(on_screen, name, waiting, own):
                over[name] = dots
        believed_ms = now_ms + self.offset_ms + (self.correction_ms or 0)
        latest = max((v.e for versions in shown.live.values() for v in versions), default="") if shown else ""
        h = next_stamp(self.last, now_ms=believed_ms, shown=latest)
        self.last = tick(self.last, now_ms=believed_ms)
        worker.n += 1
        uncalibrated = 1 if self.correction_ms is None else 0
        edit = Edit(worker.author, worker.n, h, kind, record, dict(values), event, over, uncalibrated)
        worker.waiting.append(edit)
        return edit

    def request(self, member: str, *, now_ms: int, upto: int = wire.EDITS_MAX) -> bytes:
        """Return the body of the next call of ``member``, with at most ``upto`` of the own edits that wait."""
        worker = self.workers[member]
        worker.call += 1
        head = {
            "protocol": wire.PROTOCOL,
            "kinds": KINDS_VERSION,
            "epoch": worker.epoch,
            "call": worker.call,
            "now": now_ms + self.offset_ms,
            "cursors": worker.cursors,
            "waiting": len(worker.waiting),
        }
        edits = b",".join(map(wire.encode_edit, worker.waiting[:upto]))
        return json.dumps(head).encode()[:-1] + b',"edits":[' + edits + b"]}"

    def receive(self, member: str, body: bytes, *, now_ms: int) -> bool:
        """Store a reply; return whether it was complete (no stream has more)."""
        reply = _reply.decode(body)
        worker = self.workers[member]
        worker.epoch = reply.epoch
        self.correction_ms = reply.now - (now_ms + self.offset_ms)
        self.acks += zip(worker.waiting, reply.acks, strict=False)
        del worker.waiting[: len(reply.acks)]
        if reply.wipe and not worker.waiting:
            self.wiped.add(member)
        for stream in reply.closed:
            worker.cursors.pop(stream, None)
            self._take_away(worker, stream, worker.streams.pop(stream, set()))
        for stream, page in reply.streams.items():
            held = worker.streams.setdefault(stream, set())
            for record in map(wire.from_wire, page.records):
                self.records[record.id] = record
                held.add(record.id)
            for record_id, why in page.gone:
                held.discard(record_id)
                self._take_away(worker, stream, {record_id})
                if why == "erased":
                    self._erase(record_id)
            worker.cursors[stream] = page.at
            if page.digest:
                worker.digests[stream] = page.digest
        return not any(page.more for page in reply.streams.values())

    def _take_away(self, worker: Worker, stream: str, ids: set[str]) -> None:
        for record in ids:
            held = any(
                record in ids
                for w in self.workers.values()
                for name, ids in w.streams.items()
                if (w, name) != (worker, stream)
            )
            if not held:
                self.records.pop(record, None)

    def _erase(self, record: str) -> None:
        self.records.pop(record, None)
        for worker in self.workers.values():
            worker.waiting = [edit for edit in worker.waiting if edit.id != record]
