"""Boxes that could not be opened: kept whole for the desk, tried again when it asks (a transport key that came back).

They are no edits yet. Their numbers stay free, so that nobody can take a number away from its author by a box that
nobody can read; the same box that comes again is kept once.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from server.exchange.settle import Call, Caller
from server.store import records, sealed
from server.store.engine import Store, Tx
from server.store.sealed import Box, hash_of
from sync.sealed import SealedEdit
from sync.wire import Ack

Poke = Callable[[str, Mapping[str, int]], Awaitable[None]]
COUNTED = (
    "org/parked"  # its counter rises with each, so that an older copy of the database is found out (decision 0015)
)


async def keep(
    closed: Sequence[tuple[SealedEdit, str]], *, carrier: Caller, call: Call, store: Store, poke: Poke
) -> list[Ack]:
    """Return the answers to boxes that stay closed, each with why: parked, or erased where their record was."""
    organisation = carrier.organisation
    positions: dict[str, int] = {}
    async with store.writing() as tx:
        await records.lock_scopes(tx, organisation, [""])
        erased = await records.erased_of(tx, organisation, sorted({one.id for one, _ in closed}))
        kept = await sealed.known_boxes(tx, organisation, [hash_of(one) for one, _ in closed])
        fresh = {
            hash_of(one): Box(0, one, carrier.member, carrier.device, why, call.correction_ms, call.now_ms)
            for one, why in closed
            if one.id not in erased and hash_of(one) not in kept
        }
        if fresh:
            await sealed.add_boxes(tx, organisation, list(fresh.values()))
            positions[COUNTED] = await _count(tx, organisation)
    if positions:
        await poke(organisation, positions)
    return [["erased"] if one.id in erased else ["parked", "sealed"] for one, _ in closed]


async def _count(tx: Tx, organisation: str) -> int:
    """Raise the counter of what is parked; return it."""
    await records.make_streams(tx, organisation, [COUNTED])
    stream, counter, digest = (await records.streams(tx, organisation, [COUNTED]))[COUNTED]
    await records.write_streams(tx, [(stream, counter + 1, digest)])
    return counter + 1
