"""Backups: the whole database and the state beside it in one sealed file, for either database, read again into an empty one.

    "onthaal-backup-1\n" · master key's id · salt · chunks, each  length · AES-256-GCM(number, is-last)
                                                    └── zstd of one message a line: a table's rows, then the state's files

The file is sealed by a key derived from the current master key (HKDF-SHA256): without the key file it says nothing, and
once that master key is dropped neither do older backups, with whatever was erased since. What a chunk's nonce counts
makes a file that was cut short or put together anew one that cannot be read. Restoring gives the numbering up: devices
start anew, and offer again what they sent in the last thirty days.
"""

import os
import secrets
import struct
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import msgspec
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from server.store.engine import Store, Tx
from server.store.keyfile import KeyFile, NoKey
from server.store.migrations import STEPS, migrate, number_of

MAGIC = b"onthaal-backup-1\n"
CHUNK = 1024 * 1024
BATCH = 500
# What a restored server must know, beside its database: who is gone, what opens sealed edits on their way, and desks' copies.
STATE = ("gone.ndjson", "transport-keys/*", "desk-secret")


# Numbers that PostgreSQL gives by itself: it must go on after those that were brought back.
_SERIALS = (
    "SELECT table_name, column_name FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND column_default LIKE 'nextval%'"
)


class BadBackup(Exception):
    """The file is no backup, was cut short or changed, or is of a newer version."""


class _Steps(Struct, frozen=True, tag="steps"):
    taken: list[int]


class _Table(Struct, frozen=True, tag="table"):
    """A table; its rows follow."""

    name: str
    columns: list[str]


class _Rows(Struct, frozen=True, tag="rows"):
    rows: list[list[Any]]  # numbers, texts and bytes as the table has them


class _File(Struct, frozen=True, tag="file"):
    name: str
    content: bytes


_Message: TypeAlias = _Steps | _Table | _Rows | _File
_decoder = msgspec.msgpack.Decoder(_Message)


async def back_up(store: Store, keys: KeyFile, state: Path, target: BinaryIO) -> int:
    """Write a backup of one moment; return how many rows it holds."""
    salt = secrets.token_bytes(16)
    id = keys.current.encode()
    target.write(MAGIC + struct.pack(">B", len(id)) + id + salt)
    sealed = _Sealing(_key(keys, keys.current, salt), target)
    count = 0
    async with store.reading() as tx:
        steps = [row[0] for row in await tx.fetch("SELECT number FROM migration ORDER BY number")]
        sealed.put(_Steps(steps))
        for table in await _tables(tx):
            sealed.put(table)
            rows = await tx.fetch_long(f"SELECT {', '.join(table.columns)} FROM {table.name}")
            for start in range(0, len(rows), BATCH):
                sealed.put(_Rows([list(row) for row in rows[start : start + BATCH]]))
            count += len(rows)
    for name, path in _state_files(state):
        sealed.put(_File(name, path.read_bytes()))
    sealed.end()
    return count


def _state_files(state: Path) -> list[tuple[str, Path]]:
    found = sorted(path for pattern in STATE for path in state.glob(pattern) if path.is_file())
    return [(path.relative_to(state).as_posix(), path) for path in found]


async def restore(store: Store, keys: KeyFile, state: Path, source: BinaryIO) -> int:
    """Read a backup into an empty database, all or nothing; return how many rows. Raises ``BadBackup``, ``NoKey``."""
    messages = _opened(source, keys)
    first = next(messages)
    if not isinstance(first, _Steps) or not first.taken or max(first.taken) > number_of(STEPS[-1]):
        raise BadBackup("the backup is of a newer version of Onthaal")
    await migrate(store, upto=max(first.taken))
    files: dict[str, bytes] = {}
    async with store.writing() as tx:
        for table in await _tables(tx):
            if await tx.fetch(f"SELECT 1 FROM {table.name} LIMIT 1"):
                raise BadBackup("a backup is restored into an empty database, and this one holds something")
        count = await _read(tx, messages, files)
        # Another numbering: whoever has seen what came after this backup must not be told that nothing is new.
        await tx.run("DELETE FROM server_meta WHERE name = 'epoch'")
    for name, content in files.items():
        _add_lines(state / name, content) if name.endswith(".ndjson") else _put(state / name, content)
    for name in ("epoch", "counters.json"):
        (state / name).unlink(missing_ok=True)
    return count


async def _read(tx: Tx, messages: Iterator[_Message], files: dict[str, bytes]) -> int:
    count, insert = 0, ""
    for message in messages:
        match message:
            case _Table(table, columns):
                insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
            case _Rows(rows):
                await tx.run_many(insert, rows)
                count += len(rows)
            case _File(name, content) if ".." not in name and any(fnmatch(name, pattern) for pattern in STATE):
                files[name] = content
            case _:
                raise BadBackup("the backup is of a newer version of Onthaal")
    if tx.is_postgres:
        for table, column in await tx.fetch(_SERIALS):
            await tx.fetch(f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), max({column})) FROM {table}")
    return count


async def _tables(tx: Tx) -> list[_Table]:
    """Return the tables that hold something of ours, by name."""
    listed = (
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        " ORDER BY table_name, ordinal_position"
        if tx.is_postgres
        else "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
        " AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid"
    )
    columns: dict[str, list[str]] = {}
    for table, column in await tx.fetch(listed):
        columns.setdefault(table, []).append(column)
    return [_Table(name, found) for name, found in columns.items() if name != "migration"]


def _key(keys: KeyFile, id: str, salt: bytes) -> AESGCM:
    if id not in keys.keys:
        raise NoKey("the key file has not the key of this backup")
    return AESGCM(HKDF(SHA256(), 32, salt, b"onthaal/backup/v1").derive(keys.key(id)))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return struct.pack(">IQ", is_last, number)


class _Sealing:
    """Compresses messages and writes them in sealed chunks."""

    def __init__(self, key: AESGCM, target: BinaryIO) -> None:
        self.key, self.target = key, target
        self.number, self.waiting = 0, b""
        self.compress = zstandard.ZstdCompressor(level=3).compressobj()

    def put(self, message: _Message) -> None:
        """Add a message."""
        content = msgspec.msgpack.encode(message)
        self.waiting += self.compress.compress(struct.pack(">I", len(content)) + content)
        while len(self.waiting) >= CHUNK:
            self._write(self.waiting[:CHUNK], is_last=False)
            self.waiting = self.waiting[CHUNK:]

    def end(self) -> None:
        """Write the last chunk, which says so."""
        self._write(self.waiting + self.compress.flush(), is_last=True)

    def _write(self, content: bytes, *, is_last: bool) -> None:
        sealed = self.key.encrypt(_nonce(self.number, is_last=is_last), content, MAGIC)
        self.target.write(struct.pack(">BI", is_last, len(sealed)) + sealed)
        self.number += 1


def _opened(source: BinaryIO, keys: KeyFile) -> Iterator[_Message]:
    """Yield the messages of a backup."""
    expand, waiting = zstandard.ZstdDecompressor().decompressobj(), b""
    for chunk in chunks(source, keys):
        waiting += expand.decompress(chunk)
        while len(waiting) >= 4 and len(waiting) >= 4 + (length := struct.unpack(">I", waiting[:4])[0]):
            yield _decoder.decode(waiting[4 : 4 + length])
            waiting = waiting[4 + length :]
    if waiting:
        raise BadBackup("the backup ends in the middle of something")


def chunks(source: BinaryIO, keys: KeyFile) -> Iterator[bytes]:
    """Yield what the sealed chunks hold. Raises ``BadBackup``, and ``NoKey`` where another key sealed them."""
    if source.read(len(MAGIC)) != MAGIC:
        raise BadBackup("this is no backup of Onthaal")
    size = source.read(1)
    id, salt = source.read(size[0] if size else 0), source.read(16)
    if len(salt) < 16:
        raise BadBackup("the backup was cut short")
    # An id that is no text is none of ours: the same answer as for a key that is not here.
    key, number, is_last = _key(keys, id.decode(errors="replace"), salt), 0, False
    while not is_last:
        head = source.read(5)
        if len(head) < 5:
            raise BadBackup("the backup was cut short")
        is_last, length = bool(head[0]), struct.unpack(">I", head[1:])[0]
        try:
            yield key.decrypt(_nonce(number, is_last=is_last), source.read(length), MAGIC)
        except InvalidTag:
            raise BadBackup("the backup was cut short or changed") from None
        number += 1


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_bytes(content)
    fresh.replace(path)


def _add_lines(path: Path, content: bytes) -> None:
    """Add what is not known here: what was erased after the backup stays so."""
    known = path.read_bytes() if path.exists() else b""
    lines = dict.fromkeys([*known.splitlines(), *content.splitlines()])
    _put(path, b"".join(line + b"\n" for line in lines))
