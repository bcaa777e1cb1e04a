"""Decides one scope's edits (stations 6 and 7): pure, edit by edit, over what was loaded before.

    edits + Loaded ──settle──→ acks · changed records · history · what to erase

One refused edit never holds up the ones behind it (decision 0006). An edit that comes again gets its first answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from msgspec import Struct, structs

from server.store.history import PARKED, Past
from server.store.keys import root_of
from sync.access import LINKS, Actor, Known, judge_known, known, links, listeners
from sync.apply import apply
from sync.edits import Edit, Record
from sync.kinds import field_of
from sync.stamp import Stamp, correct
from sync.stamp import after as following
from sync.wire import Ack, encode_edit

NOT_A_PERSON = ("to_table", "topic")  # links that lead to no person


@dataclass(frozen=True)
class Caller:
    """Who calls, or who wrote: from the token, or from the signature of a sealed edit; nothing from the body."""

    organisation: str
    member: str
    device: str
    role: str
    service: str | None = None
    revoked: bool = False
    server: bool = False

    @cached_property
    def actor(self) -> Actor:
        """Return what the engine judges."""
        return Actor(self.member, self.role, self.service, self.server)


class Call(Struct, frozen=True):
    """What edits of one call share: when it came, how far the device's clock was off, whether its app is newer."""

    now_ms: int
    correction_ms: int = 0
    is_newer: bool = False


class Sent(Struct, frozen=True, gc=False):
    """An edit as it came: its author, and with which call."""

    edit: Edit
    author: Caller
    call: Call


@dataclass
class Loaded:
    """What surrounds the edits of a scope; the engine's ``Around``. Changed records replace the loaded ones as it goes."""

    records: dict[str, Record] = field(default_factory=dict)
    sources: dict[str, set[str]] = field(default_factory=dict)  # target → who names it
    streams: dict[str, frozenset[str]] = field(default_factory=dict)  # as stored before
    digests: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    forgotten: set[str] = field(default_factory=set)  # erased here, with these edits
    answered: dict[tuple[str, int], Past] = field(default_factory=dict)
    clones: dict[tuple[str, int], list[bytes]] = field(default_factory=dict)
    held: dict[str, Edit] = field(default_factory=dict)  # dot → an edit that was applied
    _known: dict[str, Known] = field(default_factory=dict)
    _listeners: dict[str, Sequence[str]] = field(default_factory=dict)  # event → of its team, as long as nobody changes

    def get(self, id: str) -> Known | None:
        found = self._known.get(id)
        if found is None and (record := self.records.get(id)) is not None:
            found = self._known[id] = known(record)
        return found

    def naming(self, id: str) -> Iterable[Known]:
        named_by = self.sources.get(id)
        if not named_by:
            return ()
        sources = map(self.get, named_by)
        # Who named it once need not name it now.
        return [found for found in sources if found is not None and id in links(found.kind, found.view)]

    def listeners(self, event: Known) -> Sequence[str]:
        found = self._listeners.get(event.id)
        if found is None:
            found = self._listeners[event.id] = listeners(event, self)
        return found

    def found(self, record: Record, digest: int, streams: frozenset[str], place: int) -> None:
        """Take a stored record; one that was forgotten lies in the database until all is written, and stays forgotten."""
        if record.id in self.forgotten:
            return
        self.records[record.id] = record
        self.digests[record.id] = digest
        self.streams[record.id] = streams
        self.places[record.id] = place
        self._listeners.clear()

    def forget(self, id: str) -> None:
        """A record is no more; its streams and digest are known still."""
        self.forgotten.add(id)
        self.records.pop(id, None)
        self._known.pop(id, None)
        self._listeners.clear()

    def put(self, record: Record, shown: Known | None = None) -> None:
        """Take a changed record in place of the one before."""
        if record.kind in ("event", "member"):
            self._listeners.clear()
        self.records[record.id] = record
        shown = self._known[record.id] = shown or known(record)
        for target in links(record.kind, shown.view):
            self.sources.setdefault(target, set()).add(record.id)


@dataclass
class Settled:
    """What becomes of a scope's edits. ``acks`` in their order."""

    acks: list[Ack] = field(default_factory=list)
    touched: dict[str, Known | None] = field(default_factory=dict)  # id → as it was before
    buried: dict[str, Known | None] = field(default_factory=dict)  # the same, of what became a tombstone
    history: list[Past] = field(default_factory=list)
    clones: list[Past] = field(default_factory=list)
    erase_cards: set[str] = field(default_factory=set)
    erase_records: set[str] = field(default_factory=set)


def settle(sent: Iterable[Sent], loaded: Loaded) -> Settled:
    """Return what becomes of edits, in their order; ``loaded`` then holds the changed records."""
    settled = Settled()
    for one in sent:
        settled.acks.append(_settle_one(one, loaded, settled))
    return settled


def _settle_one(one: Sent, loaded: Loaded, settled: Settled) -> Ack:
    edit, caller, call = one.edit, one.author, one.call
    now_ms = call.now_ms
    record = loaded.records.get(edit.id)
    e = _stamp(edit, record, call)
    body = encode_edit(edit)
    before = loaded.get(edit.id)
    root = root_of(edit.id, edit.set, before.view if before else {})
    past = Past(edit.a, edit.n, edit.id, caller.member, caller.device, e, "ok", body, now_ms, root=root)
    if edit.id in loaded.erased or edit.id in settled.erase_records:
        return ["erased"]
    if (before_it := loaded.answered.get((edit.a, edit.n))) is not None:
        # First of all its first answer: a talk that once named a card that is erased now may long name another.
        return _again(past, before_it, loaded, settled)
    if names_erased(edit, loaded, settled):
        settled.erase_records.add(edit.id)
        return ["erased"]
    if record is not None and (record.kind, record.event) != (edit.kind, edit.event):
        return ["refused", "wrong_record"]
    if caller.revoked:
        return _park(past, "revoked", loaded, settled)
    if call.is_newer and any(field_of(edit.kind, name) is None for name in edit.set):
        return _park(past, "unknown_field", loaded, settled)
    after = apply(record, edit, by=caller.member, e=e)
    shown = known(after)
    verdict = judge_known(caller.actor, before, edit, shown, e=e, around=loaded, seen=loaded.held.get)
    if verdict:
        return _park(past, verdict, loaded, settled)
    take(edit, after, loaded, settled, shown)
    loaded.answered[edit.a, edit.n] = past
    settled.history.append(past)
    return ["ok"]


def _stamp(edit: Edit, record: Record | None, call: Call) -> Stamp:
    """Return ``e`` of an edit; never before a record of which it saw a value, or its writer would be its author (0026)."""
    e = correct(edit.h, correction_ms=call.correction_ms if edit.u else 0, server_now_ms=call.now_ms)
    return max(e, following(record.born[0])) if record is not None and any(edit.over.values()) else e


def take(edit: Edit, after: Record, loaded: Loaded, settled: Settled, shown: Known | None = None) -> None:
    """Put an applied edit's record in place of the one before."""
    if edit.id not in settled.touched:
        settled.touched[edit.id] = loaded.get(edit.id)
    loaded.put(after, shown)
    loaded.held[f"{edit.a}:{edit.n}"] = edit
    if edit.kind == "erasure" and isinstance(card := edit.set.get("card"), str):
        settled.erase_cards.add(card)


def _again(past: Past, first: Past, loaded: Loaded, settled: Settled) -> Ack:
    """Return the first answer of an edit that comes again; other content under its number is kept beside it."""
    # Of contact data that was taken back no content is kept to compare with (decision 0033).
    if first.body in (past.body, b"") and first.record == past.record:
        return ["repeat"] if first.ack == "ok" else first.ack.split(" ")
    others = loaded.clones.setdefault((past.a, past.n), [])
    if past.body not in others:
        others.append(past.body)
        settled.clones.append(past)
    return ["parked", "clone"]


def _park(past: Past, code: str, loaded: Loaded, settled: Settled) -> Ack:
    parked = structs.replace(past, ack=f"parked {code}", parked=PARKED)
    loaded.answered[past.a, past.n] = parked
    settled.history.append(parked)
    return ["parked", code]


def names_erased(edit: Edit, loaded: Loaded, settled: Settled) -> bool:
    """Return whether an edit names an erased card, or hangs on what was erased with one: a talk, a consent."""
    gone = [ids for ids in (loaded.erased, settled.erase_cards, settled.erase_records) if ids]
    if not gone or edit.kind == "erasure":
        return False
    if any(id in ids for id in hangs_on(edit) for ids in gone):
        return True
    return edit.kind == "card" and edit.id in settled.erase_cards


def hangs_on(edit: Edit) -> list[str]:
    """Return the ids by which an edit ties its record to a person."""
    named = (edit.set.get(name) for name in LINKS.get(edit.kind, ()) if name not in NOT_A_PERSON)
    return [id for id in named if isinstance(id, str)]
