"""SQL of the sync: scopes, records, streams, entries, links, and what is erased. Records lie sealed (keys.py)."""

import json
from collections.abc import Iterable, Sequence

from server.store import cardkeys
from server.store.audit import forget_reasons, move_reasons
from server.store.engine import Row, Tx
from server.store.history import PARKED
from server.store.keys import AT_ONCE, Keys
from sync.wire import Packed

RECORD = "id, kind, event, born_e, born_a, born_n, coded, private, digest, streams, root, place"


async def epoch_of(tx: Tx) -> str:
    """Return the epoch of this database's numbering, '' before the first start."""
    rows = await tx.fetch("SELECT value FROM server_meta WHERE name = 'epoch'")
    return str(rows[0][0]) if rows else ""


async def set_epoch(tx: Tx, epoch: str) -> None:
    """Store another epoch: cursors of all devices start again."""
    await tx.run("DELETE FROM server_meta WHERE name = 'epoch'")
    await tx.run("INSERT INTO server_meta VALUES ('epoch', ?)", epoch)


async def has_scope(tx: Tx, organisation: str, name: str) -> bool:
    """Return whether anything was ever written in a scope."""
    return bool(await tx.fetch("SELECT 1 FROM scope WHERE organisation = ? AND name = ?", organisation, name))


async def lock_scopes(tx: Tx, organisation: str, names: Sequence[str]) -> None:
    """Lock scopes in the order given, making them where they are new; writers of one scope are serial from here on."""
    for name in names:
        await tx.run("INSERT INTO scope (organisation, name) VALUES (?, ?) ON CONFLICT DO NOTHING", organisation, name)
        if tx.is_postgres:
            await tx.fetch("SELECT id FROM scope WHERE organisation = ? AND name = ? FOR UPDATE", organisation, name)


async def scopes(tx: Tx, organisation: str) -> list[str]:
    """Return the names of all scopes of an organisation, sorted."""
    rows = await tx.fetch("SELECT name FROM scope WHERE organisation = ? ORDER BY name", organisation)
    return [row[0] for row in rows]


async def opened(tx: Tx, organisation: str, rows: Sequence[Row]) -> Sequence[Row]:
    """Return ``RECORD`` rows with their private parts opened."""
    found: list[Row] = []
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        await cardkeys.learn(tx, organisation, {row[10] for row in part})
        found += [
            (*row[:7], tx.keys.open("record", organisation, row[10], row[0], row[7]), *row[8:]) if row[10] else row
            for row in part
        ]
    return found


def _sealed(keys: Keys, organisation: str, row: Row) -> Row:
    if not (root := row[10]):
        return (organisation, *row)
    return (organisation, *row[:7], keys.seal("record", organisation, root, row[0], row[7]), *row[8:])


async def records(tx: Tx, organisation: str, ids: Iterable[str]) -> Sequence[Row]:
    """Return the rows of these records."""
    rows = await tx.by_keys(f"SELECT {RECORD} FROM record WHERE organisation = ? AND id {{keys}}", ids, organisation)
    return await opened(tx, organisation, rows)


async def records_of_kinds(tx: Tx, organisation: str, event: str, kinds: Iterable[str]) -> Sequence[Row]:
    """Return the rows of the records of some kinds in one event, or in the organisation (event '')."""
    select = f"SELECT {RECORD} FROM record WHERE organisation = ? AND event = ? AND kind {{keys}}"
    return await opened(tx, organisation, await tx.by_keys(select, kinds, organisation, event))


async def sealed_of_kinds(tx: Tx, organisation: str, event: str, kinds: Sequence[str]) -> Sequence[Row]:
    """Return the rows of the records of some kinds in one event, their private parts as they lie: sealed."""
    marks = ", ".join("?" for _ in kinds)
    select = f"SELECT {RECORD} FROM record WHERE organisation = ? AND event = ? AND kind IN ({marks})"
    return await tx.fetch_long(select, organisation, event, *kinds)


async def events(tx: Tx, organisation: str) -> Sequence[Row]:
    """Return the rows of all events of an organisation."""
    rows = await tx.fetch(f"SELECT {RECORD} FROM record WHERE organisation = ? AND kind = 'event'", organisation)
    return await opened(tx, organisation, rows)


async def streams_holding(tx: Tx, organisation: str, ids: Iterable[str]) -> dict[str, list[str]]:
    """Return the streams of these records, of those that there are."""
    rows = await tx.by_keys("SELECT id, streams FROM record WHERE organisation = ? AND id {keys}", ids, organisation)
    return {row[0]: json.loads(row[1]) for row in rows}


async def sources_of(tx: Tx, organisation: str, targets: Iterable[str]) -> Sequence[Row]:
    """Return (target, source) of every link to these records."""
    return await tx.by_keys(
        "SELECT target, source FROM link WHERE organisation = ? AND target {keys}", targets, organisation
    )


async def erased_of(tx: Tx, organisation: str, ids: Iterable[str]) -> set[str]:
    """Return which of these ids were erased."""
    rows = await tx.by_keys("SELECT id FROM erased WHERE organisation = ? AND id {keys}", ids, organisation)
    return {row[0] for row in rows}


async def streams(tx: Tx, organisation: str, names: Iterable[str]) -> dict[str, tuple[int, int, int]]:
    """Return per stream that exists its (id, counter, digest)."""
    rows = await tx.by_keys(
        "SELECT name, id, counter, digest FROM stream WHERE organisation = ? AND name {keys}", names, organisation
    )
    return {row[0]: (row[1], row[2], int(row[3], 16)) for row in rows}


async def counters(tx: Tx) -> dict[str, int]:
    """Return the counter of every stream, by ``organisation stream``."""
    rows = await tx.fetch("SELECT organisation, name, counter FROM stream")
    return {f"{row[0]} {row[1]}": row[2] for row in rows}


async def make_streams(tx: Tx, organisation: str, names: Iterable[str]) -> None:
    """Make streams that do not exist yet."""
    await tx.run_many(
        "INSERT INTO stream (organisation, name, counter, digest) VALUES (?, ?, 0, '0') ON CONFLICT DO NOTHING",
        [(organisation, name) for name in names],
    )


async def write_streams(tx: Tx, rows: Iterable[tuple[int, int, int]]) -> None:
    """Store (id, counter, digest) of streams."""
    await tx.run_many(
        "UPDATE stream SET counter = ?, digest = ? WHERE id = ?", [(counter, f"{d:x}", id) for id, counter, d in rows]
    )


async def new_places(tx: Tx, count: int) -> list[int]:
    """Return numbers that no record has: the places of so many new ones."""
    if tx.is_postgres:
        sequence = "SELECT nextval(pg_get_serial_sequence('record', 'place')) FROM generate_series(1, ?)"
        return [row[0] for row in await tx.fetch(sequence, count)]
    [[last]] = await tx.fetch("SELECT COALESCE(max(place), 0) FROM record")
    return list(range(last + 1, last + 1 + count))


async def add_records(tx: Tx, organisation: str, rows: Sequence[Row]) -> None:
    """Store new records; each row is ``RECORD``, its private part in clear, its place one of ``new_places``."""
    if not rows:
        return
    await cardkeys.make(tx, organisation, {row[10] for row in rows})
    await tx.run_many(
        f"INSERT INTO record (organisation, {RECORD}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_sealed(tx.keys, organisation, row) for row in rows],
    )


async def change_records(tx: Tx, organisation: str, rows: Sequence[Row]) -> None:
    """Store records anew, each row as in ``add_records``. A record's kind, event and place never change."""
    if not rows:
        return
    await cardkeys.make(tx, organisation, {row[10] for row in rows})
    await tx.run_many(
        "UPDATE record SET born_e = ?, born_a = ?, born_n = ?, coded = ?, private = ?, digest = ?, streams = ?, root = ?"
        " WHERE place = ?",
        [_sealed(tx.keys, organisation, row)[4:] for row in rows],
    )


async def set_audience(tx: Tx, organisation: str, rows: Iterable[tuple[str, str]]) -> None:
    """Store (streams, id) of records whose audience alone changed."""
    await tx.run_many(
        "UPDATE record SET streams = ? WHERE organisation = ? AND id = ?", [(s, organisation, id) for s, id in rows]
    )


async def write_entries(tx: Tx, entries: Iterable[tuple[int, int, int]]) -> None:
    """Store (stream, place, position) of records that are in a stream; each is there once."""
    await tx.run_many(
        "INSERT INTO entry VALUES (?, ?, ?) ON CONFLICT (stream, place) DO UPDATE SET position = excluded.position",
        entries,
    )


async def write_gone(tx: Tx, left: Iterable[tuple[int, str, int, str]]) -> None:
    """Store (stream, record, position, why) of records that left a stream, or never were in it."""
    await tx.run_many(
        "INSERT INTO gone VALUES (?, ?, ?, ?)"
        " ON CONFLICT (stream, record) DO UPDATE SET position = excluded.position, why = excluded.why",
        left,
    )


async def drop_entries(tx: Tx, places: Iterable[tuple[int, int]]) -> None:
    """Take away (stream, place) of records that left."""
    await tx.run_many("DELETE FROM entry WHERE stream = ? AND place = ?", places)


async def drop_gone(tx: Tx, back: Iterable[tuple[int, str]]) -> None:
    """Take away (stream, record) of records that came back."""
    await tx.run_many("DELETE FROM gone WHERE stream = ? AND record = ?", back)


async def write_links(tx: Tx, organisation: str, source: Iterable[str], links: Iterable[tuple[str, str]]) -> None:
    """Replace the links of some records by (target, source) pairs."""
    await tx.run_many("DELETE FROM link WHERE organisation = ? AND source = ?", [(organisation, one) for one in source])
    await tx.run_many(
        "INSERT INTO link VALUES (?, ?, ?) ON CONFLICT DO NOTHING", [(organisation, t, s) for t, s in links]
    )


async def blank(tx: Tx, organisation: str, ids: Sequence[str], *, at: int) -> None:
    """Note ids as erased; blank what was written about them in history, parked, clone and box rows, and who wrote it."""
    await tx.run_many(
        "INSERT INTO erased VALUES (?, ?, ?) ON CONFLICT DO NOTHING", [(organisation, id, at) for id in ids]
    )
    await tx.run_many(
        "UPDATE edit SET body = ?, root = '', member = '', parked = 0 WHERE organisation = ? AND record = ?",
        [(b"", organisation, id) for id in ids],
    )
    for table in ("clone", "box"):
        await tx.run_many(
            f"DELETE FROM {table} WHERE organisation = ? AND record = ?", [(organisation, id) for id in ids]
        )
    await forget_reasons(tx, organisation, ids)


async def forget_words(tx: Tx, organisation: str, ids: Iterable[str]) -> None:
    """Blank what was applied of these records in their history; what waits for the desk waits on."""
    await tx.run_many(
        "UPDATE edit SET body = ?, root = '' WHERE organisation = ? AND record = ? AND parked <> ?",
        [(b"", organisation, id, PARKED) for id in ids],
    )


async def drop_records(tx: Tx, organisation: str, ids: Sequence[str]) -> None:
    """Remove records that were erased, with their links, their places, and what they were sealed with."""
    await move_reasons(tx, organisation, ids)
    await cardkeys.destroy(tx, organisation, ids)
    # From every stream, not only those it was in: its place may be given to another record.
    await tx.run_many(
        "DELETE FROM entry WHERE stream IN (SELECT id FROM stream WHERE organisation = ?)"
        " AND place = (SELECT place FROM record WHERE organisation = ? AND id = ?)",
        [(organisation, organisation, id) for id in ids],
    )
    await tx.run_many("DELETE FROM record WHERE organisation = ? AND id = ?", [(organisation, id) for id in ids])
    await tx.run_many("DELETE FROM link WHERE organisation = ? AND source = ?", [(organisation, id) for id in ids])


def packed(row: Row) -> Packed:
    """Return the record's bytes of a ``RECORD`` row."""
    return Packed(row[6], row[7])


def coded_alone(coded: bytes) -> Packed:
    """Return a record's bytes without its private part, which stays sealed."""
    return Packed(coded.rstrip(b","), b"")


async def all_records(tx: Tx, organisation: str) -> Sequence[Row]:
    """Return the rows of every record of an organisation."""
    rows = await tx.fetch_long(f"SELECT {RECORD} FROM record WHERE organisation = ?", organisation)
    return await opened(tx, organisation, rows)


async def all_streams(tx: Tx, organisation: str) -> dict[str, tuple[int, int, int]]:
    """Return per stream its (id, counter, digest)."""
    rows = await tx.fetch("SELECT name, id, counter, digest FROM stream WHERE organisation = ?", organisation)
    return {row[0]: (row[1], row[2], int(row[3], 16)) for row in rows}


async def all_entries(tx: Tx, organisation: str) -> Sequence[Row]:
    """Return (stream's name, record) of every place that a record has now; '' where the record of an entry is not there."""
    return await tx.fetch_long(
        "SELECT s.name, COALESCE(r.id, '') FROM entry e JOIN stream s ON s.id = e.stream LEFT JOIN record r ON r.place = e.place"
        " WHERE s.organisation = ?",
        organisation,
    )
