"""Time and chance, the only place where the server takes them."""

import os
import secrets
import time
from base64 import urlsafe_b64encode
from uuid import UUID


def now_ms() -> int:
    """Return the milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def new_id(ms: int | None = None) -> str:
    """Return a UUIDv7 (RFC 9562): time-ordered, so that inserts stay together."""
    chance = int.from_bytes(os.urandom(10), "big")
    at = now_ms() if ms is None else ms
    return str(
        UUID(int=(at << 80) | (0x7 << 76) | (((chance >> 62) & 0xFFF) << 64) | (0b10 << 62) | (chance & (2**62 - 1)))
    )


def new_author() -> str:
    """Return 8 random bytes in base64url: an author of edits."""
    return urlsafe_b64encode(os.urandom(8)).decode().rstrip("=")


def new_token() -> str:
    """Return 256 bits of chance as text: a token, or a one-time code."""
    return secrets.token_urlsafe(32)


def new_bytes(count: int) -> bytes:
    """Return bytes of chance: a secret that people type."""
    return os.urandom(count)
