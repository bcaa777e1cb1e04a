"""SQL of notices: what every coordinator is to see, until each has seen it."""

from collections.abc import Sequence

from server.clock import new_id
from server.store.engine import Row, Tx
from server.store.enrolment import Invitation

LIMIT = 50


async def add(tx: Tx, what: str, link: Invitation, *, now_ms: int) -> None:
    """Store that something happened with a link; the same once more counts on, and is to be seen again."""
    await tx.run(
        "INSERT INTO notice (id, organisation, what, member, made_by, code_hash, at, times) VALUES (?, ?, ?, ?, ?, ?, ?, 1)"
        " ON CONFLICT (code_hash, what) DO UPDATE SET at = excluded.at, times = notice.times + 1",
        new_id(), link.organisation, what, link.member, link.made_by, link.code_hash, now_ms,
    )  # fmt: skip


async def unseen(tx: Tx, organisation: str, member: str) -> Sequence[Row]:
    """Return (id, what, member, made_by, at, times) of what a coordinator has not seen, latest first."""
    return await tx.fetch(
        "SELECT n.id, n.what, n.member, n.made_by, n.at, n.times FROM notice n"
        " LEFT JOIN notice_seen s ON s.notice = n.id AND s.member = ?"
        " WHERE n.organisation = ? AND (s.at IS NULL OR s.at < n.at) ORDER BY n.at DESC, n.id LIMIT ?",
        member, organisation, LIMIT,
    )  # fmt: skip


async def see(tx: Tx, organisation: str, member: str, id: str, *, at: int) -> bool:
    """Store that a coordinator has seen a notice as it was at a time; return whether there is one."""
    rows = await tx.fetch("SELECT 1 FROM notice WHERE organisation = ? AND id = ?", organisation, id)
    if rows:
        await tx.run(
            "INSERT INTO notice_seen VALUES (?, ?, ?) ON CONFLICT (notice, member) DO UPDATE SET at = excluded.at",
            id, member, at,
        )  # fmt: skip
    return bool(rows)
