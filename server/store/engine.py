"""Transactions on SQLite and PostgreSQL, through Piccolo's engines, as one small interface.

    async with store.writing() as tx:  …   one writer at a time on SQLite (IMMEDIATE), READ COMMITTED on PostgreSQL
    async with store.reading() as tx:  …   one snapshot

SQL is written once, with `?`. SQLite: WAL, synchronous=FULL (an acknowledged edit survives a power cut), one
guarded writer and a few readers, since Piccolo's own engine opens a connection and a thread per query.
"""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import aiosqlite
import asyncpg
from piccolo.engine.postgres import PostgresEngine
from piccolo.engine.sqlite import SQLiteEngine

from server.store.keys import Keys

Row = Sequence[Any]  # a row as its driver gives it; whoever asks knows its columns
PRAGMAS = (
    "page_size=8192",  # of a new file: a record and its history fill fewer pages, and a commit writes fewer
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=10000",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "cache_size=-32000",
    "wal_autocheckpoint=2000",
)
READERS = 3


# Waited too long, met a writer of the same number in another scope, or lost the connection: nothing was stored.
ASK_AGAIN = (
    asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError, asyncpg.DeadlockDetectedError,
    asyncpg.UniqueViolationError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.TooManyConnectionsError,
    asyncpg.CannotConnectNowError, asyncpg.AdminShutdownError, ConnectionError,
)  # fmt: skip


class Busy(Exception):
    """The database did not get to it in time; ask again."""


class Tx(Protocol):
    """One transaction."""

    is_postgres: bool
    keys: Keys
    sure: set[tuple[str, str]]  # of keys that this transaction found in the database, or made: (organisation, root)

    async def fetch(self, sql: str, *args: object) -> Sequence[Row]:
        """Return all rows."""

    async def fetch_long(self, sql: str, *args: object) -> Sequence[Row]:
        """Return all rows of a select that takes long, while others are served."""

    async def run(self, sql: str, *args: object) -> None:
        """Run one statement."""

    async def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for every row."""

    async def by_keys(self, select: str, keys: Iterable[str], *args: object) -> Sequence[Row]:
        """Return the rows of a select that ends in a column and ``{keys}``: it is one of them. In no order."""


class SqliteTx:
    """A transaction on an aiosqlite connection.

    Statements run at once, on the connection below: a change of threads costs more than what they do (30 of them
    a call took 3 of its 6 ms). What waits for a lock or for the disk, a writer's BEGIN and COMMIT, runs in
    aiosqlite's thread.
    """

    is_postgres = False

    def __init__(self, connection: aiosqlite.Connection, keys: Keys) -> None:
        self.connection, self.keys, self.sure = connection, keys, set[tuple[str, str]]()
        self._direct: sqlite3.Connection = connection._conn

    async def fetch(self, sql: str, *args: object) -> Sequence[Row]:
        return self._direct.execute(sql, args).fetchall()

    async def run(self, sql: str, *args: object) -> None:
        self._direct.execute(sql, args).close()

    async def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        self._direct.executemany(sql, rows).close()

    async def fetch_long(self, sql: str, *args: object) -> Sequence[Row]:
        return list(await self.connection.execute_fetchall(sql, args))

    async def by_keys(self, select: str, keys: Iterable[str], *args: object) -> Sequence[Row]:
        return await self.fetch(
            select.format(keys="IN (SELECT value FROM json_each(?))"), *args, json.dumps(list(keys))
        )


@lru_cache(maxsize=512)
def _numbered(sql: str) -> str:
    parts = sql.split("?")
    return "".join(f"{part}${n}" for n, part in enumerate(parts[:-1], 1)) + parts[-1]


class PostgresTx:
    """A transaction on an asyncpg connection."""

    is_postgres = True

    def __init__(self, connection: asyncpg.Connection, keys: Keys) -> None:
        self.connection, self.keys, self.sure = connection, keys, set[tuple[str, str]]()

    async def fetch(self, sql: str, *args: object) -> Sequence[Row]:
        return list(await self.connection.fetch(_numbered(sql), *args))

    async def fetch_long(self, sql: str, *args: object) -> Sequence[Row]:
        return await self.fetch(sql, *args)

    async def run(self, sql: str, *args: object) -> None:
        await self.connection.execute(_numbered(sql), *args)

    async def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        await self.connection.executemany(_numbered(sql), rows)

    async def by_keys(self, select: str, keys: Iterable[str], *args: object) -> Sequence[Row]:
        # One look-up by index per key, fenced by OFFSET 0: with `= ANY` or a join PostgreSQL read whole tables as
        # long as it had no statistics (20 000 records: 870 instead of 170 µs an edit).
        one = select.format(keys="= k.key")
        sql = f"SELECT r.* FROM unnest(?::text[]) AS k(key) CROSS JOIN LATERAL ({one} OFFSET 0) AS r"
        return await self.fetch(sql, list(keys), *args)


class Store:
    """A database that is open. ``writing`` and ``reading`` are all that others need of it."""

    def __init__(self, *, file: Path | None = None, url: str = "") -> None:
        self.url, self.keys = url, Keys()
        self.is_postgres = bool(url)
        self.file = file
        self._postgres: PostgresEngine | None = None
        self._sqlite: PooledSqlite | None = None

    async def open(self) -> None:
        """Open the pool."""
        if self.url:
            self._postgres = PostgresEngine(config={"dsn": self.url})
            await self._postgres.start_connection_pool(min_size=1, max_size=10)
        elif self.file:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._sqlite = PooledSqlite(path=str(self.file))
            await self._sqlite.start_connection_pool()

    async def close(self) -> None:
        """Close the pool; open transactions end first."""
        if self._postgres:
            await self._postgres.close_connection_pool()
        if self._sqlite:
            await self._sqlite.close_connection_pool()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Tx]:
        """Yield a transaction that commits at the end, or rolls back with the exception. Raises ``Busy``."""
        try:
            async with self._writing() as tx:
                yield tx
        except BaseException:
            self.keys.clear()  # those made here were rolled back
            raise

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Tx]:
        if self._sqlite:
            try:
                async with self._sqlite.guarded_writer() as connection:
                    yield SqliteTx(connection, self.keys)
            except sqlite3.OperationalError as error:
                if not any(word in str(error) for word in ("locked", "busy", "full")):
                    raise
                raise Busy(str(error)) from None
            return
        async with self._postgres_transaction("read_committed", readonly=False) as connection:
            await connection.execute("SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '10s'")
            yield PostgresTx(connection, self.keys)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """Yield a transaction that sees one snapshot and writes nothing."""
        if self._sqlite:
            async with self._sqlite.reader() as connection:
                yield SqliteTx(connection, self.keys)
            return
        async with self._postgres_transaction("repeatable_read", readonly=True) as connection:
            yield PostgresTx(connection, self.keys)

    @asynccontextmanager
    async def _postgres_transaction(self, isolation: str, *, readonly: bool) -> AsyncIterator[asyncpg.Connection]:
        assert self._postgres is not None and self._postgres.pool is not None
        try:
            async with (
                self._postgres.pool.acquire() as connection,
                connection.transaction(isolation=isolation, readonly=readonly),
            ):
                yield connection
        except ASK_AGAIN as error:
            raise Busy(str(error)) from None


class PooledSqlite(SQLiteEngine):
    """Piccolo's SQLite engine with one writer behind a lock and a few readers that live as long as the server."""

    __slots__ = ("_lock", "_readers", "_writer")

    async def start_connection_pool(self, **_: object) -> None:
        """Open the writer and the readers."""
        self._lock = asyncio.Lock()
        self._writer = await self._connect()
        self._readers: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()
        for _n in range(READERS):
            connection = await self._connect()
            await connection.execute("PRAGMA query_only=ON")
            self._readers.put_nowait(connection)

    async def close_connection_pool(self) -> None:
        """Close all, after the last transaction."""
        async with self._lock:
            for _n in range(READERS):
                await (await self._readers.get()).close()
            await self._writer.close()

    async def _connect(self) -> aiosqlite.Connection:
        # Piccolo's conversions by declared type would look at every value of every row; only SQL strings come here.
        kwargs = {**self.connection_kwargs, "detect_types": 0}
        connection = await aiosqlite.connect(**kwargs, cached_statements=256, check_same_thread=False)
        for pragma in PRAGMAS:
            await connection.execute(f"PRAGMA {pragma}")
        return connection

    @asynccontextmanager
    async def guarded_writer(self) -> AsyncIterator[aiosqlite.Connection]:
        """Yield the writer inside BEGIN IMMEDIATE; a cancelled request still ends its transaction before the lock is free."""
        async with self._lock:
            connection = self._writer
            try:
                # Inside the try: whoever is cancelled while it waits here would leave a transaction open for ever.
                await connection.execute("BEGIN IMMEDIATE")
                yield connection
                await asyncio.shield(_end(connection.commit))
            except BaseException:
                await asyncio.shield(_end(connection.rollback))
                raise

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[aiosqlite.Connection]:
        """Yield a reader inside a deferred transaction: one snapshot."""
        connection = await self._readers.get()
        direct: sqlite3.Connection = connection._conn
        try:
            direct.execute("BEGIN")  # neither this nor its end waits for anything
            yield connection
        finally:
            try:
                direct.rollback()
            finally:
                self._readers.put_nowait(connection)


async def _end(finish: Callable[[], Any]) -> None:
    await finish()
