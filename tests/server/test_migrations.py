"""A database of every released step is brought to the newest one, on both databases."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from server.store import pages
from server.store import records as sql
from server.store.engine import Store
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


def test_records_of_step_1_are_read_as_they_were_and_found_by_their_entries(empty: Store) -> None:
    async def brought_forward() -> tuple[list[str], list[dict[str, object]], tuple[object, ...], list[object]]:
        await empty.open()
        await migrate(empty, upto=1)
        await _fill_step_1(empty)
        assert await migrate(empty) == [number_of(name) for name in STEPS[1:]]
        async with empty.reading() as tx:
            page = await pages.next_page(tx, 7, 0, 100)
            left = (page.at, [tuple(row) for row in await pages.gone_of(tx, 7, 0, page.at)])
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
    assert left == (5, [("left", "moved")])
