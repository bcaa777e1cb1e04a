"""Erasing by card: tombstones of ids, and issues that keep their coded fields alone (docs/protocol.md, Erasing)."""

import msgspec

from server.exchange.load import HUBS, TALKS, load_around
from server.exchange.settle import Loaded, Settled, hangs_on
from server.store import history
from server.store.engine import Tx
from sync.edits import Record, Version
from sync.kinds import PRIVATE
from sync.wire import decode_edit

LINK_FIELDS = frozenset({"card", "visit"})


async def erase(
    tx: Tx, organisation: str, loaded: Loaded, settled: Settled, *, now_ms: int
) -> tuple[set[str], list[Record]]:
    """Return the ids of records that become tombstones, and the issues that stay, frozen, without card or author.

    Asked for by an erasure that names a card, and by an edit that named one erased before: what it belongs to
    must not come back to life.
    """
    if not settled.erase_cards and not settled.erase_records:
        return set(), []
    wanted = set(settled.erase_cards) | settled.erase_records
    parked = [decode_edit(past.body) for past in await history.ever_parked(tx, organisation) if past.body]
    linked, more = set[str](), wanted
    while more:
        await load_around(tx, organisation, loaded, more, hubs=HUBS - TALKS)
        linked |= _hanging_on(more, loaded)
        # A record may hang on it by a parked edit alone; what is about that record goes too.
        more = {edit.id for edit in parked if edit.kind != "erasure" and not linked.isdisjoint(hangs_on(edit))} - linked
    await load_around(tx, organisation, loaded, linked)
    issues = [
        loaded.records[id] for id in sorted(linked) if id in loaded.records and loaded.records[id].kind == "issue"
    ]
    frozen = [without_person(record) for record in issues]
    for record in frozen:
        loaded.put(record)
    tombstones = linked - {record.id for record in frozen}
    for id in tombstones:
        settled.touched.pop(id, None)
        settled.buried[id] = loaded.get(id)
        loaded.forget(id)  # who may see what it named is judged without it
    return tombstones, frozen


def _hanging_on(wanted: set[str], loaded: Loaded) -> set[str]:
    """Return these ids and those of all that names them: a person's talk and remarks go with the card."""
    linked, todo = set[str](), list(wanted)
    while todo:
        id = todo.pop()
        if id in linked:
            continue
        linked.add(id)
        found = loaded.get(id)
        # What a referral or consent names does not hang on it; what names a topic is not the topic's person.
        if id in wanted or (found is not None and found.kind != "topic"):
            todo += [other.id for other in loaded.naming(id) if other.kind != "erasure"]
    return linked


def without_person(issue: Record) -> Record:
    """Return an issue with its coded fields alone: no words, card, talk or author."""
    private = PRIVATE["issue"] | LINK_FIELDS
    live = {
        name: tuple(Version(v.a, v.n, "", v.e, v.value) for v in versions)
        for name, versions in issue.live.items()
        if name.partition("/")[0] not in private
    }
    past = {name: table for name, table in issue.past.items() if name.partition("/")[0] not in private}
    return msgspec.structs.replace(issue, author="", live=live, past=past, erased=True)
