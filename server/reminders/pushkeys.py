"""Push keys (VAPID, RFC 8292): by which push services know that it is us. In a file beside the key file, not in the database.

    {"current": "BPx…", "keys": {"BPx…": "base64url of 32 bytes"}}       by public key, as browsers are given it

A browser subscribes with the current key, and takes pushes signed by that key alone. So one that was replaced signs on
for who subscribed with it, until each has subscribed anew; then it goes.
"""

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct

from server.keys import as_bytes, as_text

NAME = "push-keys.json"


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    current: str
    keys: dict[str, str]


class PushKeys:
    """The keys in a file. Several processes may share it: what one adds or drops, the others see at the next call."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = 0
        self._file: _File | None = None
        self._keys: dict[str, EllipticCurvePrivateKey] = {}

    def start(self) -> None:
        """Make a key where there is none. Of several processes that start at once one makes it."""
        if self._read() is None:
            self._write(_with_fresh({}), replaces=False)

    def current(self) -> str:
        """Return the public key to subscribe with. Raises ``LookupError`` before the first ``start``."""
        file = self._read()
        if file is None:
            raise LookupError("no push key: was the server started?")
        return file.current

    def of(self, public: str) -> EllipticCurvePrivateKey | None:
        """Return the private half of a key, ``None`` where it was dropped."""
        file = self._read()
        if file is None or public not in file.keys:
            return None
        if public not in self._keys:
            raw = as_bytes(file.keys[public]) or b""
            self._keys[public] = derive_private_key(int.from_bytes(raw, "big"), SECP256R1())
        return self._keys[public]

    def rotate(self, *, in_use: Collection[str]) -> list[str]:
        """Make another key to subscribe with, and drop those that nobody subscribed with; return the dropped ones."""
        file = self._read()
        keys = file.keys if file else {}
        # The one before is kept in any case: somebody may be subscribing with it in this moment.
        kept = {public: secret for public, secret in keys.items() if public in {*in_use, file.current if file else ""}}
        self._write(_with_fresh(kept), replaces=True)
        return sorted(set(keys) - set(kept))

    def _read(self) -> _File | None:
        try:
            changed = self._path.stat().st_mtime_ns
            if changed != self._seen:
                self._file = msgspec.json.decode(self._path.read_bytes(), type=_File)
                self._seen = changed
        except FileNotFoundError:
            return None
        return self._file

    def _write(self, content: _File, *, replaces: bool) -> None:
        """Write a file at once and for good: who subscribed with a key that is lost must subscribe anew."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(f".{os.getpid()}")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.encode(content))
            file.flush()
            os.fsync(file.fileno())
        if replaces:
            fresh.replace(self._path)
        else:
            with suppress(FileExistsError):  # unlike a rename, a link never replaces a key that another process made
                os.link(fresh, self._path)
            fresh.unlink()
        self._seen = 0


def _with_fresh(others: dict[str, str]) -> _File:
    private = generate_private_key(SECP256R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    secret = private.private_numbers().private_value.to_bytes(32, "big")
    return _File(as_text(point), others | {as_text(point): as_text(secret)})
