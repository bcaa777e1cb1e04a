"""Four processes carry one outbox; one is killed in the middle of a batch: nothing stays unsent, and repeats are its own."""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
from aiohttp import web

from server.clock import now_ms
from server.reminders.delivery import BATCH, WAITING
from server.settings import Settings
from server.store import reminders as sql
from server.store.reminders import Said
from tests.support.process import Process
from tests.support.push import PushService, Reminding, free_port, subscribes
from tests.support.world import World

COUNT = 10 * BATCH
BEFORE_THE_KILL = BATCH


async def _add(world: World) -> None:
    now = now_ms()
    said = [Said(f"{n:022}", world.id("amina"), "digest", 1, 0, 0, now + 3_600_000) for n in range(COUNT)]
    async with world.server.store.writing() as tx:
        await sql.add_said(tx, world.organisation, said, now_ms=now)
    await world.server.hub.poke("", {WAITING: 0})


async def _until_quiet(service: PushService) -> None:
    """Wait until nothing has come for a while: who lives has finished."""
    count = -1
    while len(service.came) != count:
        count = len(service.came)
        await asyncio.sleep(3)


async def _end_leases(world: World) -> None:
    """A minute passes for the rows that are still leased."""
    async with world.server.store.writing() as tx:
        await tx.run("UPDATE push_delivery SET next_at = ? WHERE state = 'waiting'", now_ms())
    await world.server.hub.poke("", {WAITING: 0})


def test_a_process_killed_in_a_batch_leaves_nothing_unsent(
    worlds: Callable[[Settings], World], settings_on_postgres: Settings, tmp_path: Path
) -> None:
    service = PushService(free_port())
    settings = msgspec.structs.replace(settings_on_postgres, push_extra_origins=service.origin)
    world = worlds(settings).organise()
    Reminding(world)  # its own carriers rest
    world.run(service.start())
    subscribes(world.device("amina"), service.browser())
    processes = [Process(settings, tmp_path / f"log-{n}").start() for n in range(4)]

    async def slowly() -> web.Response:
        await asyncio.sleep(0.03)
        return web.Response(status=201)

    service.answer = lambda _: slowly()
    world.run(_add(world))
    world.run(service.gets(BEFORE_THE_KILL))
    processes[0].kill()
    world.run(_until_quiet(service))
    left = {row[0] for row in world.rows("SELECT reminder FROM push_delivery WHERE state = 'waiting'")}
    world.run(_end_leases(world))
    world.run(_until_quiet(service))

    came = Counter(headers["Topic"] for _, headers, _ in service.came)
    assert 0 < len(left) <= BATCH
    assert len(came) == COUNT
    assert {topic for topic, count in came.items() if count > 1} <= left
    assert world.rows("SELECT state, count(*) FROM push_delivery GROUP BY state") == [("accepted", COUNT)]
    for process in processes[1:]:
        process.stop()
    world.run(service.stop())
