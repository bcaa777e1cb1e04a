"""What sealing costs: an event day pushed with every edit sealed, against the same day in clear."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench.product import Product
from bench.servers import Sample, in_turns
from bench.tables import Table
from server.keys import TransportKeys
from server.store.engine import Store
from server.store.sealed import add_member_key
from sync.sealed import TransportKey
from sync.wire import EDITS_BYTES_MAX, EDITS_MAX
from tests.support.seal import Vault, encode

RECORDS, EDITS = 1500, 2200
A_SESSION = 50  # a session lasts a day; on the demo's event days a tablet writes 69 edits, in the mean


def measure_sealed(table: Table, name: str, product: Product) -> None:
    """Note what a sealed edit costs more on the server than one in clear."""
    one, two = in_turns(product.push_day, sealing(product), 3)
    more_us = (two.cpu_s - one.cpu_s) / EDITS * 1e6
    table.figure(
        name, "event day pushed, every edit sealed",
        f"{two.wall_s * 1000:.0f} ms; {more_us:.0f} µs more CPU an edit",
    )  # fmt: skip
    table.check("a sealed day against one in clear", two.wall_s / one.wall_s, 1.5, "×", name)


def sealing(product: Product) -> Callable[[], Sample]:
    """Return how a day is pushed whose every edit its tablet sealed."""
    member, transport = product.members[0], TransportKeys(product.folder / "transport-keys").current()
    vault = asyncio.run(_vault(product, member, transport))
    return lambda: _push_sealed(product, vault)


async def _vault(product: Product, member: str, transport: TransportKey) -> Vault:
    vault = Vault(member, transport)
    store = Store(file=Path(product.settings.database_file), url=product.url)
    await store.open()
    async with store.writing() as tx:
        [(device,)] = await tx.fetch("SELECT id FROM device WHERE member = ?", member)
        await add_member_key(tx, product.organisation, member, device, vault.public, now_ms=0)
    await store.close()
    return vault


def _push_sealed(product: Product, vault: Vault) -> Sample:
    cursors = product.ahead()
    edits = []
    for n, edit in enumerate(product.maker().day(RECORDS, EDITS)):
        vault = vault.next_day() if n % A_SESSION == 0 else vault
        edits.append(encode(vault.seals(edit)))
    with product.process.timed() as out:
        for call in _calls(edits):
            reply = json.loads(product.sync(call, cursors))
            cursors = {name: page["at"] for name, page in reply["streams"].items()}
            assert all(ack == ["ok"] for ack in reply["acks"]), reply["acks"][:3]
    product.filled += RECORDS
    return out[0]


def _calls(edits: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Yield as many as fit in a call, as a tablet does."""
    call: list[bytes] = []
    size = 0
    for edit in edits:
        if len(call) == EDITS_MAX or size + len(edit) + 1 > EDITS_BYTES_MAX:
            yield call
            call, size = [], 0
        call.append(edit)
        size += len(edit) + 1
    yield call
