"""What all tests share: databases, and a world of one server with its people."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import asyncpg
import pytest
import structlog

from server.settings import Settings
from server.store.engine import Store
from server.store.migrations import migrate
from tests.support.postgres import postgres
from tests.support.saying import listen, odd_in
from tests.support.world import World

_numbers = count(1)
_said: list[dict[str, object]] = []
structlog.configure(processors=[listen(_said), *structlog.get_config()["processors"]])


@pytest.fixture(autouse=True)
def nothing_is_said_in_a_log() -> Iterator[None]:
    """T40, over all tests of the server: whatever is done, a log holds ids, codes and counts alone."""
    _said.clear()
    yield
    assert odd_in(_said) == []


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server with a migrated database `template`."""
    with postgres() as url:
        asyncio.run(_run_sql(url + "postgres", "CREATE DATABASE template"))
        asyncio.run(_migrate(url + "template"))
        yield url


async def _run_sql(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(sql)
    await connection.close()


async def _migrate(url: str) -> None:
    store = Store(url=url)
    await store.open()
    await migrate(store)
    await store.close()


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """The URL of a fresh, migrated database."""
    name = f"test_{next(_numbers)}"
    asyncio.run(_run_sql(postgres_server + "postgres", f"CREATE DATABASE {name} TEMPLATE template"))
    return postgres_server + name


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a server on each database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    return Settings(
        database_url=url, database_file=str(tmp_path / "onthaal.sqlite"), state_dir=str(tmp_path / "state"),
        app_dir=str(tmp_path / "app"), sign_in_per_minute=0,
        sign_in_per_minute_address=0, enrol_per_ten_minutes=0,
    )  # fmt: skip


@pytest.fixture
def settings_on_postgres(postgres_url: str, tmp_path: Path) -> Settings:
    """Settings of a server on PostgreSQL."""
    return Settings(
        database_url=postgres_url, state_dir=str(tmp_path / "state"), app_dir=str(tmp_path / "app"),
        sign_in_per_minute=0, sign_in_per_minute_address=0, enrol_per_ten_minutes=0,
    )  # fmt: skip


@pytest.fixture
def sqlite_settings(tmp_path: Path) -> Settings:
    """Settings of a server on SQLite."""
    return Settings(
        database_file=str(tmp_path / "onthaal.sqlite"), state_dir=str(tmp_path / "state"),
        app_dir=str(tmp_path / "app"), sign_in_per_minute=0,
        sign_in_per_minute_address=0, enrol_per_ten_minutes=0,
    )  # fmt: skip


@pytest.fixture
def worlds() -> Iterator[Callable[[Settings], World]]:
    """Start servers, as many as a test needs; all are stopped at its end."""
    with asyncio.Runner() as runner:
        started: list[World] = []

        def start(settings: Settings, name: str = "picol") -> World:
            world = World(settings, runner=runner, name=name).start()
            started.append(world)
            return world

        yield start
        for world in reversed(started):
            world.stop()


@pytest.fixture
def world(worlds: Callable[[Settings], World], settings: Settings) -> World:
    """A server with its people, on each database."""
    return worlds(settings).organise()


@pytest.fixture
def sqlite_world(worlds: Callable[[Settings], World], sqlite_settings: Settings) -> World:
    """A server with its people, on SQLite: for what does not depend on the database."""
    return worlds(sqlite_settings).organise()
