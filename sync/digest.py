"""A stream's digest: do server and device hold the same records?

    record:  first 8 bytes of SHA-256( id ⏎ "field dot e" ⏎ "field dot e" … ), lines sorted by code point
    stream:  XOR over its records, as 16 hex digits

XOR, so that one record's change costs one record's work, in whatever order things came.
Vectors: sync/vectors/digest.json.  Twin: pwa/src/sync/digest.ts.
"""

from collections.abc import Iterable
from hashlib import sha256

from sync.edits import Record

EMPTY = 0


def record_digest(record: Record) -> int:
    """Return 64 bits over the names and stamps of every live version of a record (the server's, never a folded one)."""
    lines = [f"{name} {v.a}:{v.n} {v.e}" for name, versions in record.live.items() for v in versions]
    lines.sort()
    return int.from_bytes(sha256("\n".join([record.id, *lines]).encode()).digest()[:8], "big")


def as_hex(digest: int) -> str:
    """Return a digest as it travels."""
    return f"{digest:016x}"


def stream_digest(records: Iterable[Record]) -> str:
    """Return the digest of a stream that holds these records."""
    total = EMPTY
    for record in records:
        total ^= record_digest(record)
    return as_hex(total)
