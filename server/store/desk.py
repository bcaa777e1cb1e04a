"""SQL of the desk: history, parked edits, one contact."""

from collections.abc import Sequence

from server.store.engine import Row, Tx
from server.store.history import LEFT_OUT, PAST, TAKEN, Past, past_of
from server.store.records import RECORD, opened


async def parked(tx: Tx, organisation: str) -> list[Past]:
    """Return the parked edits nobody has dealt with, oldest first."""
    rows = await tx.fetch(
        f"SELECT {PAST} FROM edit WHERE organisation = ? AND parked > 0 AND parked = 1 ORDER BY received_at, a, n LIMIT 500",
        organisation,
    )
    return await past_of(tx, organisation, rows)


async def one_parked(tx: Tx, organisation: str, a: str, n: int) -> Past | None:
    """Return one parked edit nobody has dealt with."""
    rows = await tx.fetch(
        f"SELECT {PAST} FROM edit WHERE organisation = ? AND a = ? AND n = ? AND parked = 1", organisation, a, n
    )
    found = await past_of(tx, organisation, rows)
    return found[0] if found else None


async def settle_parked(tx: Tx, organisation: str, a: str, n: int, *, taken: bool) -> bool:
    """Note that a parked edit was taken in, or left out; False where somebody else decided meanwhile.

    Its first answer stays what it was.
    """
    now = TAKEN if taken else LEFT_OUT
    settled = await tx.fetch(
        "UPDATE edit SET parked = ? WHERE organisation = ? AND a = ? AND n = ? AND parked = 1 RETURNING n",
        now, organisation, a, n,
    )  # fmt: skip
    return bool(settled)


async def record(tx: Tx, organisation: str, id: str) -> Sequence[Row]:
    """Return the row of one record."""
    rows = await tx.fetch(f"SELECT {RECORD} FROM record WHERE organisation = ? AND id = ?", organisation, id)
    return await opened(tx, organisation, rows)
