"""Loads what surrounds a scope's edits: a few queries a batch, never one an edit."""

from collections.abc import Iterable, Sequence, Set

import msgspec

from server.exchange.settle import Loaded
from server.store import history
from server.store import records as sql
from server.store.engine import Row, Tx
from sync.access import LINKS, links
from sync.edits import Edit, Record
from sync.wire import decode_edit, unpack

ROUNDS = 3  # remark → issue → referral → its card's contacts
# Many name them, and no audience needs who else does: only asked for when they change themselves.
HUBS = frozenset({"presence", "topic", "event", "member", "service", "visit"})
TALKS = frozenset({"visit"})  # but an erasure follows them: card → talk → issue
AMBIENT = ("event", "presence")
_streams = msgspec.json.Decoder(frozenset[str])


def read_row(row: Row, loaded: Loaded) -> Record:
    """Put a stored record among the loaded ones and return it."""
    record = msgspec.structs.replace(unpack(sql.packed(row)), born=(row[3], row[4], row[5]))
    loaded.found(record, int(row[8], 16), _streams.decode(row[9]), row[11])
    return record


async def load(tx: Tx, organisation: str, event: str, edits: Sequence[Edit]) -> Loaded:
    """Return the records named in the edits, those around them, and what was answered before."""
    loaded = Loaded()
    for row in await sql.records_of_kinds(tx, organisation, "", ("member",)):
        read_row(row, loaded)
    if event:
        for row in await sql.records_of_kinds(tx, organisation, event, AMBIENT):
            read_row(row, loaded)
    named = {id for edit in edits for id in (edit.id, *links(edit.kind, edit.set))}
    loaded.erased = await sql.erased_of(tx, organisation, named)
    await load_around(tx, organisation, loaded, named, changing={edit.id for edit in edits})
    await _load_history(tx, organisation, loaded, edits)
    return loaded


async def load_around(
    tx: Tx, organisation: str, loaded: Loaded, ids: Iterable[str], *, changing: Set[str] | None = None,
    hubs: Set[str] = HUBS,
) -> None:  # fmt: skip
    """Load records, what they name and what names them, as far as audiences reach; ``changing`` are all where not given."""
    todo, asked = set(ids), set[str]()
    changing = todo if changing is None else changing
    fetched = set(loaded.records)
    for _ in range(ROUNDS):
        if missing := todo - fetched:
            fetched |= missing
            for row in await sql.records(tx, organisation, sorted(missing)):
                read_row(row, loaded)
        targets = {id for id in todo if id in changing or _is_asked(loaded.records.get(id), hubs)} - asked
        asked |= targets
        found = {link for id in todo if (record := loaded.records.get(id)) for link in _links_of(record)}
        if targets:
            for target, source in await sql.sources_of(tx, organisation, sorted(targets)):
                loaded.sources.setdefault(target, set()).add(source)
                found.add(source)
        todo = found - asked
        if not todo:
            return
    if missing := todo - fetched:
        for row in await sql.records(tx, organisation, sorted(missing)):
            read_row(row, loaded)


def _is_asked(record: Record | None, hubs: Set[str]) -> bool:
    """Of a card that nobody has sent yet the others are known by its id: contact data goes to whoever promised to call."""
    return record is None or record.kind not in hubs


def _links_of(record: Record) -> list[str]:
    """Every version's links, not only the shown one's: a conflict may be settled either way."""
    names = LINKS.get(record.kind, ())
    return [v.value for name in names for v in record.live.get(name, ()) if isinstance(v.value, str)]


async def _load_history(tx: Tx, organisation: str, loaded: Loaded, edits: Sequence[Edit]) -> None:
    numbers: dict[str, list[int]] = {}
    for edit in edits:
        numbers.setdefault(edit.a, []).append(edit.n)
    for a, ns in numbers.items():
        for past in await history.answered(tx, organisation, a, min(ns), max(ns)):
            loaded.answered[past.a, past.n] = past
            if past.ack == "parked clone" or past.n in ns:
                loaded.clones.setdefault((past.a, past.n), [])
    for a, n in list(loaded.clones):
        loaded.clones[a, n] = await history.clones_of(tx, organisation, a, n)
    moved = {edit.id for edit in edits if "state" in edit.set and edit.over.get("state")}
    if moved:
        for past in await history.history_of(tx, organisation, moved):
            if past.is_applied and past.body:
                loaded.held[f"{past.a}:{past.n}"] = decode_edit(past.body)
