"""Opening a database with its key file, sealing what an older version left in clear, and renewing the master key."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from server.store import audit, cardkeys
from server.store.engine import Store, Tx
from server.store.keyfile import NoKey, make_key_file, read_key, read_key_file, write_key_file
from server.store.keys import root_of
from sync.apply import view
from sync.wire import Packed, decode_edit, unpack

BATCH = 500
DONE = "rest"  # in server_meta: nothing lies in clear any more


async def unlock(store: Store, path: Path) -> None:
    """Let a store use its key file; one is made where the database holds nothing sealed. Raises ``NoKey``."""
    async with store.reading() as tx:
        used = await _masters(tx)
    file = read_key_file(path)
    if file is None:
        if used:
            raise NoKey(f"there is no key file at {path}, and this database is sealed with one: put it back")
        file = make_key_file(path)
    if unknown := used - set(file.keys):
        raise NoKey(f"the key file at {path} has no key {sorted(unknown)[0]!r}, which this database was written with")
    store.keys.use(file)


async def _masters(tx: Tx) -> set[str]:
    there = (
        "SELECT to_regclass('card_key')" if tx.is_postgres else "SELECT name FROM sqlite_master WHERE name = 'card_key'"
    )
    rows = await tx.fetch(there)
    return await cardkeys.masters(tx) if rows and rows[0][0] else set()


async def seal_all(store: Store) -> int:
    """Seal what lies in clear, and wrap anew what older master keys wrap; return how many values were sealed.

    Idempotent, and in batches: it may be interrupted, and goes on at the next start.
    """
    while True:
        async with store.writing() as tx:
            if await cardkeys.wrap_anew(tx, BATCH) < BATCH:
                break
    async with store.reading() as tx:
        is_done = await tx.fetch("SELECT 1 FROM server_meta WHERE name = ?", DONE)
    sealed = 0
    # Reasons came later (step 9): whether they lie in clear is asked at every start.
    for seal in (_seal_reasons,) if is_done else (_seal_records, _seal_edits, _seal_clones, _seal_reasons):
        while number := await _batch(store, seal):
            sealed += number
    async with store.writing() as tx:
        await tx.run("INSERT INTO server_meta VALUES (?, '1') ON CONFLICT DO NOTHING", DONE)
    if sealed and store.file:
        await asyncio.to_thread(_wipe_free_pages, store.file)
    return sealed


async def _batch(store: Store, seal: Callable[[Tx], Awaitable[int]]) -> int:
    async with store.writing() as tx:
        return await seal(tx)


async def _seal_records(tx: Tx) -> int:
    rows = await tx.fetch(
        "SELECT organisation, id, coded, private FROM record WHERE root = '' AND length(private) > 0 LIMIT ?", BATCH
    )
    fresh = []
    for organisation, id, coded, private in rows:
        root = root_of(id, view(unpack(Packed(coded, private))))
        await cardkeys.make(tx, organisation, [root])
        fresh.append((tx.keys.seal("record", organisation, root, id, private), root, organisation, id))
    await tx.run_many("UPDATE record SET private = ?, root = ? WHERE organisation = ? AND id = ?", fresh)
    return len(fresh)


async def _seal_edits(tx: Tx) -> int:
    rows = await tx.fetch(
        "SELECT organisation, a, n, body FROM edit WHERE root = '' AND length(body) > 0 LIMIT ?", BATCH
    )
    fresh = [(*await _sealed_body(tx, *row), *row[:3]) for row in rows]
    await tx.run_many("UPDATE edit SET body = ?, root = ? WHERE organisation = ? AND a = ? AND n = ?", fresh)
    return len(fresh)


async def _seal_clones(tx: Tx) -> int:
    rows = await tx.fetch(
        "SELECT organisation, a, n, body, id FROM clone WHERE root = '' AND length(body) > 0 LIMIT ?", BATCH
    )
    fresh = [(*await _sealed_body(tx, *row[:4]), row[4]) for row in rows]
    await tx.run_many("UPDATE clone SET body = ?, root = ? WHERE id = ?", fresh)
    return len(fresh)


async def _seal_reasons(tx: Tx) -> int:
    return await audit.seal_reasons(tx, BATCH)


async def _sealed_body(tx: Tx, organisation: str, a: str, n: int, body: bytes) -> tuple[bytes, str]:
    edit = decode_edit(body)
    rows = await tx.fetch("SELECT root FROM record WHERE organisation = ? AND id = ?", organisation, edit.id)
    root = (rows[0][0] if rows else "") or root_of(edit.id, edit.set)
    await cardkeys.make(tx, organisation, [root])
    return tx.keys.seal("edit", organisation, root, f"{a}:{n}", body), root


def _wipe_free_pages(file: Path) -> None:
    """Write the file anew: what was in clear still stands in its free pages, and in its log."""
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def renew_key(path: Path) -> None:
    """Put a fresh master key in the key file; every process wraps by it from its next start on."""
    write_key_file(path, read_key(path).with_fresh())


async def drop_old_keys(store: Store, path: Path) -> list[str]:
    """Take out of the key file what wraps nothing any more, and return it. Backups sealed with these are unreadable then."""
    file = read_key(path)
    async with store.reading() as tx:
        used = await _masters(tx)
    old = [id for id in file.keys if id != file.current and id not in used]
    write_key_file(path, file.without(old))
    return old
