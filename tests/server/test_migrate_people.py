"""A database of step 1 comes up to date and loses nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from server.settings import Settings
from server.store import audit
from server.store.engine import Store, Tx
from server.store.migrations import STEPS, migrate, number_of
from server.store.migrations.m0001_first import STATEMENTS
from tests.support.world import World

TABLES = {statement.split()[2]: statement for statement in STATEMENTS if statement.startswith("CREATE TABLE")}
GONE_IN_2 = {"record": "head"}
RESHAPED = ("audit", "entry")  # what stands in them is looked at below, and in test_migrations.py
_numbers = count(1)


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database before its first step."""
    url = ""
    if request.param == "postgres":
        server, name = request.getfixturevalue("postgres_server"), f"old_{next(_numbers)}"
        asyncio.run(_create(server + "postgres", name))
        url = server + name
    yield Store(file=tmp_path / "old.sqlite", url=url)


async def _create(url: str, name: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()


async def _fill(tx: Tx) -> None:
    """Put three rows in every table of step 1, each cell another value of its type."""
    for table, statement in TABLES.items():
        columns = [part.split() for part in statement[statement.index("(") + 1 :].split("PRIMARY KEY (")[0].split(",")]
        names = [(c[0], c[1]) for c in columns if len(c) > 1 and c[1] in ("TEXT", "BIGINT", "{blob}")]
        for row in range(3):
            values = [f"{name} {row}" if type == "TEXT" else b"\x00\xff" if type == "{blob}" else row + 1
                      for name, type in names]  # fmt: skip
            marks = ", ".join("?" * len(names))
            await tx.run(f"INSERT INTO {table} ({', '.join(name for name, _ in names)}) VALUES ({marks})", *values)
    for at, (what, reason) in enumerate([("contact_read", "bellen"), ("parked_dropped", "parked not_allowed")]):
        await tx.run(
            "INSERT INTO audit (organisation, at, member, what, about, reason) VALUES ('picol', ?, 'griet', ?, 'x', ?)",
            at, what, reason,
        )  # fmt: skip


async def _rows(tx: Tx, table: str, columns: str) -> list[tuple[object, ...]]:
    found = [tuple(bytes(v) if isinstance(v, bytes | memoryview) else v for v in row)
             for row in await tx.fetch(f"SELECT {columns} FROM {table}")]  # fmt: skip
    return sorted(found, key=repr)


def _columns(table: str) -> list[str]:
    parts = TABLES[table][TABLES[table].index("(") + 1 :].split("PRIMARY KEY (")[0].split(",")
    return [part.split()[0] for part in parts if part.strip(" \n)")]


def test_a_database_of_step_1_loses_nothing(empty: Store) -> None:
    async def go() -> None:
        await empty.open()
        assert await migrate(empty, upto=1) == [1]
        async with empty.writing() as tx:
            await _fill(tx)
        before = await _all(empty, GONE_IN_2, join=True)

        assert await migrate(empty) == [number_of(name) for name in STEPS[1:]]

        after = await _all(empty, GONE_IN_2)
        assert before == after and len(before) == len(TABLES) - len(RESHAPED)
        async with empty.reading() as tx:
            chains = await audit.organisations(tx)
            assert chains == ["organisation 0", "organisation 1", "organisation 2", "picol"]
            assert [(await audit.check(tx, one)).broken for one in chains] == [None] * 4
            lines = await audit.lines(tx, "picol", before=99, limit=9, what="", member="")
            assert [tuple(line) for line in lines] == [
                (2, 1, "griet", "parked_dropped", "x", "not_allowed", None, None, None, None),
                (1, 0, "griet", "contact_read", "x", "", "bellen", None, None, None),
            ]
        await empty.close()

    asyncio.run(go())


async def _all(store: Store, gone: dict[str, str], *, join: bool = False) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every table but those that were reshaped, without the columns that are ``gone``.

    ``join``: a record's head and coded fields as one string, as step 2 keeps them.
    """
    found = {}
    async with store.reading() as tx:
        for table in TABLES:
            names = [name for name in _columns(table) if name != gone.get(table)]
            if join and table == "record":
                names[names.index("coded")] = "CAST(head || coded || CAST(',' AS {blob}) AS {blob})"
            if table not in RESHAPED:
                blob = "BYTEA" if tx.is_postgres else "BLOB"
                found[table] = await _rows(tx, table, ", ".join(names).replace("{blob}", blob))
    return found


def test_a_step_that_fails_leaves_the_database_as_it_was(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_: Tx) -> None:
        raise RuntimeError

    async def go() -> None:
        await empty.open()
        await migrate(empty, upto=1)
        monkeypatch.setattr("server.store.migrations.m0003_coordinators.carry", broken)
        with pytest.raises(RuntimeError):
            await migrate(empty)
        monkeypatch.undo()
        assert await migrate(empty) == [number_of(name) for name in STEPS[1:]]
        await empty.close()

    asyncio.run(go())


def test_people_of_step_1_sign_in_after_it(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.acts import hash_password
    from tests.support.world import EMAIL, PASSWORD

    async def old(run: Callable[[Tx], Awaitable[None]]) -> None:
        store = Store(file=Path(sqlite_settings.database_file))
        await store.open()
        await migrate(store, upto=1)
        async with store.writing() as tx:
            await run(tx)
        await store.close()

    async def fill(tx: Tx) -> None:
        await tx.run("INSERT INTO organisation VALUES ('o', 'Picol', 1)")
        hashed = await hash_password(PASSWORD)
        await tx.run("INSERT INTO member VALUES ('o', 'm', 'Griet', 'coordinator', NULL, ?, ?, 1, 1)", EMAIL, hashed)

    asyncio.run(old(fill))
    world = worlds(sqlite_settings)

    answer = world.call("POST", "/api/sign-in", json_body={"email": EMAIL, "password": PASSWORD})

    assert (answer.status_code, answer.json()["unready"]) == (200, False)
