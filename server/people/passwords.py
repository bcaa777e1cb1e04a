"""Passwords by Argon2id, in a thread; the same time for a known and an unknown account.

Source: OWASP Password Storage Cheat Sheet, m=47104 KiB t=1 p=1.
"""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LENGTH_MIN = 15  # without a second factor (security design)
_hasher = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)
_NOBODY = _hasher.hash("nobody has this password")


async def hash_password(password: str) -> str:
    """Return the hash of a password."""
    return await asyncio.to_thread(_hasher.hash, password)


async def is_password(password: str, hashed: str | None) -> bool:
    """Return whether a password is the one that was hashed; takes as long where nobody is asked about."""
    return await asyncio.to_thread(_verify, password, hashed or _NOBODY) and hashed is not None


def _verify(password: str, hashed: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
