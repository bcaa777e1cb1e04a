"""A database of every released step is brought to the newest one, on both databases."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from server.store import pages
from server.store import records as sql
from server.store.engine import Store, Tx
from server.store.migrations import STEPS, migrate, number_of

HEAD = b'{"kind":"issue","id":"%s","event":"e","author":"m","past":{},"live":['
CODED = b'{"a":"A","n":1,"by":"m","e":"1","set":{"theme":"ENE"}}'
PRIVATE = b'{"a":"A","n":1,"by":"m","e":"1","set":{"own_words":"koud"}}'
# Of step 1: what each record had in head, coded and private.
RECORDS = {"both": (CODED, PRIVATE), "coded": (CODED, b""), "private": (b"", PRIVATE), "bare": (b"", b"")}


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database without any table."""
    if request.param == "sqlite":
        yield Store(file=tmp_path / "onthaal.sqlite")
        return
    server = request.getfixturevalue("postgres_server")
    asyncio.run(_on(server + "postgres", "CREATE DATABASE before_any_step"))
    yield Store(url=server + "before_any_step")
    asyncio.run(_on(server + "postgres", "DROP DATABASE before_any_step"))


async def _on(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


async def _fill_step_1(store: Store) -> None:
    async with store.writing() as tx:
        await tx.run(
            "INSERT INTO stream (id, organisation, name, counter, digest) VALUES (7, 'o', 'event:e/desk', 5, '0')"
        )
        for position, (id, (coded, private)) in enumerate(RECORDS.items(), 1):
            await tx.run(
                "INSERT INTO record VALUES ('o', ?, 'issue', 'e', '1', 'A', 1, ?, ?, ?, 'f', '[\"event:e/desk\"]')",
                id, HEAD % id.encode(), coded, private,
            )  # fmt: skip
            await tx.run("INSERT INTO entry VALUES (7, ?, ?, NULL, 'o')", id, position)
        await tx.run("INSERT INTO entry VALUES (7, 'left', 5, 'moved', 'o')")


def test_two_processes_that_migrate_at_once_take_each_step_once(empty: Store) -> None:
    async def both() -> list[list[int]]:
        stores = [empty, Store(file=empty.file, url=empty.url)]
        for store in stores:
            await store.open()
        taken = await asyncio.gather(*(migrate(store) for store in stores))
        for store in stores:
            await store.close()
        return list(taken)

    assert sorted(asyncio.run(both())) == [[], [number_of(name) for name in STEPS]]


def test_records_of_step_1_are_read_as_they_were_and_found_by_their_entries(empty: Store) -> None:
    async def brought_forward() -> tuple[list[str], list[dict[str, object]], tuple[int, object], list[object]]:
        await empty.open()
        await migrate(empty, upto=1)
        await _fill_step_1(empty)
        assert await migrate(empty) == [number_of(name) for name in STEPS[1:]]
        async with empty.reading() as tx:
            page = await pages.next_page(tx, "o", 7, 0, 100)
            left = (page.at, json.loads(page.gone))
            stored = await sql.records(tx, "o", RECORDS)
            places = await sql.all_entries(tx, "o")
        await empty.close()
        sent = json.loads(b"[" + page.records + b"]")
        return sorted(row[0] for row in stored), sent, left, sorted(row[1] for row in places)

    ids, sent, left, places = asyncio.run(brought_forward())

    assert ids == places == sorted(RECORDS)
    assert sent == [
        json.loads(HEAD % id.encode() + b",".join(filter(None, parts)) + b"]}") for id, parts in RECORDS.items()
    ]
    assert left == (5, [["left", "moved"]])


def test_what_is_in_a_stream_and_what_left_it_keep_their_positions(empty: Store) -> None:
    async def brought_forward() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        await empty.open()
        await migrate(empty, upto=12)
        async with empty.writing() as tx:
            for row in ((7, "here", 3, None, 20), (7, "moved", 4, "moved", None), (8, "here", 1, None, 20),
                        (8, "gone", 2, "erased", None), (8, "lost", 3, None, None)):  # fmt: skip
                await tx.run("INSERT INTO entry (stream, record, position, gone, place) VALUES (?, ?, ?, ?, ?)", *row)
        await migrate(empty)
        async with empty.reading() as tx:
            there = await tx.fetch("SELECT stream, place, position FROM entry ORDER BY stream")
            left = await tx.fetch("SELECT stream, record, position, why FROM gone ORDER BY stream, position")
        await empty.close()
        return [tuple(row) for row in there], [tuple(row) for row in left]

    there, left = asyncio.run(brought_forward())

    assert there == [(7, 20, 3), (8, 20, 1)]
    # One whose record was not there any more was told as moved, and still is.
    assert left == [(7, "moved", 4, "moved"), (8, "gone", 2, "erased"), (8, "lost", 3, "moved")]


def test_the_desks_streams_are_read_again_for_promises_that_were_moved(empty: Store) -> None:
    async def brought_forward() -> dict[int, int]:
        await empty.open()
        await migrate(empty, upto=11)
        async with empty.writing() as tx:
            for id, name in enumerate(("event:e/desk", "event:e", "org")):
                await tx.run("INSERT INTO stream VALUES (?, 'o', ?, 9, '0')", id, name)
                await tx.run("INSERT INTO reminder_cursor VALUES (?, 9)", id)
        await migrate(empty)
        async with empty.reading() as tx:
            rows = await tx.fetch("SELECT stream, position FROM reminder_cursor")
        await empty.close()
        return {row[0]: row[1] for row in rows}

    assert asyncio.run(brought_forward()) == {0: 0, 1: 9, 2: 9}


# What a step gave another form: of steps 1 and 12 told apart above, the trail's reasons in test_migrate_people.py.
RESHAPED = {("record", "head"), ("record", "coded"), ("audit", "id"), ("audit", "reason")} | {
    ("entry", name) for name in ("organisation", "stream", "record", "position", "gone", "place")
}
NOT_OURS = {"migration", "server_meta"}


async def _tables(tx: Tx) -> list[str]:
    everything = (
        "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        if tx.is_postgres
        else "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    )
    return sorted({str(row[0]) for row in await tx.fetch(everything)} - NOT_OURS)


async def _columns(tx: Tx, table: str) -> dict[str, str]:
    """Return the columns of a table with their types: TEXT, BLOB or BYTEA, else a number."""
    if tx.is_postgres:
        told = await tx.fetch(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = ? ORDER BY ordinal_position",
            table,
        )
        return {str(name): str(type).upper() for name, type in told}
    return {str(row[1]): str(row[2]) for row in await tx.fetch(f"PRAGMA table_info({table})")}


async def _cells(tx: Tx) -> dict[tuple[str, str], list[object]]:
    """Return every column of every table with its values, in an order that does not depend on the rows'."""
    found: dict[tuple[str, str], list[object]] = {}
    for table in await _tables(tx):
        for name in await _columns(tx, table):
            rows = await tx.fetch(f"SELECT {name} FROM {table}")
            found[table, name] = sorted((row[0] for row in rows), key=repr)
    return found


async def _fill(tx: Tx) -> None:
    """Put three rows in every table there is, each cell another value of its type."""
    for table in await _tables(tx):
        columns = await _columns(tx, table)
        for row in (1, 2, 3):
            values = [f"{name} {row}" if type == "TEXT" else b"\x00\xff" if type in ("BLOB", "BYTEA") else row
                      for name, type in columns.items()]  # fmt: skip
            marks = ", ".join("?" * len(columns))
            await tx.run(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", *values)


@pytest.mark.parametrize("step", [number_of(name) for name in STEPS])
def test_no_cell_of_a_database_of_any_step_is_lost_on_the_way_to_the_newest(empty: Store, step: int) -> None:
    async def brought_forward() -> tuple[dict[tuple[str, str], list[object]], dict[tuple[str, str], list[object]]]:
        await empty.open()
        await migrate(empty, upto=step)
        async with empty.writing() as tx:
            await _fill(tx)
            before = await _cells(tx)
        assert await migrate(empty) == [number for number in map(number_of, STEPS) if number > step]
        async with empty.reading() as tx:
            after = await _cells(tx)
        await empty.close()
        return before, after

    before, after = asyncio.run(brought_forward())

    kept = {place: values for place, values in before.items() if place not in RESHAPED}
    assert {place: after.get(place) for place in kept} == kept
    assert len(kept) > 50
