"""The product's side of every ratio: a process of its own, one organisation, one event, one worker and fifty at desks."""

import asyncio
import cProfile
import json
import pstats
import re
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import asyncpg
import zstandard

from bench.crowd import ALL, CROWD, EACH, Ask, Client, crowd
from bench.day import Maker
from bench.servers import BATCH, Process, Sample
from server.acts import make_organisation
from server.app import Server
from server.clock import new_author, new_id, now_ms
from server.exchange.exchange import exchange
from server.exchange.settle import Caller
from server.people.sign_in import TABLET_MS, hash_token
from server.settings import Settings
from server.store import people as people_sql
from sync.edits import Edit
from sync.kinds import KINDS_VERSION
from sync.stamp import from_ms
from sync.wire import encode_edit

PARTS = {
    "decode": ("wire.py", "checks.py"),
    "rights": ("access.py", "around.py", "audiences.py", "rights.py", "moves.py", "constraints.py", "ids.py"),
    "apply": ("apply.py", "settle.py", "digest.py", "stamp.py"),
    "SQL": ("engine.py", "core.py", "records.py"),
    "load and write": ("load.py", "commit.py"),
}
IN_C = {"sqlite3": "SQL", "select.epoll": "waiting for the database"}


class Product:
    """Serves from an own folder; ``url`` empty: SQLite."""

    def __init__(self, folder: Path, url: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.url = folder, url
        self.settings = Settings(database_url=url, database_file=str(folder / "db.sqlite"), state_dir=str(folder))
        environment = {
            "ONTHAAL_DATABASE_URL": url, "ONTHAAL_DATABASE_FILE": str(folder / "db.sqlite"), "ONTHAAL_STATE_DIR": str(folder),
            "ONTHAAL_PORT": "PORT",
        }  # fmt: skip
        self.process = Process(["-m", "server", "serve"], environment)
        self.seed = self.call = self.filled = 0
        self.epoch, self.cursors = "", dict[str, int]()
        self.desks = [dict[str, int]() for _ in range(CROWD)]  # how far each desk of the crowd has read
        self.tokens = [f"token-{n}" for n in range(CROWD + 1)]

    def __enter__(self) -> "Product":
        asyncio.run(self._prepare())
        self.process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.stop()

    @property
    def started_s(self) -> float:
        """Return how long the server took to answer."""
        return self.process.started_s

    def memory_mb(self) -> float:
        """Return the server's resident memory."""
        return self.process.memory_mb()

    async def _prepare(self) -> None:
        server = Server(self.settings)
        await server.start()
        self.organisation, coordinator = await make_organisation(
            server, "Bench", "Coordinator", "bench@example.org", "x" * 20
        )
        self.event, now = new_id(), now_ms()
        members = [new_id() for _ in self.tokens]
        async with server.store.writing() as tx:
            for token, member in zip(self.tokens, members, strict=True):
                role = "generalist" if member == members[0] else "coordinator"
                person = people_sql.Member(self.organisation, member, "Worker", role, None, None, True)
                await people_sql.add_member(tx, person, None, now_ms=now)
                await people_sql.add_device(
                    tx,
                    new_id(),
                    person,
                    hash_token(token),
                    "",
                    is_session=False,
                    expires_at=now + TABLET_MS,
                    now_ms=now,
                )
        for member in members:
            role = "generalist" if member == members[0] else "coordinator"
            await server.write_member(self.organisation, coordinator, member, {"display_name": "Worker", "role": role})
        values = {"name": "Bench", "state": "open"} | {f"team/{member}": True for member in members}
        edit = Edit(new_author(), 1, from_ms(now), "event", self.event, dict(values), self.event)
        assert await server.write_as(self.organisation, coordinator, "coordinator", self.event, [edit]) == [["ok"]]
        self.members = members
        await server.stop()

    def maker(self) -> Maker:
        self.seed += 1
        return Maker(seed=self.seed, event=self.event, author=new_author(), start_ms=now_ms() - 3_600_000)

    def body(self, edits: list[bytes], cursors: dict[str, int], *, epoch: str = "", limit: int = 1000) -> bytes:
        self.call += 1
        head = {
            "protocol": 1,
            "kinds": KINDS_VERSION,
            "epoch": epoch,
            "call": self.call,
            "now": now_ms(),
            "cursors": cursors,
        }
        return json.dumps(head).encode()[:-1] + b',"limit":%d,"edits":[' % limit + b",".join(edits) + b"]}"

    def sync(
        self,
        edits: list[bytes],
        cursors: dict[str, int],
        *,
        token: str = "token-0",
        encoding: str = "",
        limit: int = 1000,
    ) -> bytes:
        """Return the reply to one call."""
        headers = _headers(token) | {"accept-encoding": encoding or "identity"}
        return self.process.ask("POST", "/api/sync", self.body(edits, cursors, epoch=self.epoch, limit=limit), headers)

    def ahead(self, token: str = "token-0") -> dict[str, int]:
        """Return cursors at the end of every stream: a client that wants nothing back."""
        cursors: dict[str, int] = {}
        while True:
            reply = self.sync([], cursors, token=token)
            self.epoch = json.loads(reply)["epoch"]
            cursors, more = read_streams(reply)
            if not more:
                return cursors

    def push_day(self) -> Sample:
        cursors = self.ahead()
        edits = [encode_edit(edit) for edit in self.maker().day(1500, 2200)]
        with self.process.timed() as out:
            for i in range(0, len(edits), BATCH):
                cursors = self._push(edits[i : i + BATCH], cursors)
        self.filled += 1500
        return out[0]

    def _push(self, edits: list[bytes], cursors: dict[str, int]) -> dict[str, int]:
        reply = self.sync(edits, cursors)
        acks = json.loads(reply)["acks"]
        assert all(ack == ["ok"] for ack in acks), acks[:3]
        return read_streams(reply)[0]

    def fill(self, records: int) -> None:
        """Push until there are so many records; most arrive in the order they were made, as on a day."""
        missing = max(records - self.filled, 0)
        edits = [encode_edit(edit) for edit in self.maker().day(missing, missing)]
        cursors = self.ahead()
        for i in range(0, len(edits), BATCH):
            cursors = self._push(edits[i : i + BATCH], cursors)
        self.filled += missing
        self.cursors = self.ahead()

    def pull_all(self) -> Sample:
        return self._pull("identity")[0]

    def pull_first(self) -> Sample:
        """Return what pages take that nobody has read yet: no other client asks for so many entries at a time."""
        return self._pull("identity", limit=999)[0]

    def pull_compressed(self) -> tuple[Sample, int]:
        return self._pull("zstd")

    def _pull(self, encoding: str, *, limit: int = 1000) -> tuple[Sample, int]:
        cursors: dict[str, int] = {}
        size, more, records = 0, True, 0
        with self.process.timed() as out:
            while more:
                body = self.sync([], cursors, encoding=encoding, limit=limit)
                size += len(body)
                reply = zstandard.decompress(body, 2**22) if encoding == "zstd" else body
                cursors, more = read_streams(reply)
                records += sum(len(page.get("records", ())) for page in json.loads(reply)["streams"].values())
        assert records >= self.filled, (records, self.filled)
        return out[0], size

    def incremental(self) -> Sample:
        edits = [encode_edit(edit) for edit in self.maker().day(5, 5)]
        with self.process.timed() as out:
            self.cursors = self._push(edits, self.cursors)
        self.filled += 5
        return out[0]

    def crowd(self) -> Sample:
        """Return what fifty desks took; ``crowded`` says more."""
        if not self.desks[0]:
            now = {name: at for name, at in self.ahead("token-1").items() if "/member:" not in name}
            self.desks = [dict(now) for _ in self.desks]
        self.crowded = crowd(self.process, [self._client(n) for n in range(CROWD)])
        self.filled += ALL
        return self.crowded.sample

    def _client(self, n: int) -> Client:
        headers, desk = _headers(self.tokens[n + 1]), f"event:{self.event}/desk"
        body = self.body([encode_edit(edit) for edit in self.maker().day(EACH, EACH)], self.desks[n], epoch=self.epoch)
        goal = self.desks[n][desk] + ALL

        def client(ask: Ask, everybody: Callable[[], object]) -> None:
            cursors, _ = read_streams(ask("POST", "/api/sync", body, headers))
            everybody()
            while cursors[desk] < goal:
                cursors, _ = read_streams(ask("POST", "/api/sync", self.body([], cursors, epoch=self.epoch), headers))
            self.desks[n] = cursors

        return client

    def bytes_per_record(self) -> float:
        """Return what a record costs on the disk, with its history, streams and indexes."""
        if self.url:
            return asyncio.run(_database_size(self.url)) / self.filled
        return sum(path.stat().st_size for path in self.folder.glob("db.sqlite*")) / self.filled

    def profile_push(self) -> dict[str, float]:
        """Return the shares of a push's time, by part, in this process."""
        profile = cProfile.Profile()

        async def go() -> None:
            server = Server(self.settings)
            await server.start()
            caller = Caller(self.organisation, self.members[0], "profile", "generalist")
            for _ in range(2):
                self.filled += 400
                body = self.body([encode_edit(edit) for edit in self.maker().day(400, 500)], {}, epoch=server.epoch)
                profile.enable()
                await exchange(
                    body, caller=caller, settler=server.settler, keys=server.transport, now_ms=now_ms(),
                )  # fmt: skip
                profile.disable()
            await server.stop()

        asyncio.run(go())
        totals: dict[str, float] = {}
        stats = vars(pstats.Stats(profile))["stats"]  # its type stub leaves the table out
        for (file, _, function), (_, _, own_s, _, _) in stats.items():
            part = next((name for name, files in PARTS.items() if file.endswith(files)), "the rest")
            # What is written in C has no file: the database's statements, and waiting for its disk or process.
            part = next((name for word, name in IN_C.items() if word in function), part)
            totals[part] = totals.get(part, 0.0) + own_s
        whole = sum(totals.values())
        return {name: seconds / whole for name, seconds in sorted(totals.items(), key=lambda item: -item[1])}


_FROM = b'":{"from":'  # after a stream's name; quotes in texts are escaped
_PAGE = re.compile(rb'\d+,"at":(\d+),"more":(true|false)')


def read_streams(reply: bytes) -> tuple[dict[str, int], bool]:
    """Return the cursors of a reply, and whether there is more, without looking at its records.

    A pattern over the whole reply took 8 ms a page: with fifty clients in one process that was half of the crowd's time.
    """
    before, *pages = reply.split(_FROM)
    cursors, has_more = dict[str, int](), False
    for page in pages:
        if head := _PAGE.match(page):
            cursors[before[before.rindex(b'"') + 1 :].decode()] = int(head[1])
            has_more = has_more or head[2] == b"true"
        before = page
    return cursors, has_more


def _headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}", "content-type": "application/json", "accept-encoding": "identity"}


async def _database_size(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("SELECT pg_database_size(current_database())"))
    finally:
        await connection.close()
