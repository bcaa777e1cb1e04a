"""Recomputes digests and entries from the records: do the streams still say the truth? Every night, and on command."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable

from server.exchange.load import read_row
from server.exchange.settle import Loaded
from server.store import people
from server.store import records as sql
from server.store.engine import Store
from sync.digest import as_hex, record_digest

PAUSE_EVERY = 200
NIGHT_S = 86_400.0


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
                found.append(
                    f"{organisation} {stream}: {id} is {'an entry' if (stream, id) in entries else 'no entry'}"
                )
    return found


async def every_night(store: Store, say: Callable[[str], object]) -> None:
    """Say every difference, once a day, until cancelled."""
    while True:
        await asyncio.sleep(NIGHT_S)
        for line in await differences(store):
            say(line)
