"""The story of one call, stations 5 to 9: decode, settle scope by scope, tell, read pages.

POST /api/sync ─ 5 decode ─┬─ per scope: one transaction (commit.py) ─ 8 stored ─ 9 poke ─┬─ pages ─ reply
                           └─ faulty edits: refused, one by one ─────────────────────────┘
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from server.exchange.commit import Committed, commit
from server.exchange.pages import read_pages
from server.exchange.settle import Call, Caller
from server.store import audit
from server.store import records as sql
from server.store.engine import Store
from sync import wire
from sync.checks import check_edit, is_sound
from sync.edits import Edit
from sync.errors import BadEdit, TooLarge
from sync.kinds import KINDS_VERSION
from sync.wire import Ack, SyncRequest

Poke = Callable[[str, Mapping[str, int]], Awaitable[None]]
Note = Callable[[str, Sequence[str]], None]  # ids that were erased, into the file outside the database


async def exchange(
    body: bytes, *, caller: Caller, store: Store, epoch: str, poke: Poke, note: Note, now_ms: int
) -> bytes:
    """Return the reply to one call. Raises ``BadWire`` and ``TooOld``; what is refused or parked is in the reply."""
    request = wire.decode_request(body)
    acks: dict[int, Ack] = {}
    call = Call(now_ms, now_ms - request.now, request.kinds > KINDS_VERSION)
    for scope, edits in _by_scope(request, acks).items():
        committed = await settle_scope(
            scope, [edit for _, edit in edits], caller=caller, store=store, poke=poke, note=note, call=call
        )
        # Scopes are settled in name order; answers go back in the order of the request.
        acks.update(zip((place for place, _ in edits), committed.acks, strict=True))
    return await _reply(request, acks, caller=caller, store=store, epoch=epoch, now_ms=now_ms)


async def settle_scope(
    scope: str,
    edits: Sequence[Edit],
    *,
    caller: Caller,
    store: Store,
    poke: Poke,
    note: Note,
    call: Call,
) -> Committed:
    """Return what became of one scope's edits, after the commit and after telling."""
    async with store.writing() as tx:
        committed = await commit(tx, scope, edits, caller=caller, call=call)
        if committed.erased:
            # Before the commit: a restored backup must know of every erasure that was ever answered.
            note(caller.organisation, committed.erased)
            for edit, ack in zip(edits, committed.acks, strict=True):
                if edit.kind == "erasure" and ack == ["ok"]:
                    line = audit.Line(caller.member, "erased", str(edit.set.get("card", "")))
                    await audit.add(tx, caller.organisation, line, now_ms=call.now_ms)
    # After the commit: a device poked earlier would ask and find nothing new.
    await poke(caller.organisation, committed.positions)
    return committed


def _by_scope(request: SyncRequest, acks: dict[int, Ack]) -> dict[str, list[tuple[int, Edit]]]:
    """Group the edits that can be decoded by scope, events in name order and the organisation last; answer the others."""
    groups: dict[str, list[tuple[int, Edit]]] = defaultdict(list)
    size = 0
    for place, raw in enumerate(request.edits):
        size += len(bytes(raw))
        try:
            edit = wire.decode_edit(raw)
        except BadEdit as error:
            acks[place] = ["refused", error.code]
            continue
        code = check_edit(edit)
        if code in ("unknown_field", "unknown_kind") and request.kinds > KINDS_VERSION:
            code = None if is_sound(edit) else "bad_value"  # parked by settle, for a server that will know it
        if code:
            acks[place] = ["refused", code]
        else:
            groups[edit.event].append((place, edit))
    if size > wire.EDITS_BYTES_MAX:
        raise TooLarge(f"the edits of a call hold at most {wire.EDITS_BYTES_MAX} bytes")
    return dict(sorted(groups.items(), key=lambda item: (not item[0], item[0])))


async def _reply(
    request: SyncRequest, acks: dict[int, Ack], *, caller: Caller, store: Store, epoch: str, now_ms: int
) -> bytes:
    async with store.reading() as tx:
        reset = request.epoch != epoch
        pages, closed = await read_pages(tx, caller, request.cursors, limit=request.limit, reset=reset)
    head = {
        "protocol": wire.PROTOCOL,
        "epoch": epoch,
        "call": request.call,
        "now": now_ms,
        "acks": [acks[place] for place in range(len(request.edits))],
        "closed": closed,
        "wipe": caller.revoked,
    }
    return b"".join((msgspec.json.encode(head)[:-1], b',"streams":{', *pages, b"}}"))


async def start_epoch(store: Store, known: str, counters: Mapping[str, int], fresh: str) -> str:
    """Return the epoch to serve: the stored one, or a fresh one where the database is not the one served last.

    It is another where its epoch is not the one ``known`` outside, and an older copy where a stream has not come as
    far as ``counters`` noted there.
    """
    async with store.writing() as tx:
        epoch = await sql.epoch_of(tx)
        stored = await sql.counters(tx) if counters else {}
        is_older = any(stored.get(stream, 0) < at for stream, at in counters.items())
        if not epoch or is_older or (known and epoch != known):
            epoch = fresh
            await sql.set_epoch(tx, epoch)
        return epoch
