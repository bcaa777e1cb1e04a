"""40 writers at once and a reader that polls: no record is ever passed over. With a control that shows why."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import pytest

from server.exchange import commit
from server.exchange.check import differences
from server.exchange.settle import Sent
from server.exchange.together import Settler
from server.settings import Settings
from server.store import records as sql
from server.store.engine import Tx
from sync.wire import Ack, encode_edit
from tests.support.world import Device, World, author_of

WRITERS, CALLS, EDITS = 40, 6, 3


class EachAlone(Settler):
    """As if every call came to another process: no two share a transaction, all are after the same lock."""

    async def settle(self, scope: str, sent: Sequence[Sent]) -> list[Ack]:
        return await Settler(self.store, self.poke, self.note).settle(scope, sent)


@pytest.fixture
def postgres_world(worlds: Callable[[Settings], World], postgres_url: str, sqlite_settings: Settings) -> World:
    """A server with its people, on PostgreSQL."""
    world = worlds(msgspec.structs.replace(sqlite_settings, database_url=postgres_url)).organise()
    server = world.server
    world.app.state.settler = EachAlone(server.store, server.poke, server.note)
    return world


async def _posts(world: World, device: Device, body: bytes) -> dict[str, Any]:
    headers = {**device.headers, "Content-Type": "application/json"}
    while True:
        answer = await world.http.post("/api/sync", content=body, headers=headers)
        if answer.status_code == 200:
            return answer.json()
        assert answer.status_code == 503 and int(answer.headers["retry-after"]) > 0
        await asyncio.sleep(random.random() / 10)


def missed(world: World) -> set[str]:
    """Let everybody write while the desk polls; return the ids that the desk never got."""
    amina, griet = world.device("amina"), world.device("griet")
    desk = f"event:{world.event}/desk"
    written: set[str] = set()
    seen: set[str] = set()

    async def writer(number: int) -> None:
        author = author_of(f"writer {number}")
        for call in range(CALLS):
            edits = [
                msgspec.structs.replace(amina.edit(n, f"talk {number} {n}", channel="tent"), a=author)
                for n in range(call * EDITS + 1, (call + 1) * EDITS + 1)
            ]
            reply = await _posts(world, amina, amina.body(map(encode_edit, edits), cursors={"org": 10**6}, limit=1))
            assert reply["acks"] == [["ok"]] * EDITS
            written.update(edit.id for edit in edits)

    async def reader(writers: asyncio.Task[object]) -> None:
        at, last = 0, False
        while not last:
            last = writers.done()
            reply = await _posts(world, griet, griet.body(cursors={desk: at}))
            page = reply["streams"][desk]
            seen.update(record["id"] for record in page.get("records", ()))
            at = page["at"]
            last = last and not page["more"]

    async def all_of_it() -> None:
        writers = asyncio.gather(*(writer(number) for number in range(WRITERS)))
        task = asyncio.ensure_future(writers)
        await reader(task)
        await task

    world.run(all_of_it())
    assert len(written) == WRITERS * CALLS * EDITS
    return written - seen


def test_a_polling_reader_misses_nothing_of_40_writers(postgres_world: World) -> None:
    assert missed(postgres_world) == set()
    assert postgres_world.rows("SELECT count(DISTINCT position) = count(*) FROM entry e JOIN stream s ON s.id = e.stream"
                               " WHERE s.name = ?", f"event:{postgres_world.event}/desk") == [(True,)]  # fmt: skip


def test_on_sqlite_too(sqlite_world: World) -> None:
    assert missed(sqlite_world) == set()


def test_one_record_written_in_two_events_at_once_stays_in_one_of_them(postgres_world: World) -> None:
    world = postgres_world
    griet, other = world.device("griet"), world.id("brico")
    assert griet.sends([griet.edit(1, other, "event", event=other, name="Brico", state="open")]).acks == [("ok",)]
    edits = [
        msgspec.structs.replace(
            griet.edit(n, f"talk-{n // 2}", channel="tent"), event=event, a=author_of(f"{event} {n}")
        )
        for n in range(2, 42)
        for event in (world.event, other)
    ]

    async def all_of_them() -> list[list[str]]:
        bodies = [griet.body([encode_edit(edit)], cursors={"org": 10**6}, limit=1) for edit in edits]
        replies = await asyncio.gather(*(_posts(world, griet, body) for body in bodies))
        return [ack for reply in replies for ack in reply["acks"]]

    acks = world.run(all_of_them())

    assert {*map(tuple, acks)} == {("ok",), ("refused", "wrong_record")}
    kept = dict(world.rows("SELECT id, event FROM record WHERE kind = 'visit'"))
    assert len(kept) == 20
    for edit, ack in zip(edits, acks, strict=True):
        assert (kept[edit.id] == edit.event) is (ack == ["ok"])
    assert world.rows("SELECT count(*) FROM entry WHERE place NOT IN (SELECT place FROM record)") == [(0,)]
    assert world.run(differences(world.server.store)) == []


def test_positions_from_a_plain_sequence_without_the_lock_would_be_passed_over(
    postgres_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_lock(tx: Tx, organisation: str, names: object) -> None:
        del tx, organisation, names

    async def by_sequence(
        self: commit._Entries, tx: Tx, organisation: str, places: Mapping[str, int]
    ) -> dict[str, int]:
        rows = await sql.streams(tx, organisation, sorted(self.changes))
        entries = []
        for name, changes in self.changes.items():
            for id, _ in changes:
                [[position]] = await tx.fetch("SELECT nextval('plain')")
                entries.append((rows[name][0], places[id], position))
            await asyncio.sleep(random.random() / 50)  # as a busy server does
        await sql.write_entries(tx, entries)
        last = max(position for _, _, position in entries)
        for name in sorted(self.changes):
            await tx.run("UPDATE stream SET counter = greatest(counter, ?) WHERE id = ?", last, rows[name][0])
        return {}

    async def make_sequence() -> None:
        async with postgres_world.server.store.writing() as tx:
            await tx.run("CREATE SEQUENCE plain START 1000")

    postgres_world.run(make_sequence())
    warm_up = postgres_world.device("amina")
    warm_up.sends([warm_up.edit(1, "first", channel="tent")])
    monkeypatch.setattr(sql, "lock_scopes", no_lock)
    monkeypatch.setattr(commit._Entries, "write", by_sequence)

    assert missed(postgres_world), "the control finds what the design prevents"
