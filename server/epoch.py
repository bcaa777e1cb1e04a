"""Which epoch is served: the name of this database's numbering, stored with the data and outside it.

    database restored, copied, promoted, or put back with all around it ──→ another epoch ──→ every device reads anew
                                                                              and offers again what it sent

docs/protocol.md, Epoch; decision 0042.
"""

from server.outside import Outside
from server.store import records as sql
from server.store.engine import Store


async def find_epoch(store: Store, outside: Outside, *, fresh: str, now_ms: int) -> str:
    """Return the epoch to serve: the stored one, or ``fresh`` where the database is not the one served last.

    It is another where its epoch is not the one noted outside, and an older copy where a stream has not come as far as
    was noted there. Where nobody served for longer than a restart takes, both may be older copies.
    """
    known, counters, stood_still = outside.epoch(), outside.counters(), outside.stood_still(now_ms=now_ms)
    async with store.writing() as tx:
        epoch = await sql.epoch_of(tx)
        stored = await sql.counters(tx) if counters else {}
        is_older = any(stored.get(stream, 0) < at for stream, at in counters.items())
        if not epoch or is_older or stood_still or (known and epoch != known):
            epoch = fresh
            await sql.set_epoch(tx, epoch)
    _keep(outside, epoch)
    outside.keep_alive(now_ms=now_ms)
    return epoch


async def give_epoch(store: Store, outside: Outside, *, fresh: str) -> str:
    """Return ``fresh``, stored in the database and beside it; servers that run serve it from their next answer on."""
    async with store.writing() as tx:
        await sql.set_epoch(tx, fresh)
    _keep(outside, fresh)
    return fresh


def _keep(outside: Outside, epoch: str) -> None:
    if epoch != outside.epoch():
        outside.keep_epoch(epoch)
        outside.forget_counters()
