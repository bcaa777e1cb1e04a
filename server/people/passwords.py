"""Passwords by Argon2id, in a thread; the same time for a known and an unknown account.

Sources: OWASP Password Storage Cheat Sheet, m=47104 KiB t=1 p=1; NIST SP 800-63B-4 on lengths and block lists.
"""

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LENGTH_ALONE = 15
LENGTH_WITH_CODE = 8
_hasher = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)
_NOBODY = _hasher.hash("nobody has this password")
# Two at a time: each takes 46 MiB, and who guesses must not take the memory from those who work.
_threads = ThreadPoolExecutor(2, thread_name_prefix="argon2")


async def hash_password(password: str) -> str:
    """Return the hash of a password."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, _normal(password))


async def is_password(password: str, hashed: str | None) -> bool:
    """Return whether a password is the one that was hashed; takes as long where nobody is asked about."""
    known = hashed or _NOBODY
    return await asyncio.get_running_loop().run_in_executor(_threads, _verify, password, known) and hashed is not None


def is_short(password: str) -> bool:
    """Return whether a password counts only together with a code."""
    return len(_normal(password)) < LENGTH_ALONE


def is_weak(password: str, *, has_code: bool, email: str) -> bool:
    """Return whether a password is too short, or one that is tried first."""
    normal = _normal(password).casefold()
    if len(normal) < (LENGTH_WITH_CODE if has_code else LENGTH_ALONE):
        return True
    name = email.partition("@")[0].casefold()
    # What is left when an own name is taken out must be a password by itself.
    rest = normal.replace(name, "") if len(name) > 2 else normal
    return normal in _common() or len(set(rest)) < 4 or len(rest) < LENGTH_WITH_CODE


@lru_cache
def _common() -> frozenset[str]:
    text = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def _verify(password: str, hashed: str) -> bool:
    try:
        return _hasher.verify(hashed, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """Return the one form of what different keyboards make of an accent."""
    return unicodedata.normalize("NFC", password)
