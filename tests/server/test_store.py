"""What a transaction promises, on both databases."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from server.settings import Settings
from server.store import engine, history, pages
from server.store import records as sql
from server.store.engine import PostgresTx, Store
from server.store.migrations import migrate
from tests.support.push import Reminding
from tests.support.world import World


@pytest.fixture
def opened(settings: Settings) -> Iterator[tuple[asyncio.Runner, Store]]:
    """An open, migrated database."""
    store = Store(file=Path(settings.database_file), url=settings.database_url)
    with asyncio.Runner() as runner:
        runner.run(store.open())
        runner.run(migrate(store))
        yield runner, store
        runner.run(store.close())


async def _count(store: Store) -> int:
    async with store.reading() as tx:
        return int((await tx.fetch("SELECT count(*) FROM organisation"))[0][0])


async def _add(store: Store, id: str, *, fails: type[BaseException] | None = None) -> None:
    async with store.writing() as tx:
        await tx.run("INSERT INTO organisation VALUES (?, ?, ?)", id, "x", 1)
        if fails:
            raise fails


def test_what_fails_leaves_nothing_and_the_next_one_goes_on(opened: tuple[asyncio.Runner, Store]) -> None:
    runner, store = opened

    with pytest.raises(ValueError):
        runner.run(_add(store, "a", fails=ValueError))
    runner.run(_add(store, "b"))

    assert runner.run(_count(store)) == 1


def test_what_was_acknowledged_on_sqlite_survives_a_power_cut(sqlite_world: World) -> None:
    async def asked(pragma: str) -> object:
        async with sqlite_world.server.store.writing() as tx:
            return (await tx.fetch(f"PRAGMA {pragma}"))[0][0]

    full = 2  # each commit is on the disk before it is answered; with 1 the last ones of a WAL are not

    assert (sqlite_world.run(asked("synchronous")), sqlite_world.run(asked("journal_mode"))) == (full, "wal")


def test_a_cancelled_request_leaves_nothing_and_frees_the_writer(opened: tuple[asyncio.Runner, Store]) -> None:
    runner, store = opened

    async def cancelled() -> None:
        async with store.writing() as tx:
            await tx.run("INSERT INTO organisation VALUES (?, ?, ?)", "a", "x", 1)
            await asyncio.sleep(60)

    async def cancel_some() -> int:
        for _ in range(20):
            task = asyncio.create_task(cancelled())
            await asyncio.sleep(0.005)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        await _add(store, "b")
        return await _count(store)

    assert runner.run(cancel_some()) == 1


def test_a_request_cancelled_while_it_waits_for_the_writer_blocks_nobody(sqlite_settings: Settings) -> None:
    store = Store(file=Path(sqlite_settings.database_file))

    async def cancelled_in_the_queue() -> int:
        await store.open()
        await migrate(store)
        with closing(sqlite3.connect(sqlite_settings.database_file)) as other:
            other.execute("BEGIN IMMEDIATE")
            waiting = asyncio.create_task(_add(store, "a"))
            await asyncio.sleep(0.05)
            waiting.cancel()
            await asyncio.sleep(0.05)
            other.rollback()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await _add(store, "b")
        count = await _count(store)
        await store.close()
        return count

    assert asyncio.run(cancelled_in_the_queue()) == 1


def test_fifty_writers_at_once_all_succeed(opened: tuple[asyncio.Runner, Store]) -> None:
    runner, store = opened

    async def all_at_once() -> int:
        await asyncio.gather(*(_add(store, f"{n}") for n in range(50)))
        return await _count(store)

    assert runner.run(all_at_once()) == 50


def test_a_reader_sees_one_moment(opened: tuple[asyncio.Runner, Store]) -> None:
    runner, store = opened

    async def reads_while_another_writes() -> tuple[int, int, int]:
        async with store.reading() as tx:
            first = (await tx.fetch("SELECT count(*) FROM organisation"))[0][0]
            await _add(store, "a")
            second = (await tx.fetch("SELECT count(*) FROM organisation"))[0][0]
        return first, second, await _count(store)

    assert runner.run(reads_while_another_writes()) == (0, 0, 1)


def test_a_reader_cannot_write(opened: tuple[asyncio.Runner, Store]) -> None:
    runner, store = opened

    async def writes_in_a_reading() -> None:
        async with store.reading() as tx:
            await tx.run("INSERT INTO organisation VALUES (?, ?, ?)", "a", "x", 1)

    with pytest.raises(Exception, match="read"):
        runner.run(writes_in_a_reading())
    assert runner.run(_count(store)) == 0


def test_a_database_that_is_locked_too_long_is_busy_and_the_device_is_told_to_come_back(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = tuple(pragma.replace("10000", "50") for pragma in engine.PRAGMAS)
    monkeypatch.setattr(engine, "PRAGMAS", quick)
    world = worlds(sqlite_settings).organise()
    amina = world.device("amina")
    Reminding(world)  # its own rest: the loop stands still between two calls, with whatever they have open
    with closing(sqlite3.connect(sqlite_settings.database_file)) as other:
        other.execute("BEGIN IMMEDIATE")
        reply = amina.sends([amina.edit(1, "talk-1", channel="tent")])
        other.rollback()

    assert (reply.status, reply.code, reply.headers["retry-after"]) == (503, "busy", "2")
    assert amina.sends([amina.edit(1, "talk-1", channel="tent")]).acks == [("ok",)]


def test_a_locked_scope_is_busy_on_postgresql_and_nothing_is_stored(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, postgres_url: str
) -> None:
    world = worlds(msgspec.structs.replace(sqlite_settings, database_url=postgres_url)).organise()
    amina, store = world.device("amina"), world.server.store

    async def while_locked() -> int:
        async with store.writing() as tx:
            await sql.lock_scopes(tx, world.organisation, [world.event])
            headers = {**amina.headers, "Content-Type": "application/json"}
            body = amina.body([b'{"a":"AAAAAAAAAAA","n":1,"h":"0000000000000001","kind":"visit","id":"v","event":"%s",'
                               b'"set":{"channel":"tent"}}' % world.event.encode()])  # fmt: skip
            answer = await world.http.post("/api/sync", content=body, headers=headers)
        return answer.status_code

    assert world.run(while_locked()) == 503
    assert world.rows("SELECT count(*) FROM edit WHERE a = 'AAAAAAAAAAA'") == [(0,)]


def test_look_ups_go_by_the_right_index_while_there_are_no_statistics(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = worlds(msgspec.structs.replace(sqlite_settings, database_url=postgres_url))
    plans: list[str] = []
    asking: list[object] = []
    fetch = PostgresTx.fetch

    async def explained(self: PostgresTx, text: str, *args: object) -> object:
        if self not in asking:
            return await fetch(self, text, *args)
        plans.append("\n".join(row[0] for row in await fetch(self, "EXPLAIN " + text, *args)))
        return []

    async def ask() -> None:
        async with world.server.store.writing() as tx:
            asking.append(tx)
            await tx.run("SET LOCAL enable_seqscan = off")
            await sql.records(tx, "o", ["a"])
            await sql.sources_of(tx, "o", ["a"])
            await history.history_of(tx, "o", ["a"])
            await sql.records_of_kinds(tx, "o", "e", ["member"])
            await history.answered(tx, "o", "a", 1, 9)
            await pages.next_page(tx, "o", 1, 0, 100)

    monkeypatch.setattr(PostgresTx, "fetch", explained)
    world.run(ask())

    wanted = ["record_id", "link_pkey", "edit_record", "record_kind", "edit_pkey", "entry_position", "gone_position"]
    assert [name in plan for name, plan in zip(wanted, plans, strict=True)] == [True] * 7, "\n\n".join(plans)


def test_a_number_used_in_two_scopes_is_a_clone(world: World) -> None:
    griet = world.device("griet")
    one = griet.edit(1, "talk-1", channel="tent")
    other = griet.edit(1, "service-9", "service", event="", name="Nine")

    acks = griet.sends([one, other]).acks

    assert acks == [("ok",), ("parked", "clone")]
