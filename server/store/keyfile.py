"""The key file: what opens the database's private parts, outside the database and its backups.

    {"current": "k-3f9a…", "keys": {"k-3f9a…": "base64 of 32 bytes"}}

A master key wraps the key of every card (keys.py). The file is made at the first start, readable by the server's user
alone. Whoever has the database or a backup, and not this file, reads no words; whoever loses it loses them.
"""

import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Collection
from pathlib import Path

import msgspec
from msgspec import Struct


class NoKey(Exception):
    """The key file is not the one that this database was written with."""


class KeyFile(Struct, frozen=True, forbid_unknown_fields=True):
    """Master keys by id; ``current`` wraps what is new, the others open what is older until it is wrapped anew."""

    current: str
    keys: dict[str, str]

    def key(self, id: str) -> bytes:
        """Return the 32 bytes of a master key. Raises ``KeyError``."""
        return b64decode(self.keys[id])

    def with_fresh(self) -> "KeyFile":
        """Return the file with another current key beside the old ones."""
        return _fresh(self.keys)

    def without(self, ids: Collection[str]) -> "KeyFile":
        """Return the file without these keys; the current one stays."""
        return KeyFile(self.current, {id: key for id, key in self.keys.items() if id == self.current or id not in ids})


def _fresh(others: dict[str, str]) -> KeyFile:
    id = f"k-{secrets.token_hex(8)}"
    return KeyFile(id, others | {id: b64encode(secrets.token_bytes(32)).decode()})


def read_key_file(path: Path) -> KeyFile | None:
    """Return the key file, ``None`` where there is none yet. Raises ``NoKey`` for anything else at that place."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=KeyFile)
        if any(len(b64decode(key, validate=True)) != 32 for key in found.keys.values()):
            raise ValueError("a key has 32 bytes")
        found.key(found.current)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, ValueError, KeyError) as error:
        raise NoKey(f"{path} is no key file: {error}") from None
    return found


def read_key(path: Path) -> KeyFile:
    """Return the key file. Raises ``NoKey``, also where there is none."""
    file = read_key_file(path)
    if file is None:
        raise NoKey(f"there is no key file at {path}")
    return file


def write_key_file(path: Path, content: KeyFile) -> None:
    """Store a key file, whole or not at all, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    with fresh.open("wb") as file:
        file.write(msgspec.json.encode(content))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def make_key_file(path: Path) -> KeyFile:
    """Return a new key file, or the one that another process made a moment earlier."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    write_key_file(fresh, made := _fresh({}))
    try:
        os.link(fresh, path)  # fails where the file exists: unlike a rename it never replaces a key
    except FileExistsError:
        return read_key_file(path) or made
    finally:
        fresh.unlink()
    return made
