"""SQL of the history: every edit with its first answer, as it came, sealed (keys.py)."""

from collections.abc import Iterable, Sequence

from msgspec import Struct, structs

from server.store import cardkeys
from server.store.engine import Row, Tx
from server.store.keys import AT_ONCE

PARKED, LEFT_OUT, TAKEN = 1, 2, 3  # what became of a parked edit; 0: it was never one


class Past(Struct, frozen=True, gc=False):
    """One line of history: an edit with its first answer."""

    a: str
    n: int
    record: str
    member: str
    device: str
    e: str
    ack: str
    body: bytes
    received_at: int
    parked: int = 0
    root: str = ""  # under whose key its body lies

    @property
    def is_applied(self) -> bool:
        """Return whether the record holds it: answered ok, or taken in by the desk."""
        return self.ack == "ok" or self.parked == TAKEN


PAST = "a, n, record, member, device, e, ack, body, received_at, parked, root"


async def answered(tx: Tx, organisation: str, a: str, first: int, last: int) -> list[Past]:
    """Return the edits of an author from number ``first`` to ``last`` that came before."""
    rows = await tx.fetch(
        f"SELECT {PAST} FROM edit WHERE organisation = ? AND a = ? AND n BETWEEN ? AND ?", organisation, a, first, last
    )
    return await past_of(tx, organisation, rows)


async def ever_parked(tx: Tx, organisation: str) -> list[Past]:
    """Return every edit that was parked, whatever became of it."""
    rows = await tx.fetch(f"SELECT {PAST} FROM edit WHERE organisation = ? AND parked > 0", organisation)
    return await past_of(tx, organisation, rows)


async def history_of(tx: Tx, organisation: str, ids: Iterable[str]) -> list[Past]:
    """Return every edit of these records, oldest first."""
    rows = await tx.by_keys(f"SELECT {PAST} FROM edit WHERE organisation = ? AND record {{keys}}", ids, organisation)
    return sorted(await past_of(tx, organisation, rows), key=lambda past: (past.e, past.a, past.n))


async def past_of(tx: Tx, organisation: str, rows: Sequence[Row]) -> list[Past]:
    """Return ``PAST`` rows with their bodies opened."""
    found: list[Past] = []
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        await cardkeys.learn(tx, organisation, {row[10] for row in part})
        found += [_opened(tx, organisation, Past(*row)) for row in part]
    return found


def _opened(tx: Tx, organisation: str, past: Past) -> Past:
    if not past.root:
        return past
    return structs.replace(past, body=tx.keys.open("edit", organisation, past.root, f"{past.a}:{past.n}", past.body))


async def write_history(tx: Tx, organisation: str, rows: Iterable[Past]) -> None:
    """Add edits with their answers."""
    rows = list(rows)
    await cardkeys.make(tx, organisation, {past.root for past in rows})
    await tx.run_many(
        f"INSERT INTO edit (organisation, {PAST}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (organisation, p.a, p.n, p.record, p.member, p.device, p.e, p.ack, _body(tx, organisation, p),
             p.received_at, p.parked, p.root)
            for p in rows
        ],
    )  # fmt: skip


def _body(tx: Tx, organisation: str, past: Past) -> bytes:
    return tx.keys.seal("edit", organisation, past.root, f"{past.a}:{past.n}", past.body)


async def write_clones(tx: Tx, organisation: str, rows: Iterable[Past]) -> None:
    """Keep the other content of a number that came with two."""
    rows = list(rows)
    await cardkeys.make(tx, organisation, {past.root for past in rows})
    await tx.run_many(
        "INSERT INTO clone (organisation, a, n, member, device, record, body, received_at, root)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (organisation, p.a, p.n, p.member, p.device, p.record, _body(tx, organisation, p), p.received_at, p.root)
            for p in rows
        ],
    )


async def clones_of(tx: Tx, organisation: str, a: str, n: int) -> list[bytes]:
    """Return the other contents kept for a number."""
    rows = await tx.fetch("SELECT body, root FROM clone WHERE organisation = ? AND a = ? AND n = ?", organisation, a, n)
    await cardkeys.learn(tx, organisation, {root for _, root in rows})
    return [tx.keys.open("edit", organisation, root, f"{a}:{n}", body) for body, root in rows]
