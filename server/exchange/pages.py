"""Reads what a device may see and does not have yet: pages joined from bytes, in one snapshot."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import structlog

from server.exchange.load import read_row
from server.exchange.settle import Caller, Loaded
from server.store import records as sql
from server.store.engine import Tx
from server.store.held import Page
from server.store.pages import next_page
from sync.access import Known, streams_of
from sync.wire import PAGE_BYTES_MAX, PAGE_ENTRIES_MAX

log = structlog.get_logger("onthaal")


async def streams_for(tx: Tx, caller: Caller) -> list[str]:
    """Return the streams of a caller, the organisation's first, then in name order."""
    if caller.revoked:
        return []
    loaded = Loaded()
    for row in await sql.events(tx, caller.organisation):
        read_row(row, loaded)
    events: list[Known] = [shown for id in loaded.records if (shown := loaded.get(id)) is not None]
    streams = streams_of(caller.actor, events)
    return ["org", *sorted(streams - {"org"})]


async def read_pages(
    tx: Tx, caller: Caller, cursors: Mapping[str, int], *, limit: int, reset: bool
) -> tuple[list[bytes], list[str]]:
    """Return the JSON members of ``streams``, in pieces, and the names in ``closed``; ``reset`` reads all from 0."""
    names = await streams_for(tx, caller)
    rows = await sql.streams(tx, caller.organisation, names)
    if ahead := [name for name in names if not reset and cursors.get(name, 0) > rows.get(name, (0, 0, 0))[1]]:
        log.error("ahead", streams=ahead, member=caller.member)  # an older copy is served: `new-epoch`
    budget = _Budget(min(max(limit, 1), PAGE_ENTRIES_MAX))
    pieces: list[bytes] = []
    for name in names:
        stream, counter, digest = rows.get(name, (0, 0, 0))
        cursor = cursors.get(name, 0)
        after = 0 if reset or cursor > counter else cursor
        pieces += (b"," if pieces else b"", json.dumps(name).encode(), b":")
        pieces += await _stream(tx, caller.organisation, stream, after, counter, digest, budget)
    return pieces, sorted(set(cursors) - set(names))


@dataclass
class _Budget:
    """What still fits in a reply; the first entry always does."""

    entries: int
    bytes: int = PAGE_BYTES_MAX
    is_used: bool = False

    @property
    def is_open(self) -> bool:
        """Return whether there is room for anything more."""
        return self.entries > 0 and (self.bytes > 0 or not self.is_used)

    def fits(self, entries: int, size: int) -> bool:
        """Return whether a page of this size does."""
        return size <= self.bytes or (entries <= 1 and not self.is_used)

    def take(self, entries: int, size: int) -> None:
        """Count what was taken."""
        self.entries, self.bytes, self.is_used = self.entries - entries, self.bytes - size, True


async def _stream(
    tx: Tx, organisation: str, stream: int, after: int, counter: int, digest: int, budget: _Budget
) -> list[bytes]:
    """Return one stream's page in pieces."""
    page = await _fitting(tx, organisation, stream, after, counter, budget)
    more = page.at < counter
    pieces = [b'{"from":%d,"at":%d,"more":%s' % (after, page.at, b"true" if more else b"false")]
    if page.records:
        pieces += (b',"records":[', page.records, b"]")
    if page.gone:
        pieces += (b',"gone":', page.gone)
    pieces.append(b"}" if more else b',"digest":"%016x"}' % digest)
    return pieces


async def _fitting(tx: Tx, organisation: str, stream: int, after: int, counter: int, budget: _Budget) -> Page:
    """Return as much of a stream as still fits."""
    limit = budget.entries if counter > after and budget.is_open else 0
    while limit > 0:
        page = await next_page(tx, organisation, stream, after, limit)
        size = len(page.records) + len(page.gone)
        if budget.fits(page.entries, size):
            budget.take(page.entries, size)
            # Fewer than were asked for are all there are; the counter may stand higher than the last of them.
            is_last = page.entries < limit or counter - after <= limit
            return msgspec.structs.replace(page, at=counter) if is_last else page
        limit = min(page.entries - 1, page.entries * max(budget.bytes, 0) // size)
    return Page(0, after, b"", b"")
