"""A database that the last version before anything was sealed left: support/before, written by that version's own code."""

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

from server.app import Server
from server.clock import now_ms
from server.exchange.check import differences
from server.exchange.exchange import exchange
from server.exchange.settle import Caller
from server.settings import Settings
from server.store.history import history_of
from sync.apply import view
from sync.edits import Value
from sync.kinds import KINDS_VERSION
from sync.wire import decode_edit, decode_record

BEFORE = Path(__file__).resolve().parents[1] / "support" / "before"
LEFT: dict[str, Any] = json.loads((BEFORE / "sealing.json").read_text(encoding="utf-8"))
EDITS: list[dict[str, Any]] = LEFT["edits"]  # what one worker had sent, in order


def said() -> dict[str, dict[str, Value]]:
    """Return what the edits say of each record, the later over the earlier."""
    views: dict[str, dict[str, Value]] = {}
    for edit in EDITS:
        views.setdefault(edit["id"], {}).update(edit["set"])
    return views


async def told(server: Server) -> dict[str, dict[str, Value]]:
    """Return what a coordinator's new desk is told, every stream read to its end."""
    async with server.store.reading() as tx:
        rows = await tx.fetch("SELECT id FROM member WHERE role = 'coordinator' ORDER BY id")
    caller = Caller(LEFT["organisation"], rows[0][0], "desk", "coordinator")
    head = {"protocol": 1, "kinds": KINDS_VERSION, "epoch": server.epoch, "call": 1, "edits": [], "limit": 20}
    cursors: dict[str, int] = {}
    views: dict[str, dict[str, Value]] = {}
    while True:
        body = json.dumps({**head, "now": now_ms(), "cursors": cursors}).encode()
        reply = json.loads(
            await exchange(body, caller=caller, settler=server.settler, keys=server.transport, now_ms=now_ms())
        )
        for name, page in reply["streams"].items():
            cursors[name] = page["at"]
            for record in page.get("records", ()):
                views[record["id"]] = dict(view(decode_record(json.dumps(record).encode())))
        if not any(page["more"] for page in reply["streams"].values()):
            return views


def test_opens_whole_with_this_one_and_no_word_lies_in_clear_any_more(sqlite_settings: Settings) -> None:
    file = Path(sqlite_settings.database_file)
    with sqlite3.connect(file) as database:
        database.executescript((BEFORE / "sealing.sql").read_text(encoding="utf-8"))
    database.close()
    words = [edit["set"]["own_words"].encode() for edit in EDITS if "own_words" in edit["set"]]
    assert all(one in file.read_bytes() for one in words)

    async def opens() -> None:
        server = Server(sqlite_settings)
        await server.start()
        try:
            found, expected = await told(server), said()
            assert {id: found[id] for id in expected} == expected
            async with server.store.reading() as tx:
                past = await history_of(tx, LEFT["organisation"], expected)
            kept = {(edit.a, edit.n): dict(edit.set) for edit in (decode_edit(one.body) for one in past)}
            assert kept == {(edit["a"], edit["n"]): edit["set"] for edit in EDITS}
            assert await differences(server.store) == []
        finally:
            await server.stop()

    asyncio.run(opens())
    lying = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    assert not [one for one in words if one in lying]
