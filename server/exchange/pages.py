"""Reads what a device may see and does not have yet: pages joined from bytes, in one snapshot."""

import json
from collections.abc import Mapping, Sequence

from server.exchange.load import read_row
from server.exchange.settle import Caller, Loaded
from server.store import records as sql
from server.store.engine import Row, Tx
from sync.access import Known, streams_of
from sync.wire import END, PAGE_BYTES_MAX, PAGE_ENTRIES_MAX


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
    budget = _Budget(min(max(limit, 1), PAGE_ENTRIES_MAX))
    pieces: list[bytes] = []
    for name in names:
        stream, counter, digest = rows.get(name, (0, 0, 0))
        cursor = cursors.get(name, 0)
        after = 0 if reset or cursor > counter else cursor
        entries: Sequence[Row] = ()
        asked = counter == after or budget.open
        if counter > after and asked:
            entries = await sql.page(tx, stream, after, budget.entries + 1)
        pieces += (b"," if pieces else b"", json.dumps(name).encode(), b":")
        pieces += _stream(after, counter, digest, entries, budget, asked)
    return pieces, sorted(set(cursors) - set(names))


class _Budget:
    """What still fits in a reply; the first entry always does."""

    def __init__(self, entries: int) -> None:
        self.entries, self.bytes, self.any = entries, PAGE_BYTES_MAX, False

    @property
    def open(self) -> bool:
        return self.entries > 0 and (self.bytes > 0 or not self.any)

    def take(self, sizes: Sequence[int]) -> int:
        """Return how many entries of these sizes still fit, and count them."""
        number = min(len(sizes), self.entries)
        size = sum(sizes[:number])
        while number and size > self.bytes and (self.any or number > 1):
            number -= 1
            size -= sizes[number]
        if number:
            self.entries, self.bytes, self.any = self.entries - number, self.bytes - size, True
        return number


def _stream(after: int, counter: int, digest: int, entries: Sequence[Row], budget: _Budget, asked: bool) -> list[bytes]:
    """Return one stream's page in pieces: a record is its two parts (``wire.join``), copied once, into the reply."""
    number = budget.take([_size(coded, private, id, gone) for _, coded, private, id, gone in entries])
    # One entry more than fits was asked for: where all of them fit, all there is was read.
    at = counter if asked and number == len(entries) else entries[number - 1][0] if number else after
    more = at < counter
    pieces, gone = [b',"records":['], []
    for _, coded, private, id, why in entries[:number]:
        if coded:
            pieces += (coded, private, END, b",")
        else:
            gone.append([id, why or "moved"])
    pieces[-1:] = [b"]"] if len(pieces) > 1 else []
    if gone:
        pieces.append(b',"gone":' + json.dumps(gone, separators=(",", ":")).encode())
    if not more:
        pieces.append(b',"digest":"%016x"' % digest)
    return [b'{"from":%d,"at":%d,"more":%s' % (after, at, b"true" if more else b"false"), *pieces, b"}"]


def _size(coded: bytes | None, private: bytes | None, id: str | None, gone: str | None) -> int:
    """Return the bytes an entry takes in a page, with its quotes, brackets and comma."""
    return len(coded or "") + len(private or "") + len(id or "") + len(gone or "") + len('["",""],')
