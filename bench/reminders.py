"""What reminders cost: deciding over many follow-ups, looking when nothing is due, and ten thousand that leave."""

import asyncio
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import aiohttp
import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.servers import free_port
from bench.tables import Table
from server.keys import as_text
from server.poke.hub import Hub
from server.reminders.delivery import Delivery
from server.reminders.due import Task, Walls, due
from server.reminders.endpoints import Services
from server.reminders.parts import new_reminder_id
from server.reminders.pushkeys import PushKeys
from server.reminders.rules import Rules, Wishes
from server.reminders.scheduler import Scheduler
from server.reminders.sender import Sender
from server.store import people, pushes, reminders
from server.store.engine import Store
from server.store.migrations import migrate
from server.store.people import Member
from server.store.reminders import TaskRow

MANY, LEAVING, MEMBERS = 100_000, 10_000, 300
NOW = 1_790_000_000_000  # a Monday afternoon, nobody's quiet hour
HOUR_MS = 3_600_000
FORTNIGHT_MS, YEAR_MS = 14 * 24 * HOUR_MS, 365 * 24 * HOUR_MS
DUE_MS_MAX, LEAVE_S_MAX, LOOK_MS_MAX = 200.0, 60.0, 20.0


def measure_reminders(table: Table, name: str, root: Path, url: str) -> None:
    """Note what is decided and carried; the limits are the product's own, not ratios."""
    if not url:
        _measure_due(table)
    port = free_port()
    stub = subprocess.Popen([sys.executable, "-m", "bench.push_stub", str(port)])
    try:
        asyncio.run(_measure_server(table, name, root, url, port))
    finally:
        stub.kill()
        stub.wait()


def _measure_due(table: Table) -> None:
    _decide(table, "of a year", YEAR_MS, lambda: [Walls(Rules())] * MEMBERS)
    # Nearly a third of them are so near that their moments are computed, and nobody shares what was computed with another.
    _decide(table, "of two weeks", FORTNIGHT_MS, lambda: [Walls(Rules())] * MEMBERS)
    _decide(table, "of two weeks, own rules", FORTNIGHT_MS, lambda: [Walls(_own(n)) for n in range(MEMBERS)])


def _own(n: int) -> Rules:
    """Return rules that no two members have alike."""
    return Rules(evening_at=f"{17 + n % 4}:{n % 60:02}", quiet_from=f"2{n % 3}:{n % 60:02}", quiet_days=[1 + n % 7])


def _decide(table: Table, which: str, ahead_ms: int, rules: Callable[[], list[Walls]]) -> None:
    chance = random.Random(1)
    members: dict[str, list[Task]] = {}
    for n in range(MANY):
        at = NOW + chance.randrange(60_000, ahead_ms) // 60_000 * 60_000
        member = f"m{n % MEMBERS}"
        members.setdefault(member, []).append(Task(f"r{n}", member, at, 0, "P1D", NOW - HOUR_MS, False, NOW - HOUR_MS))
    took: list[float] = []
    for _ in range(5):
        started = time.perf_counter()
        for tasks, walls in zip(members.values(), rules(), strict=True):
            due(tasks, walls, said_today=0, now=NOW)
        took.append(time.perf_counter() - started)
    table.check(f"due over {MANY} {which}", statistics.median(took) * 1000, DUE_MS_MAX, "ms", "pure")


async def _measure_server(table: Table, name: str, root: Path, url: str, port: int) -> None:
    store = Store(file=root / "reminders.sqlite", url=url)
    await store.open()
    await migrate(store)
    keys = PushKeys(root / f"push-keys-{name}.json")
    keys.start()
    sender = Sender(keys, Services(extra=frozenset({f"http://127.0.0.1:{port}"})), "mailto:bench@localhost")
    scheduler = Scheduler(store, Hub(), now_ms=lambda: NOW, new_id=new_reminder_id)
    delivery = Delivery(store, sender, "https://onthaal.example", now_ms=lambda: NOW)
    try:
        await _organise(store)
        await _fill(store, MANY, lambda n: NOW + YEAR_MS, members=MEMBERS)
        await _add_devices(store, range(MEMBERS), keys.current(), port)
        await _look(table, name, scheduler)
        await _add_devices(store, range(MANY, MANY + LEAVING), keys.current(), port)
        await _fill(store, LEAVING, lambda n: NOW + HOUR_MS, first=MANY)
        await _until_up(port)
        await _leave(table, name, scheduler, delivery)
    finally:
        await sender.close()
        await store.close()


async def _look(table: Table, name: str, scheduler: Scheduler) -> None:
    await scheduler.look(NOW)
    for what, changed in (("none due", set[str]()), ("one changed", {"o"})):
        started = time.perf_counter()
        for _ in range(20):
            await scheduler.look(NOW, changed=changed)
        look_ms = (time.perf_counter() - started) / 20 * 1000
        table.check(f"a look with {MANY} follow-ups, {what}", look_ms, LOOK_MS_MAX, "ms", name)


async def _leave(table: Table, name: str, scheduler: Scheduler, delivery: Delivery) -> None:
    started, cpu = time.perf_counter(), os.times()
    await scheduler.look(NOW)
    decided_s = time.perf_counter() - started
    await delivery.carry()
    left_s, used = time.perf_counter() - started, os.times()
    table.check(f"{LEAVING} due reminders decided, encrypted, sent", left_s, LEAVE_S_MAX, "s", name)
    cpu_s = used.user + used.system - cpu.user - cpu.system
    table.figure(
        name, "of which deciding", f"{decided_s:.1f} s; {cpu_s / LEAVING * 1000:.2f} ms of CPU a push, one process"
    )


async def _fill(
    store: Store, count: int, at: Callable[[int], int], *, first: int = 0, members: int = MANY + LEAVING
) -> None:
    for start in range(first, first + count, 5_000):
        rows = [
            TaskRow(
                f"r{n}", f"m{n % members}", "e", "call", at(n), 0, "", NOW - YEAR_MS, 0, NOW - YEAR_MS, at(n) - HOUR_MS
            )
            for n in range(start, min(start + 5_000, first + count))
        ]
        async with store.writing() as tx:
            await reminders.replace_tasks(tx, "o", [], rows)


async def _organise(store: Store) -> None:
    """Make an organisation of members, each with wishes of their own."""
    async with store.writing() as tx:
        await people.add_organisation(tx, "o", "bench", now_ms=NOW)
        for n in range(MEMBERS):
            member = Member("o", f"m{n}", f"M {n}", "generalist", None, None, True)
            await people.add_member(tx, member, None, now_ms=NOW)
            own = msgspec.json.encode(Wishes(evening_at=_own(n).evening_at)).decode()
            await reminders.set_wishes(tx, "o", member.id, own)


async def _add_devices(store: Store, members: Iterable[int], key: str, port: int) -> None:
    points = [
        as_text(
            generate_private_key(SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        )
        for _ in range(100)
    ]
    async with store.writing() as tx:
        for n in members:
            given = (f"http://127.0.0.1:{port}/{n}", points[n % 100], as_text(bytes(16)), key, "nl")
            await pushes.subscribe(tx, "o", f"m{n}", f"d{n}", given, now_ms=NOW)


async def _until_up(port: int) -> None:
    async with aiohttp.ClientSession() as session:
        while True:
            with suppress(aiohttp.ClientError):
                await session.post(f"http://127.0.0.1:{port}/")
                return
