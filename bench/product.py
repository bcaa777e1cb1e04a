"""The product as a ``Server`` of the bench: a process of its own, one organisation, one event, fifty tablets."""

import asyncio
import cProfile
import json
import pstats
import statistics
import sys
import threading
import time
import zlib
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType

from bench.day import Maker
from bench.servers import BATCH, Process, Sample
from bench.tables import Table
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

CROWD, EACH = 50, 100
PARTS = {
    "decode": ("wire.py", "checks.py"),
    "rights": ("access.py", "around.py", "audiences.py", "rights.py", "moves.py", "constraints.py", "ids.py"),
    "apply": ("apply.py", "settle.py", "digest.py", "stamp.py"),
    "SQL": ("engine.py", "core.py", "records.py"),
    "load and write": ("load.py", "commit.py"),
}


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
                person = people_sql.Member(self.organisation, member, "Worker", "generalist", None, None, True)
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
            first = await people_sql.member(tx, self.organisation, coordinator)
            assert first
            await people_sql.add_device(
                tx, new_id(), first, hash_token("desk"), "", is_session=False, expires_at=now + TABLET_MS, now_ms=now
            )
        for member in members:
            await server.write_member(
                self.organisation, coordinator, member, {"display_name": "Worker", "role": "generalist"}
            )
        values = {"name": "Bench", "state": "open"} | {f"team/{member}": True for member in members}
        edit = Edit(new_author(), 1, from_ms(now), "event", self.event, dict(values), self.event)
        assert await server.write_as(self.organisation, coordinator, "coordinator", self.event, [edit]) == [["ok"]]
        self.members = members
        await server.stop()

    def maker(self) -> Maker:
        self.seed += 1
        return Maker(seed=self.seed, event=self.event, author=new_author(), start_ms=now_ms() - 3_600_000)

    def body(self, edits: list[bytes], cursors: dict[str, int], *, epoch: str = "") -> bytes:
        self.call += 1
        head = {
            "protocol": 1,
            "kinds": KINDS_VERSION,
            "epoch": epoch,
            "call": self.call,
            "now": now_ms(),
            "cursors": cursors,
        }
        return json.dumps(head).encode()[:-1] + b',"limit":1000,"edits":[' + b",".join(edits) + b"]}"

    def sync(
        self, edits: list[bytes], cursors: dict[str, int], *, token: str = "token-0", encoding: str = "identity",
        connection: HTTPConnection | None = None,
    ) -> bytes:  # fmt: skip
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json", "accept-encoding": encoding}
        body = self.body(edits, cursors, epoch=self.epoch)
        if connection is None:
            return self.process.ask("POST", "/api/sync", body, headers)
        connection.request("POST", "/api/sync", body, headers)
        response = connection.getresponse()
        content = response.read()
        assert response.status == 200, (response.status, content[:300])
        return content

    def ahead(self) -> dict[str, int]:
        """Return cursors at the end of every stream: a client that wants nothing back."""
        cursors: dict[str, int] = {}
        while True:
            reply = json.loads(self.sync([], cursors))
            self.epoch = reply["epoch"]
            cursors = {name: page["at"] for name, page in reply["streams"].items()}
            if not any(page["more"] for page in reply["streams"].values()):
                return cursors

    def push_day(self) -> Sample:
        cursors = self.ahead()
        edits = [encode_edit(edit) for edit in self.maker().day(1500, 2200)]
        with self.process.timed() as out:
            for i in range(0, len(edits), BATCH):
                reply = json.loads(self.sync(edits[i : i + BATCH], cursors))
                cursors = {name: page["at"] for name, page in reply["streams"].items()}
                assert all(ack == ["ok"] for ack in reply["acks"]), reply["acks"][:3]
        self.filled += 1500
        return out[0]

    def fill(self, records: int) -> None:
        missing = max(records - self.filled, 0)
        edits = [encode_edit(edit) for edit in self.maker().day(missing, missing)]
        cursors = self.ahead()
        for i in range(0, len(edits), BATCH):
            reply = json.loads(self.sync(edits[i : i + BATCH], cursors))
            cursors = {name: page["at"] for name, page in reply["streams"].items()}
        self.filled += missing
        self.cursors = self.ahead()

    def pull_all(self, *, compressed: bool) -> Sample:
        return self._pull("zstd" if compressed else "identity")[0]

    def pull_compressed(self) -> tuple[Sample, int]:
        return self._pull("zstd")

    def _pull(self, encoding: str) -> tuple[Sample, int]:
        cursors: dict[str, int] = {}
        size, bodies = 0, 0
        with self.process.timed() as out:
            while True:
                body = self.sync([], cursors, encoding=encoding)
                size += len(body)
                bodies += 1
                reply = json.loads(_inflated(body, encoding))
                cursors = {name: page["at"] for name, page in reply["streams"].items()}
                if not any(page["more"] for page in reply["streams"].values()):
                    break
        return out[0], size

    def incremental(self) -> Sample:
        edits = [encode_edit(edit) for edit in self.maker().day(5, 5)]
        with self.process.timed() as out:
            reply = json.loads(self.sync(edits, self.cursors))
        self.cursors = {name: page["at"] for name, page in reply["streams"].items()}
        self.filled += 5
        return out[0]

    def crowd(self, table: Table, name: str) -> None:
        """Fifty clients at once: each pushes 100 records and pulls everybody's 5 000."""
        took: list[float] = []
        errors: list[str] = []
        start = self.ahead()
        threads = [
            threading.Thread(target=self._one_of_many, args=(n, start, took, errors)) for n in range(1, CROWD + 1)
        ]
        with self.process.timed() as out:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        p99 = statistics.quantiles(took, n=100)[98] if len(took) > 1 else 0.0
        table.figure(
            name, "50 clients, 100 records each up, 5 000 down",
            f"{out[0].wall_s:.2f} s, p99 of a call {p99 * 1000:.0f} ms, {len(errors)} errors",
        )  # fmt: skip
        if errors:
            table.over.append(f"crowd: {errors[0]}")

    def _one_of_many(self, n: int, start: dict[str, int], took: list[float], errors: list[str]) -> None:
        connection = HTTPConnection("127.0.0.1", self.process.port, timeout=120)
        maker = Maker(seed=1000 + n, event=self.event, author=new_author(), start_ms=now_ms() - 3_600_000)
        edits = [encode_edit(edit) for edit in maker.day(100, 100)]
        try:
            cursors = {k: v for k, v in start.items() if "/member:" not in k}
            for batch in (edits, [], []):
                began = time.perf_counter()
                reply = json.loads(self.sync(batch, cursors, token=self.tokens[n], connection=connection))
                took.append(time.perf_counter() - began)
                cursors = {name: page["at"] for name, page in reply["streams"].items()}
        except Exception as error:
            errors.append(repr(error))
        finally:
            connection.close()

    def bytes_per_record(self) -> str:
        """Return what a record costs on the disk."""
        size = sum(path.stat().st_size for path in self.folder.glob("db.sqlite*"))
        return f"{size / max(self.filled, 1):.0f} bytes a record" if size else "see the database's own figures"

    def profile_push(self) -> dict[str, float]:
        """Return the shares of a push's time, by part, in this process."""
        profile = cProfile.Profile()

        async def go() -> None:
            server = Server(self.settings)
            await server.start()
            caller = Caller(self.organisation, self.members[0], "profile", "generalist")
            for _ in range(2):
                body = self.body([encode_edit(edit) for edit in self.maker().day(400, 500)], {}, epoch=server.epoch)
                profile.enable()
                await exchange(
                    body, caller=caller, store=server.store, epoch=server.epoch, poke=server.hub.poke, note=server.note,
                    now_ms=now_ms(),
                )  # fmt: skip
                profile.disable()
            await server.stop()

        asyncio.run(go())
        totals: dict[str, float] = {}
        stats = vars(pstats.Stats(profile))["stats"]  # its type stub leaves the table out
        for (file, _, _), (_, _, own_s, _, _) in stats.items():
            part = next((name for name, files in PARTS.items() if file.endswith(files)), "the rest")
            totals[part] = totals.get(part, 0.0) + own_s
        whole = sum(totals.values())
        return {name: seconds / whole for name, seconds in sorted(totals.items(), key=lambda item: -item[1])}


def _inflated(body: bytes, encoding: str) -> bytes:
    if encoding == "zstd" and body[:4] == b"\x28\xb5\x2f\xfd":
        import zstandard

        return zstandard.ZstdDecompressor().decompressobj().decompress(body)
    return zlib.decompress(body, 31) if encoding == "gzip" else body


assert sys.version_info >= (3, 11)
