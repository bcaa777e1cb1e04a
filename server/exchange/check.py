"""Recomputes digests from the records, the nightly look whether the streams still say the truth."""

import json
from collections import defaultdict

from server.exchange.load import read_row
from server.exchange.settle import Loaded
from server.store import people
from server.store import records as sql
from server.store.engine import Store
from sync.digest import as_hex, record_digest


async def differences(store: Store) -> list[str]:
    """Return a line for every stream whose stored digest is not that of its records."""
    found = []
    async with store.reading() as tx:
        for organisation, _ in await people.organisations(tx):
            digests: dict[str, int] = defaultdict(int)
            for row in await sql.all_records(tx, organisation):
                record = read_row(row, Loaded())
                for stream in json.loads(row[10]):
                    digests[stream] ^= record_digest(record)
            for name, (_, _, digest) in (await sql.all_streams(tx, organisation)).items():
                if digest != digests[name]:
                    found.append(f"{organisation} {name}: stored {as_hex(digest)}, is {as_hex(digests[name])}")
    return found
