"""One scope's edits in one transaction: lock, load, settle, judge audiences again, write (stations 6 to 8).

    lock the scope's row ── load ── settle ── erase ── audiences before and after ── entries, digests ── write

Everybody who changes records comes through here: devices, often several calls at once (together.py), the desk's
"take in", the server's own member edits.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from server.exchange.erase import erase
from server.exchange.load import load, load_around, read_row
from server.exchange.settle import Loaded, Sent, Settled, settle
from server.exchange.withdrawn import says_nothing
from server.store import audit, history
from server.store import records as sql
from server.store.engine import Tx
from server.store.keys import root_of
from sync.access import LINKS, Known, audience, hanging, links
from sync.digest import record_digest
from sync.edits import Edit, Record
from sync.kinds import PRIVATE
from sync.wire import Ack, pack

EVERYBODY = "*"  # poked when an event or a member changed: who has which streams may be another now
WHOLE_EVENT = ("issue", "topic", "demand", "remark", "referral", "visit", "follow_up")


@dataclass
class Committed:
    """What a scope's transaction did."""

    acks: list[Ack] = field(default_factory=list)
    positions: dict[str, int] = field(default_factory=dict)  # stream → its counter, of those that changed
    erased: list[str] = field(default_factory=list)


@dataclass
class _Places:
    """Who is in which stream before and after; filled by ``_judge_again`` and ``erase``."""

    before: dict[str, frozenset[str]] = field(default_factory=dict)
    after: dict[str, frozenset[str]] = field(default_factory=dict)
    gone: dict[str, frozenset[str]] = field(default_factory=dict)  # erased: streams that must be told


async def commit(tx: Tx, scope: str, sent: Sequence[Sent]) -> Committed:
    """Return what became of one scope's edits; everything is written when it returns, and committed with ``tx``.

    All are of one organisation.
    """
    organisation, edits = sent[0].author.organisation, [one.edit for one in sent]
    await sql.lock_scopes(tx, organisation, await _locks(tx, organisation, scope, edits))
    loaded = await load(tx, organisation, scope, edits)
    settled = settle(sent, loaded)
    now_ms = max(one.call.now_ms for one in sent)
    return await write(tx, scope, loaded, settled, organisation=organisation, now_ms=now_ms)


async def _locks(tx: Tx, organisation: str, scope: str, edits: Sequence[Edit]) -> list[str]:
    """Events first, the organisation last: an erasure tells everybody, a member's role touches every event."""
    if scope and any(edit.kind == "erasure" for edit in edits):
        return [scope, ""]
    if not scope and any(edit.kind == "member" for edit in edits):
        return [*filter(None, await sql.scopes(tx, organisation)), ""]
    return [scope]


async def write(tx: Tx, scope: str, loaded: Loaded, settled: Settled, *, organisation: str, now_ms: int) -> Committed:
    """Write what was settled: records, history, links, and the entries of every stream that changes."""
    erased, frozen = await erase(tx, organisation, loaded, settled, now_ms=now_ms)
    if erased and scope:
        await sql.lock_scopes(tx, organisation, [""])
    # Each once: what an erasure freezes may have been written in the same call.
    changed = [id for id in dict.fromkeys((*settled.touched, *(one.id for one in frozen))) if id not in erased]
    await _load_hanging(tx, organisation, scope, loaded, settled)
    judged = {id: shown for id in changed if (shown := loaded.get(id)) is not None}
    for again in _judge_again(loaded, settled, scope):
        judged.setdefault(again.id, again)
    after = {id: audience(shown, loaded) for id, shown in judged.items() if id not in erased}
    digests = {id: record_digest(loaded.records[id]) for id in changed}
    entries = _Entries(loaded)
    for id in erased:
        entries.leave(id, loaded.streams.get(id, frozenset()) | {"org"}, "erased")
    for record in frozen:
        entries.leave(record.id, (loaded.streams.get(record.id, frozenset()) | {"org"}) - after[record.id], "erased")
    if settled.clones or any(past.parked for past in settled.history):
        entries.count(f"{scope or 'org'}/parked")
    for id, streams in after.items():
        entries.place(id, streams, digests.get(id, loaded.digests.get(id, 0)), changed=id in digests)
    names = {streams: _names(streams) for streams in set(after.values())}
    places = await _places(tx, loaded, changed)
    rows = {id: _row(loaded.records[id], judged[id], digests[id], names[after[id]], places[id]) for id in changed}
    await sql.add_records(tx, organisation, [row for id, row in rows.items() if id not in loaded.places])
    await sql.change_records(tx, organisation, [row for id, row in rows.items() if id in loaded.places])
    positions = await entries.write(tx, organisation, places)
    moved = [(names[s], id) for id, s in after.items() if id not in digests and s != loaded.streams.get(id)]
    if moved:
        await sql.set_audience(tx, organisation, moved)
    await _write_links(tx, organisation, loaded, settled, changed)
    await history.write_history(tx, organisation, settled.history)
    if settled.clones:
        await history.write_clones(tx, organisation, settled.clones)
    if silent := [id for id in changed if says_nothing(loaded.records[id])]:
        await sql.forget_words(tx, organisation, silent)
    if erased or frozen:
        await sql.blank(tx, organisation, [*erased, *(record.id for record in frozen)], at=now_ms)
        await sql.drop_records(tx, organisation, list(erased))
    if any(loaded.records[id].kind in ("event", "member") for id in changed):
        positions[EVERYBODY] = 0
    for line in [*_opened(loaded, after), *await _kept_open(tx, organisation, loaded, settled)]:
        await audit.add(tx, organisation, line, now_ms=now_ms)
    return Committed(settled.acks, positions, [*erased, *(record.id for record in frozen)])


def _opened(loaded: Loaded, after: Mapping[str, frozenset[str]]) -> Iterator[audit.Line]:
    """Yield a line for each coordinator who sees from now on contact data that somebody else took (decision 0027)."""
    for id, streams in after.items():
        contact = loaded.get(id)
        if contact is None or contact.kind != "contact":
            continue
        for stream in sorted(streams - loaded.streams.get(id, frozenset())):
            member = stream.partition("/member:")[2]
            person = loaded.get(member) if member != contact.author else None
            if person is not None and person.view.get("role") == "coordinator":
                yield audit.Line(member, "contact_opened", id, "promise")


async def _kept_open(tx: Tx, organisation: str, loaded: Loaded, settled: Settled) -> list[audit.Line]:
    """Return a line for each contact that somebody else took and that who becomes a coordinator goes on seeing."""
    lines = []
    for id, before in settled.touched.items():
        now = loaded.get(id)
        if now is None or now.kind != "member" or not _becomes_coordinator(before, now):
            continue
        for event in [row[0] for row in await sql.events(tx, organisation)]:
            for row in await sql.records_of_kinds(tx, organisation, event, ("contact",)):
                record = read_row(row, loaded)
                if record.author != id and f"event:{event}/member:{id}" in loaded.streams[record.id]:
                    lines.append(audit.Line(id, "contact_opened", record.id, "role"))
    return lines


def _becomes_coordinator(before: Known | None, now: Known) -> bool:
    return now.view.get("role") == "coordinator" and (before is None or before.view.get("role") != "coordinator")


async def _load_hanging(tx: Tx, organisation: str, scope: str, loaded: Loaded, settled: Settled) -> None:
    """Where an event's state or team, or a member's role changed, all that hangs on it is judged again."""
    moved = {now.kind for id, before in settled.touched.items() if (now := loaded.get(id)) and _moves_many(before, now)}
    events = [scope] if "event" in moved else []
    if "member" in moved:
        events = [row[0] for row in await sql.events(tx, organisation)]
    for event in events:
        rows = await sql.records_of_kinds(tx, organisation, event, (*WHOLE_EVENT, "event", "presence"))
        for row in rows:
            if row[0] not in loaded.records:
                read_row(row, loaded)
        # Of what was there already, too: at its edge nobody had asked yet who names it.
        await load_around(tx, organisation, loaded, [row[0] for row in rows])


def _moves_many(before: Known | None, now: Known) -> bool:
    """Return whether who sees records of a whole event may have changed: its state or team, or a member's role."""
    if before is None or now.kind not in ("event", "member"):
        return False
    names = {name for name in (*before.view, *now.view) if name in ("state", "role") or name.startswith("team/")}
    return any(before.view.get(name) != now.view.get(name) for name in names)


def _judge_again(loaded: Loaded, settled: Settled, scope: str) -> list[Known]:
    """Return the records whose audience may have changed with those that were touched, and what hangs on these."""
    todo: list[Known] = []
    for id, before in (settled.touched | settled.buried).items():
        now = loaded.get(id) if id in settled.touched else None
        for one in (before, now):
            if one is not None and (one.kind != "member"):
                todo.extend(hanging(one, loaded))
        if now and _moves_many(before, now):
            todo.extend(
                known for record in list(loaded.records.values())
                if record.kind in ("issue", "topic", "demand", "remark") and (known := loaded.get(record.id))
            )  # fmt: skip
    found: dict[str, Known] = {}
    while todo:
        one = todo.pop()
        if one.id not in found:
            found[one.id] = one
            todo.extend(hanging(one, loaded))
    return list(found.values())


class _Entries:
    """Collects the changes of streams, then gives them positions."""

    def __init__(self, loaded: Loaded) -> None:
        self.old_streams, self.old_digests = loaded.streams, loaded.digests
        self.changes: dict[str, list[tuple[str, str | None]]] = {}
        self.digests: dict[str, int] = {}
        self.counted: dict[str, int] = {}

    def place(self, id: str, streams: frozenset[str], digest: int, *, changed: bool) -> None:
        """A record is now in these streams."""
        was = self.old_streams.get(id, frozenset())
        old = self.old_digests.get(id, 0)
        for stream in streams if changed else streams - was:
            self.changes.setdefault(stream, []).append((id, None))
            self._xor(stream, digest ^ (old if stream in was else 0))
        for stream in was - streams:
            if (id, "erased") not in self.changes.get(stream, ()):
                self.changes.setdefault(stream, []).append((id, "moved"))
                self._xor(stream, old)

    def leave(self, id: str, streams: Iterable[str], why: str) -> None:
        """A record leaves these streams; told even to one that never had it."""
        was = self.old_streams.get(id, frozenset())
        for stream in streams:
            self.changes.setdefault(stream, []).append((id, why))
            if stream in was:
                self._xor(stream, self.old_digests.get(id, 0))

    def count(self, stream: str) -> None:
        """Something was kept that no stream shows. Its counter must rise all the same: by it an older copy is found out."""
        self.changes.setdefault(stream, [])
        self.counted[stream] = 1

    def _xor(self, stream: str, bits: int) -> None:
        self.digests[stream] = self.digests.get(stream, 0) ^ bits

    async def write(self, tx: Tx, organisation: str, places: Mapping[str, int]) -> dict[str, int]:
        """Write entries and streams; return the counters of the streams that changed."""
        if not self.changes:
            return {}
        names = sorted(self.changes)
        rows = await sql.streams(tx, organisation, names)
        if missing := [name for name in names if name not in rows]:
            await sql.make_streams(tx, organisation, missing)
            rows |= await sql.streams(tx, organisation, missing)
        entries, gone, left, back, updates = [], [], [], [], []
        positions = {}
        for name in names:
            stream, counter, digest = rows[name]
            counter += self.counted.get(name, 0)
            for id, why in self.changes[name]:
                counter += 1
                was = self.old_streams.get(id)
                if why is None:
                    entries.append((stream, places[id], counter))
                    if was is not None and name not in was:
                        back.append((stream, id))
                else:
                    gone.append((stream, id, counter, why))
                    if was is not None and name in was:
                        left.append((stream, places[id]))
            updates.append((stream, counter, digest ^ self.digests.get(name, 0)))
            positions[name] = counter
        await sql.write_entries(tx, entries)
        if gone or back:
            await sql.write_gone(tx, gone)
            await sql.drop_entries(tx, left)
            await sql.drop_gone(tx, back)
        await sql.write_streams(tx, updates)
        return positions


async def _places(tx: Tx, loaded: Loaded, changed: Iterable[str]) -> Mapping[str, int]:
    """Return the places of the records that were loaded, and new ones for those that are new."""
    fresh = [id for id in changed if id not in loaded.places]
    if not fresh:
        return loaded.places
    return loaded.places | dict(zip(fresh, await sql.new_places(tx, len(fresh)), strict=True))


def _names(streams: frozenset[str]) -> str:
    return json.dumps(sorted(streams))


def _row(record: Record, shown: Known, digest: int, streams: str, place: int) -> tuple[object, ...]:
    packed = pack(record, PRIVATE.get(record.kind, ()))
    root = root_of(record.id, shown.view) if packed.private else ""
    head = (record.id, record.kind, record.event, *record.born)
    return (*head, packed.coded, packed.private, f"{digest:x}", streams, root, place)


async def _write_links(tx: Tx, organisation: str, loaded: Loaded, settled: Settled, changed: Iterable[str]) -> None:
    pairs, replaced = [], []
    for id in changed:
        shown, before = loaded.get(id), settled.touched.get(id)
        if shown is None or shown.kind not in LINKS:
            continue
        now, was = links(shown.kind, shown.view), links(before.kind, before.view) if before else []
        if shown.erased or now != was:
            pairs += [(target, id) for target in now]
            if was or shown.erased:
                replaced.append(id)
    if replaced or pairs:
        await sql.write_links(tx, organisation, replaced, pairs)
