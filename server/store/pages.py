"""SQL of the pages: the next entries of a stream, their records as they travel.

    stream, after, limit ──→ read before, and as many entries as then? ──yes──→ the page that was opened then
                                            └──no──→ entries → records → opened → joined

On the morning of an event many tablets read the same days: a full page is opened and joined once.
"""

from collections.abc import Sequence

from server.store import cardkeys
from server.store.engine import Row, Tx
from server.store.held import Page
from sync.wire import END


async def next_page(tx: Tx, organisation: str, stream: int, after: int, limit: int) -> Page:
    """Return the next entries of a stream, their records in order and joined as a page holds them."""
    held = tx.keys.pages.get(stream, after, limit)
    if held and await _entries(tx, stream, after, held.at) == held.entries:
        return held
    tx.keys.pages.drop(stream, after, limit)
    page = await _read(tx, organisation, stream, after, limit)
    if page.entries == limit:
        tx.keys.pages.put(stream, after, limit, page)
    return page


async def _entries(tx: Tx, stream: int, after: int, at: int) -> int:
    rows = await tx.fetch(
        "SELECT count(*) FROM entry WHERE stream = ? AND position > ? AND position <= ?", stream, after, at
    )
    return int(rows[0][0])


async def _read(tx: Tx, organisation: str, stream: int, after: int, limit: int) -> Page:
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
