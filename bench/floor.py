"""The floor: what asyncio, sqlite3 and HTTP cost here when nothing is decided.

No users, rights, folding, streams or history: a POST stores the records of its body in one durable
transaction (WAL, synchronous=FULL), a GET returns those after a cursor. Every server figure of
`make bench` is a ratio to this one in the same run, so that figures of different machines compare.

    python -m bench.floor PORT FILE
    POST /push          {"edits": [{"id": …}, …]}   → {"at": n}
    GET  /pull/AFTER/LIMIT                          → {"at": n, "records": […]}
"""

import asyncio
import contextlib
import json
import sqlite3
import sys


class Floor:
    """One SQLite file, one connection, one table."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self.db.execute(f"PRAGMA {pragma}")
        self.db.execute("CREATE TABLE IF NOT EXISTS record (id TEXT PRIMARY KEY, position INTEGER, body BLOB)")
        self.db.execute("CREATE INDEX IF NOT EXISTS by_position ON record (position)")
        self.at = self.db.execute("SELECT coalesce(max(position), 0) FROM record").fetchone()[0]

    def push(self, body: bytes) -> bytes:
        edits = json.loads(body)["edits"]
        rows = [(edit["id"], self.at + n, json.dumps(edit)) for n, edit in enumerate(edits, 1)]
        self.at += len(rows)
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany(
            "INSERT INTO record VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE"
            " SET position = excluded.position, body = excluded.body",
            rows,
        )
        self.db.execute("COMMIT")
        return b'{"at":%d}' % self.at

    def pull(self, after: int, limit: int) -> bytes:
        query = "SELECT position, body FROM record WHERE position > ? ORDER BY position LIMIT ?"
        rows = self.db.execute(query, (after, limit)).fetchall()
        return b'{"at":%d,"records":[%s]}' % (rows[-1][0] if rows else after, ",".join(row[1] for row in rows).encode())

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
                body = await reader.readexactly(length)
                method, path, _ = head.split(b" ", 2)
                if method == b"post":
                    reply = self.push(body)
                else:
                    reply = self.pull(*map(int, path.split(b"/")[2:]))
                writer.write(
                    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(reply)
                )
                writer.write(reply)
                await writer.drain()
        writer.close()


async def main(port: int, path: str) -> None:
    """Serve until killed."""
    server = await asyncio.start_server(Floor(path).serve, "127.0.0.1", port, limit=2**20)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
