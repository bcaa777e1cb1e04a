"""Tries kept boxes again, when the desk asks: a transport key came back, or a tablet was enrolled after its edits came."""

from msgspec import Struct

from server.exchange.exchange import fault_of
from server.exchange.sealing import Opened, Unopened, open_all
from server.exchange.settle import Call, Caller, Sent
from server.exchange.together import Settler
from server.keys import TransportKeys
from server.store import sealed as sql
from server.store.sealed import Box


class Tried(Struct, frozen=True):
    """How many kept boxes were tried, and how many of them are edits now, answered and in their record's history."""

    tried: int
    opened: int


async def try_again(organisation: str, *, settler: Settler, keys: TransportKeys) -> Tried:
    """Open what can be opened now, and settle it as at the time when it came; the rest stays, with why."""
    store, nobody = settler.store, Caller(organisation, "", "", "")
    tried = opened = after = 0
    while True:
        async with store.reading() as tx:
            boxes = await sql.boxes(tx, organisation, after=after)
        if not boxes:
            return Tried(tried, opened)
        tried, after = tried + len(boxes), boxes[-1].id
        found = await open_all([box.sealed for box in boxes], carrier=nobody, keys=keys, store=store)
        for box, one in zip(boxes, found, strict=True):
            why = await _settle(box, one, settler)
            async with store.writing() as tx:
                # After it was settled: whoever is stopped in between settles a repeat, and forgets the box then.
                await (sql.say_why(tx, organisation, box.id, why) if why else sql.drop_box(tx, organisation, box.id))
            opened += not why


async def _settle(box: Box, one: Opened | Unopened, settler: Settler) -> str:
    """Return '' where a box was answered as an edit, else why it stays."""
    if isinstance(one, Unopened):
        return one.why
    fault = one.fault or fault_of(one.edit, is_newer=False)
    if fault:
        return fault
    call = Call(box.received_at, box.correction_ms)
    [ack] = await settler.settle(one.edit.event, [Sent(one.edit, one.author, call)])
    return ack[1] if ack[0] == "refused" else ""
