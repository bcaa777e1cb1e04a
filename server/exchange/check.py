"""Recomputes digests and entries from the records: do the streams still say the truth? Every day, and on command.

And what devices say: which of their records differ from the server's.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Sequence

import structlog

from server.exchange.load import read_row
from server.exchange.pages import streams_for
from server.exchange.settle import Caller, Loaded
from server.store import people
from server.store import records as sql
from server.store.engine import Store, Tx
from sync.digest import as_hex, record_digest

log = structlog.get_logger("onthaal")
PAUSE_EVERY = 200


async def differences(store: Store) -> list[str]:
    """Return a line for every stream whose stored digest is not that of its records."""
    found = []
    async with store.reading() as tx:
        for organisation, _ in await people.organisations(tx):
            digests: dict[str, int] = defaultdict(int)
            places: set[tuple[str, str]] = set()
            for number, row in enumerate(await sql.all_records(tx, organisation)):
                record = read_row(row, Loaded())
                digest = record_digest(record)
                for stream in json.loads(row[9]):
                    digests[stream] ^= digest
                    places.add((stream, record.id))
                if number % PAUSE_EVERY == 0:
                    await asyncio.sleep(0)  # others are served meanwhile
            for name, (_, _, stored) in (await sql.all_streams(tx, organisation)).items():
                if stored != digests[name]:
                    found.append(f"{organisation} {name}: stored {as_hex(stored)}, is {as_hex(digests[name])}")
            entries = {(row[0], row[1]) for row in await sql.all_entries(tx, organisation)}
            for stream, id in sorted(entries ^ places):
                what = id or "nothing that is here"
                found.append(
                    f"{organisation} {stream}: {what} is {'an entry' if (stream, id) in entries else 'no entry'}"
                )
    return found


async def log_differences(store: Store) -> None:
    """Log every difference: devices repair themselves, and somebody has to find out why."""
    for line in await differences(store):
        log.error("digest", line=line)


async def log_reported(tx: Tx, caller: Caller, ids: Sequence[str]) -> None:
    """Log which records a device found different after it had read their streams again, per stream.

    Only ids that its streams hold here: whatever else a device may have sent is counted, and not written down.
    """
    held = await sql.streams_holding(tx, caller.organisation, ids)
    theirs = await streams_for(tx, caller)
    streams = {stream: [id for id in ids if stream in held.get(id, ())] for stream in theirs}
    found = {stream: named for stream, named in streams.items() if named}
    not_here = len({*ids} - {id for named in found.values() for id in named})
    log.error("differ", member=caller.member, device=caller.device, streams=found, not_here=not_here)
