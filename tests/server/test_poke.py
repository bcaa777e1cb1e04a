"""Poke: "ask again", at once, on every process, without content; and it never holds up a shutdown."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import httpx
import msgspec
import pytest

from server.exchange import routes
from server.people.sign_in import hash_token
from server.poke.hub import Listener
from server.settings import Settings
from server.store import people
from sync.edits import Edit
from sync.wire import encode_edit
from tests.support.process import Process
from tests.support.world import Device, World


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Callable[[Settings], Process]]:
    started: list[Process] = []

    def start(settings: Settings) -> Process:
        process = Process(settings, tmp_path / f"server-{len(started)}.log").start()
        started.append(process)
        return process

    yield start
    for process in started:
        process.stop()


@contextmanager
def listening(device: Device, url: str) -> Iterator[Iterator[str]]:
    """An open connection; yields its lines after the first."""
    timeout = httpx.Timeout(20)
    with httpx.stream("GET", f"{url}/api/poke", headers=device.headers, timeout=timeout) as answer:
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/event-stream")
        lines = answer.iter_lines()
        assert next(lines) == ": listening"
        yield (line for line in lines if line)


def pushes(device: Device, url: str, *edits: Edit) -> None:
    body = device.body(map(encode_edit, edits))
    headers = {**device.headers, "Content-Type": "application/json"}
    answer = httpx.post(f"{url}/api/sync", content=body, headers=headers, timeout=20)
    assert {tuple(ack) for ack in answer.json()["acks"]} == {("ok",)}


def test_a_hand_over_pokes_the_table_and_nobody_who_may_not_see_it(
    worlds: Callable[[Settings], World], processes: Callable[[Settings], Process], settings: Settings
) -> None:
    world = worlds(settings).organise()
    amina, sofie, tom = (world.device(name) for name in ("amina", "sofie", "tom"))
    card, values = world.card("fox", "79")
    service = f"event:{world.event}/service:{world.id('housing-service')}"
    process = processes(settings)

    with listening(sofie, process.url) as heard, listening(tom, process.url) as others:
        pushes(
            amina, process.url, amina.edit(1, card, "card", **values),
            amina.edit(2, "handover-1", "referral", card=card, to_table=world.id("housing-table"), mode="walked_over",
                       state="requested"),
        )  # fmt: skip
        assert next(heard) == "event: changed"
        told = next(heard)
        assert next(others) == "event: changed"
        told_others = json.loads(next(others).removeprefix("data: "))

    positions = json.loads(told.removeprefix("data: "))
    assert positions[service] == 1
    assert set(told_others) == {f"event:{world.event}/cards"}, "only that a card was given"
    assert card not in told


def test_processes_on_one_postgresql_poke_each_others_listeners(
    worlds: Callable[[Settings], World],
    processes: Callable[[Settings], Process],
    postgres_url: str,
    sqlite_settings: Settings,
) -> None:
    settings = msgspec.structs.replace(sqlite_settings, database_url=postgres_url)
    world = worlds(settings).organise()
    amina, griet = world.device("amina"), world.device("griet")
    one, two = processes(settings), processes(settings)

    with listening(griet, two.url) as heard:
        pushes(amina, one.url, amina.edit(1, "talk-1", channel="tent"))
        assert next(heard) == "event: changed"
        assert f"event:{world.event}/desk" in next(heard)


def test_revoking_a_tablet_ends_its_connection(
    worlds: Callable[[Settings], World], processes: Callable[[Settings], Process], sqlite_settings: Settings
) -> None:
    world = worlds(sqlite_settings).organise()
    amina, griet = world.device("amina"), world.device("griet")
    process = processes(sqlite_settings)

    with listening(amina, process.url) as heard:
        answer = httpx.post(f"{process.url}/api/devices/{amina.id}/revoke", headers=griet.headers)
        assert answer.status_code == 200
        assert list(heard) == [], "it ends"
    assert httpx.get(f"{process.url}/api/poke", headers=amina.headers).status_code == 401


def test_access_taken_away_in_another_process_ends_the_connection_at_the_next_quiet_moment(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = worlds(sqlite_settings).organise()
    amina, griet = world.device("amina"), world.device("griet")
    monkeypatch.setattr(routes, "QUIET_S", 0.05)
    monkeypatch.setattr(world.server.hub, "end_device", lambda device: None)  # it happened elsewhere
    griet.asks("POST", f"/api/devices/{amina.id}/revoke")

    async def listens() -> list[bytes]:
        caller = routes.caller_of(await _user(world, amina))
        listener = Listener(caller.organisation, caller.device, frozenset())
        return [line async for line in routes._events(listener, world.server.hub, world.server.store, caller, 2**60)]

    assert world.run(listens()) == [b": listening\n\n"]


async def _user(world: World, device: Device) -> object:
    async with world.server.store.reading() as tx:
        return await people.device_of(tx, hash_token(device.token))


def test_a_shutdown_is_not_held_up_by_tablets_that_listen(
    worlds: Callable[[Settings], World], tmp_path: Path, settings: Settings
) -> None:
    world = worlds(settings).organise()
    amina, griet = world.device("amina"), world.device("griet")
    process = Process(settings, tmp_path / "server.log").start()

    with listening(amina, process.url), listening(griet, process.url):
        assert process.stop() in (0, -15)  # uvicorn ends by the signal it was given

    assert "Traceback" not in process.log.read_text()


def test_a_listener_wakes_up_after_the_databases_connection_was_lost(
    worlds: Callable[[Settings], World], postgres_url: str, sqlite_settings: Settings
) -> None:
    world = worlds(msgspec.structs.replace(sqlite_settings, database_url=postgres_url)).organise()
    hub = world.server.hub
    listener = Listener(world.organisation, "d", frozenset({"org"}))
    hub.listeners.add(listener)

    async def lose_and_wait() -> list[dict[str, int] | None]:
        await asyncio.sleep(0.5)
        listener.changed.clear()
        listener._awake.clear()
        connection = await asyncpg.connect(postgres_url)
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'onthaal-poke'"
            " AND datname = current_database()"
        )
        woken = await listener.take(20)
        await connection.execute("SELECT pg_notify('onthaal_poke', $1)", f"{world.organisation} org:77")
        told = await listener.take(20)
        await connection.close()
        return [woken, told]

    assert world.run(lose_and_wait()) == [{"org": 0}, {"org": 77}]
