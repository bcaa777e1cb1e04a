"""SQL of the pages: the next entries of a stream, their records as they travel."""

from collections.abc import Sequence

from msgspec import Struct

from server.store import cardkeys
from server.store.engine import Row, Tx
from sync.wire import END


class Page(Struct, frozen=True):
    """The next entries of a stream: how many, the last one's position, how many of them are gone, the others' bytes."""

    entries: int
    at: int
    gone: int
    records: bytes


async def next_page(tx: Tx, organisation: str, stream: int, after: int, limit: int) -> Page:
    """Return the next entries of a stream, their records in order and joined as a page holds them."""
    rows = await tx.fetch(_PAGE_POSTGRES if tx.is_postgres else _PAGE_SQLITE, stream, after, limit)
    await cardkeys.learn(tx, organisation, {row[4] for row in rows})
    open_, pieces = tx.keys.open, list[bytes]()
    for _, coded, private, id, root in rows:
        if coded:
            pieces += (coded, open_("record", organisation, root, id, private) if root else private, END, b",")
    return Page(len(rows), rows[-1][0] if rows else after, len(rows) - len(pieces) // 4, b"".join(pieces[:-1]))


async def gone_of(tx: Tx, stream: int, after: int, at: int) -> Sequence[Row]:
    """Return (record, why) of what left a stream at the positions after ``after`` up to ``at``."""
    return await tx.fetch(
        "SELECT record, gone FROM entry WHERE stream = ? AND position > ? AND position <= ? AND place IS NULL"
        " ORDER BY position",
        stream, after, at,
    )  # fmt: skip


# The entries come from their index alone, and each record by its place: one step into the tree instead of four.
_PAGE = "SELECT e.position, r.coded, r.private, r.id, r.root FROM "
_PAGE_SQLITE = _PAGE + (
    "entry e LEFT JOIN record r ON r.place = e.place WHERE e.stream = ? AND e.position > ? ORDER BY e.position LIMIT ?"
)
_PAGE_POSTGRES = _PAGE + (
    "(SELECT position, place FROM entry WHERE stream = ? AND position > ? ORDER BY position LIMIT ?) AS e LEFT JOIN LATERAL"
    " (SELECT coded, private, id, root FROM record WHERE place = e.place OFFSET 0) AS r ON true ORDER BY e.position"
)
