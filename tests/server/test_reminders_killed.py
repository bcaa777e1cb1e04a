"""Four processes decide and carry; one is killed in the middle of a batch: nothing stays unsaid or unsent."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from aiohttp import web

from server.clock import now_ms
from server.reminders.delivery import BATCH, WAITING
from server.reminders.scheduler import CHANGED
from server.settings import Settings
from server.store import people, pushes
from server.store import reminders as sql
from server.store.reminders import Said, TaskRow
from tests.support.process import Process
from tests.support.push import Browser, PushService, Reminding, free_port, subscribes
from tests.support.world import World

COUNT = 10 * BATCH
BEFORE_THE_KILL = BATCH
NEVER_QUIET = '{"quiet_from":"00:00","quiet_until":"00:00","quiet_days":[],"digest":false}'


async def _add(world: World) -> None:
    now = now_ms()
    said = [Said(f"{n:022}", world.id("amina"), "digest", 1, 0, 0, now + 3_600_000) for n in range(COUNT)]
    async with world.server.store.writing() as tx:
        await sql.set_wishes(tx, world.organisation, "", NEVER_QUIET)  # whatever the hour this runs at
        await sql.add_said(tx, world.organisation, said, now_ms=now)
    await world.server.hub.poke("", {WAITING: 0})


def _started(processes: Iterable[Process]) -> list[Process]:
    with ThreadPoolExecutor() as side_by_side:
        return list(side_by_side.map(Process.start, processes))


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
    processes = _started(Process(settings, tmp_path / f"log-{n}") for n in range(4))

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


# ── deciding ──────────────────────────────────────────────────────────────────────────────────────────

ORGANISATIONS, PROMISES = 4, 200
COUNT_DUE = ORGANISATIONS * PROMISES
HOUR_MS = 3_600_000
# One row takes 20 ms: a batch is long enough to be seen, and to be killed in.
SLOWLY = (
    "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END $$",
    "CREATE TRIGGER slowly BEFORE INSERT ON reminder FOR EACH ROW EXECUTE FUNCTION slowly()",
)
DECIDES = "SELECT DISTINCT application_name FROM pg_stat_activity WHERE wait_event = 'PgSleep' ORDER BY 1"


async def _promise(world: World, browser: Browser) -> None:
    """Promises that are due in an hour, of several organisations that are quiet never; each of a member with a device."""
    now, before = now_ms(), now_ms() - 3 * HOUR_MS
    given = browser.subscription(world.server.reminders.keys.current())
    device = (given["endpoint"], given["p256dh"], given["auth"], given["key"], "nl")
    async with world.server.store.writing() as tx:
        for statement in SLOWLY:
            await tx.run(statement)
        for n in range(ORGANISATIONS):
            await people.add_organisation(tx, f"o{n}", f"o{n}", now_ms=now)
            await sql.set_wishes(tx, f"o{n}", "", NEVER_QUIET)
            ids = [f"o{n}-{m}" for m in range(PROMISES)]
            for id in ids:
                await pushes.subscribe(tx, f"o{n}", id, id, device, now_ms=now)
            tasks = [TaskRow(id, id, "e", "call", now + HOUR_MS, 0, "", before, 0, before, now) for id in ids]
            await sql.replace_tasks(tx, f"o{n}", [], tasks)
    await world.server.hub.poke("", {CHANGED: 0})


def _until(check: Callable[[], bool]) -> None:
    ends = time.monotonic() + 90
    while not check():
        assert time.monotonic() < ends, "it never came"


def test_a_process_killed_while_it_decides_leaves_nothing_unsaid_and_nothing_is_said_twice(
    worlds: Callable[[Settings], World], settings_on_postgres: Settings, tmp_path: Path
) -> None:
    service = PushService(free_port())
    settings = msgspec.structs.replace(settings_on_postgres, push_extra_origins=service.origin)
    world = worlds(settings).organise()
    Reminding(world)  # its own rest
    world.run(service.start())
    url = settings.database_url
    named = [msgspec.structs.replace(settings, database_url=f"{url}?application_name=process-{n}") for n in range(4)]
    processes = _started(Process(one, tmp_path / f"log-{n}") for n, one in enumerate(named))

    def said() -> int:
        return int(world.rows("SELECT count(*) FROM reminder")[0][0])

    def all_decide() -> bool:
        assert said() < COUNT_DUE, "they decide one after the other"
        return [row[0] for row in world.rows(DECIDES)] == [f"process-{n}" for n in range(4)]

    world.run(_promise(world, service.browser()))
    _until(all_decide)
    killed = processes.pop(2)
    killed.kill()
    _until(lambda: said() >= COUNT_DUE)
    world.run(_until_quiet(service))
    world.run(_end_leases(world))
    world.run(_until_quiet(service))

    about = Counter(row[0] for row in world.rows("SELECT record FROM reminder_about"))
    assert about == {f"o{n}-{m}": 1 for n in range(ORGANISATIONS) for m in range(PROMISES)}
    assert world.rows("SELECT state, count(*) FROM push_delivery GROUP BY state") == [("accepted", COUNT_DUE)]
    came = {headers["Topic"] for _, headers, _ in service.came}
    assert came == {row[0] for row in world.rows("SELECT id FROM reminder")}
    for process in processes:
        process.stop()
    world.run(service.stop())
