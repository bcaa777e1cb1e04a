"""The story of one call, stations 5 to 9: decode, settle scope by scope, tell, read pages.

POST /api/sync ─ 5 decode, open ─┬─ per scope: a transaction (together.py) ─ 8 stored ─ 9 poke ─┬─ pages ─ reply
                                 ├─ faulty edits: refused, one by one ──────────────────────────┤
                                 └─ boxes that stay closed: kept, parked (boxes.py) ────────────┘
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Raw

from server.exchange.boxes import keep
from server.exchange.check import log_reported
from server.exchange.pages import read_pages
from server.exchange.sealing import Unopened, open_all
from server.exchange.settle import Call, Caller, Sent
from server.exchange.together import Settler
from server.keys import TransportKeys
from server.store import records as sql
from sync import wire
from sync.checks import check_edit, check_sealed, is_sound
from sync.edits import Edit
from sync.errors import BadEdit, RefusedCode, TooLarge
from sync.kinds import KINDS_VERSION
from sync.sealed import SealedEdit
from sync.wire import Ack, SyncRequest


async def exchange(
    body: bytes, *, caller: Caller, settler: Settler, keys: TransportKeys, now_ms: int, is_courier: bool = False
) -> bytes:
    """Return the reply to one call. Raises ``BadWire`` and ``TooOld``; what is refused or parked is in the reply.

    A courier brings sealed edits alone, and is told their answers alone.
    """
    request = wire.decode_request(body)
    size = sum(len(bytes(raw)) for raw in request.edits)
    if size > wire.EDITS_BYTES_MAX:
        raise TooLarge(f"the edits of a call hold at most {wire.EDITS_BYTES_MAX} bytes")
    call = Call(now_ms, now_ms - request.now, request.kinds > KINDS_VERSION)
    acks = await answer(request.edits, caller=caller, call=call, settler=settler, keys=keys, sealed_only=is_courier)
    async with settler.store.reading() as tx:
        # Of the same snapshot as the pages: another process, or a command, may have given a new one.
        epoch = await sql.epoch_of(tx)
        head = _head(request, acks, caller=caller, keys=keys, epoch=epoch, now_ms=now_ms)
        if is_courier:
            return _joined(head, [], [])
        if request.differ:
            await log_reported(tx, caller, request.differ)
        pages, closed = await read_pages(tx, caller, request.cursors, limit=request.limit, reset=request.epoch != epoch)
    return _joined(head, pages, closed)


async def answer(
    entries: Sequence[Raw], *, caller: Caller, call: Call, settler: Settler, keys: TransportKeys,
    sealed_only: bool = False,
) -> list[Ack]:  # fmt: skip
    """Return the answers to edits, in clear or sealed, in their order; all that they change is stored."""
    acks: dict[int, Ack] = {}
    written: dict[int, Sent] = {}  # by place in the call
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
            if not code:
                written[place] = Sent(entry, caller, call)
        if code:
            acks[place] = ["refused", code]
    if boxes:
        written |= await _open(boxes, acks, caller=caller, call=call, settler=settler, keys=keys)
    for scope, places in _by_scope(written).items():
        settled = await settler.settle(scope, [written[place] for place in places])
        # Scopes are settled in name order; answers go back in the order of the request.
        acks.update(zip(places, settled, strict=True))
    return [acks[place] for place in range(len(entries))]


def fault_of(edit: Edit, *, is_newer: bool) -> RefusedCode | None:
    """Return why an edit is refused; what a newer app wrote soundly is parked by settle, for a server that will know it."""
    code = check_edit(edit)
    if code in ("unknown_field", "unknown_kind") and is_newer:
        return None if is_sound(edit) else "bad_value"
    return code


async def _open(
    boxes: Sequence[tuple[int, SealedEdit]], acks: dict[int, Ack], *, caller: Caller, call: Call, settler: Settler,
    keys: TransportKeys,
) -> dict[int, Sent]:  # fmt: skip
    """Return the edits in boxes, each of whoever signed it; answer those that cannot be opened, or hold no sound edit."""
    written: dict[int, Sent] = {}
    closed = []
    opened = await open_all([sealed for _, sealed in boxes], carrier=caller, keys=keys, store=settler.store)
    for (place, sealed), one in zip(boxes, opened, strict=True):
        if isinstance(one, Unopened):
            closed.append((place, sealed, one.why))
        elif code := one.fault or fault_of(one.edit, is_newer=call.is_newer):
            acks[place] = ["refused", code]
        else:
            written[place] = Sent(one.edit, one.author, call)
    if closed:
        kept = await keep(
            [(sealed, why) for _, sealed, why in closed], carrier=caller, call=call, store=settler.store,
            poke=settler.poke,
        )  # fmt: skip
        acks.update(zip((place for place, _, _ in closed), kept, strict=True))
    return written


def _by_scope(written: Mapping[int, Sent]) -> dict[str, list[int]]:
    """Return the places of each scope's edits, in the order of the call; events in name order, the organisation last."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place in sorted(written):
        groups[written[place].edit.event].append(place)
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
