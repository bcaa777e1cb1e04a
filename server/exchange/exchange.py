"""The story of one call, stations 5 to 9: decode, settle scope by scope, tell, read pages.

POST /api/sync ─ 5 decode, open ─┬─ per scope: one transaction (commit.py) ─ 8 stored ─ 9 poke ─┬─ pages ─ reply
                                 ├─ faulty edits: refused, one by one ──────────────────────────┤
                                 └─ boxes that stay closed: kept, parked (boxes.py) ────────────┘
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from msgspec import Raw, Struct

from server.exchange.boxes import Poke, keep
from server.exchange.check import log_reported
from server.exchange.commit import Committed, commit
from server.exchange.pages import read_pages
from server.exchange.sealing import Unopened, open_all
from server.exchange.settle import Call, Caller
from server.keys import TransportKeys
from server.store import audit
from server.store import records as sql
from server.store.engine import Store
from sync import wire
from sync.checks import check_edit, check_sealed, is_sound
from sync.edits import Edit
from sync.errors import BadEdit, RefusedCode, TooLarge
from sync.kinds import KINDS_VERSION
from sync.sealed import SealedEdit
from sync.wire import Ack, SyncRequest

Note = Callable[[str, Sequence[str]], None]  # ids that were erased, into the file outside the database


class Written(Struct, frozen=True, gc=False):
    """An edit that can be settled: its place in the call, and who wrote it."""

    place: int
    edit: Edit
    author: Caller


async def exchange(
    body: bytes, *, caller: Caller, store: Store, keys: TransportKeys, epoch: str, poke: Poke, note: Note, now_ms: int,
    is_courier: bool = False,
) -> bytes:  # fmt: skip
    """Return the reply to one call. Raises ``BadWire`` and ``TooOld``; what is refused or parked is in the reply.

    A courier brings sealed edits alone, and is told their answers alone.
    """
    request = wire.decode_request(body)
    size = sum(len(bytes(raw)) for raw in request.edits)
    if size > wire.EDITS_BYTES_MAX:
        raise TooLarge(f"the edits of a call hold at most {wire.EDITS_BYTES_MAX} bytes")
    call = Call(now_ms, now_ms - request.now, request.kinds > KINDS_VERSION)
    acks = await answer(
        request.edits, caller=caller, call=call, store=store, keys=keys, poke=poke, note=note, sealed_only=is_courier
    )
    head = _head(request, acks, caller=caller, keys=keys, epoch=epoch, now_ms=now_ms)
    if is_courier:
        return _joined(head, [], [])
    async with store.reading() as tx:
        if request.differ:
            await log_reported(tx, caller, request.differ)
        pages, closed = await read_pages(tx, caller, request.cursors, limit=request.limit, reset=request.epoch != epoch)
    return _joined(head, pages, closed)


async def answer(
    entries: Sequence[Raw], *, caller: Caller, call: Call, store: Store, keys: TransportKeys, poke: Poke, note: Note,
    sealed_only: bool = False,
) -> list[Ack]:  # fmt: skip
    """Return the answers to edits, in clear or sealed, in their order; all that they change is stored."""
    acks: dict[int, Ack] = {}
    written: list[Written] = []
    boxes: list[tuple[int, SealedEdit]] = []
    for place, raw in enumerate(entries):
        try:
            entry = wire.decode_entry(raw)
        except BadEdit as error:
            acks[place] = ["refused", error.code]
            continue
        if isinstance(entry, SealedEdit):
            code = check_sealed(entry)
            boxes += [] if code else [(place, entry)]
        else:
            code = "bad_value" if sealed_only else fault_of(entry, is_newer=call.is_newer)
            written += [] if code else [Written(place, entry, caller)]
        if code:
            acks[place] = ["refused", code]
    if boxes:
        written += await _open(boxes, acks, caller=caller, call=call, store=store, keys=keys, poke=poke)
    for scope, edits in _by_scope(written).items():
        committed = await settle_scope(
            scope, [one.edit for one in edits], authors=[one.author for one in edits], store=store, poke=poke, note=note,
            call=call,
        )  # fmt: skip
        # Scopes are settled in name order; answers go back in the order of the request.
        acks.update(zip((one.place for one in edits), committed.acks, strict=True))
    return [acks[place] for place in range(len(entries))]


def fault_of(edit: Edit, *, is_newer: bool) -> RefusedCode | None:
    """Return why an edit is refused; what a newer app wrote soundly is parked by settle, for a server that will know it."""
    code = check_edit(edit)
    if code in ("unknown_field", "unknown_kind") and is_newer:
        return None if is_sound(edit) else "bad_value"
    return code


async def _open(
    boxes: Sequence[tuple[int, SealedEdit]], acks: dict[int, Ack], *, caller: Caller, call: Call, store: Store,
    keys: TransportKeys, poke: Poke,
) -> list[Written]:  # fmt: skip
    """Return the edits in boxes, each of whoever signed it; answer those that cannot be opened, or hold no sound edit."""
    written, closed = [], []
    opened = await open_all([sealed for _, sealed in boxes], carrier=caller, keys=keys, store=store)
    for (place, sealed), one in zip(boxes, opened, strict=True):
        if isinstance(one, Unopened):
            closed.append((place, sealed, one.why))
        elif code := one.fault or fault_of(one.edit, is_newer=call.is_newer):
            acks[place] = ["refused", code]
        else:
            written.append(Written(place, one.edit, one.author))
    if closed:
        kept = await keep(
            [(sealed, why) for _, sealed, why in closed], carrier=caller, call=call, store=store, poke=poke
        )
        acks.update(zip((place for place, _, _ in closed), kept, strict=True))
    return written


async def settle_scope(
    scope: str,
    edits: Sequence[Edit],
    *,
    authors: Sequence[Caller],
    store: Store,
    poke: Poke,
    note: Note,
    call: Call,
) -> Committed:
    """Return what became of one scope's edits, after the commit and after telling."""
    organisation = authors[0].organisation
    async with store.writing() as tx:
        committed = await commit(tx, scope, edits, authors=authors, call=call)
        if committed.erased:
            # Before the commit: a restored backup must know of every erasure that was ever answered.
            note(organisation, committed.erased)
            for edit, author, ack in zip(edits, authors, committed.acks, strict=True):
                if edit.kind == "erasure" and ack == ["ok"]:
                    line = audit.Line(author.member, "erased", str(edit.set.get("card", "")))
                    await audit.add(tx, organisation, line, now_ms=call.now_ms)
    # After the commit: a device poked earlier would ask and find nothing new.
    await poke(organisation, committed.positions)
    return committed


def _by_scope(written: Iterable[Written]) -> dict[str, list[Written]]:
    """Group edits by scope, each in the order of the call; events in name order, the organisation last."""
    groups: dict[str, list[Written]] = defaultdict(list)
    for one in sorted(written, key=lambda one: one.place):
        groups[one.edit.event].append(one)
    return dict(sorted(groups.items(), key=lambda item: (not item[0], item[0])))


def _head(
    request: SyncRequest, acks: Sequence[Ack], *, caller: Caller, keys: TransportKeys, epoch: str, now_ms: int
) -> dict[str, object]:
    transport = keys.current()
    return {
        "protocol": wire.PROTOCOL,
        "epoch": epoch,
        "call": request.call,
        "now": now_ms,
        "acks": acks,
        "wipe": caller.revoked,
        **({} if transport.id == request.transport else {"transport": transport}),
    }


def _joined(head: Mapping[str, object], pages: Sequence[bytes], closed: Sequence[str]) -> bytes:
    return b"".join((msgspec.json.encode({**head, "closed": closed})[:-1], b',"streams":{', *pages, b"}}"))


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
