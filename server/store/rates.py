"""SQL of limits: how often something was tried in a window of time."""

from server.store.engine import Tx


async def hit(tx: Tx, name: str, *, now_ms: int, window_ms: int) -> tuple[int, int]:
    """Count one try; return how many there were in this window, and when it ends. One statement."""
    [(count, ends_at)] = await tx.fetch(
        "INSERT INTO rate (name, ends_at, count) VALUES (?, ?, 1) ON CONFLICT (name) DO UPDATE SET"
        " count = CASE WHEN rate.ends_at <= ? THEN 1 ELSE rate.count + 1 END,"
        " ends_at = CASE WHEN rate.ends_at <= ? THEN excluded.ends_at ELSE rate.ends_at END"
        " RETURNING count, ends_at",
        name, now_ms + window_ms, now_ms, now_ms,
    )  # fmt: skip
    return count, ends_at


async def forgive(tx: Tx, name: str) -> None:
    """Take one try back: it was no guess."""
    await tx.run("UPDATE rate SET count = count - 1 WHERE name = ? AND count > 0", name)


async def sweep(tx: Tx, *, now_ms: int) -> None:
    """Remove what no longer counts: windows that ended, challenges nobody answered."""
    await tx.run("DELETE FROM rate WHERE ends_at <= ?", now_ms)
    await tx.run("DELETE FROM challenge WHERE expires_at <= ?", now_ms)
