"""SQL of the pages: the next entries of a stream, their records as they travel.

    stream, after, limit ──→ read before, and as many entries as then? ──yes──→ the page that was opened then
                                            └──no──→ entries → records → opened → joined; and what left

On the morning of an event many tablets read the same days: a full page is opened and joined once.
"""

import json
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
    count = "(SELECT count(*) FROM {} WHERE stream = ? AND position > ? AND position <= ?)"
    both = f"SELECT {count.format('entry')} + {count.format('gone')}"
    return int((await tx.fetch(both, stream, after, at, stream, after, at))[0][0])


async def _read(tx: Tx, organisation: str, stream: int, after: int, limit: int) -> Page:
    rows = await tx.fetch(_PAGE_POSTGRES if tx.is_postgres else _PAGE_SQLITE, stream, after, limit)
    at, rows, left = first(rows, await gone_of(tx, stream, after, limit), after, limit)
    await cardkeys.learn(tx, organisation, {row[4] for row in rows})
    open_, pieces = tx.keys.open, list[bytes]()
    for _, coded, private, id, root in rows:
        if coded:
            pieces += (coded, open_("record", organisation, root, id, private) if root else private, END, b",")
    gone = json.dumps([[id, why] for _, id, why in left], separators=(",", ":")).encode() if left else b""
    return Page(len(rows) + len(left), at, gone, b"".join(pieces[:-1]))


async def gone_of(tx: Tx, stream: int, after: int, limit: int) -> Sequence[Row]:
    """Return (position, record, why) of what next left a stream."""
    return await tx.fetch(
        "SELECT position, record, why FROM gone WHERE stream = ? AND position > ? ORDER BY position LIMIT ?",
        stream, after, limit,
    )  # fmt: skip


def first(rows: Sequence[Row], left: Sequence[Row], after: int, limit: int) -> tuple[int, Sequence[Row], Sequence[Row]]:
    """Return the last position of the first ``limit`` of both, which begin with theirs, and what of each is among them."""
    if not left:
        return (rows[-1][0] if rows else after), rows, left
    at = sorted(row[0] for row in (*rows, *left))[:limit][-1]
    return at, [row for row in rows if row[0] <= at], [row for row in left if row[0] <= at]


# The entries come from their index alone, and each record by its place: one step into the tree instead of four.
_PAGE = "SELECT e.position, r.coded, r.private, r.id, r.root FROM "
_PAGE_SQLITE = _PAGE + (
    "entry e LEFT JOIN record r ON r.place = e.place WHERE e.stream = ? AND e.position > ? ORDER BY e.position LIMIT ?"
)
_PAGE_POSTGRES = _PAGE + (
    "(SELECT position, place FROM entry WHERE stream = ? AND position > ? ORDER BY position LIMIT ?) AS e LEFT JOIN LATERAL"
    " (SELECT coded, private, id, root FROM record WHERE place = e.place OFFSET 0) AS r ON true ORDER BY e.position"
)
