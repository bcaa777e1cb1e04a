"""SQL of the cards' keys: read as they are needed, made with the first words of a card, destroyed with it."""

import json
import secrets
from collections.abc import Iterable

from server.store.engine import Tx


async def learn(tx: Tx, organisation: str, roots: Iterable[str]) -> None:
    """Bring the keys of these roots into memory."""
    if missing := tx.keys.missing(organisation, roots):
        await _read(tx, organisation, missing)


async def make(tx: Tx, organisation: str, roots: Iterable[str]) -> None:
    """Bring the keys of these roots into memory, and make those that do not exist.

    The database is asked for every one, once a transaction: what another process destroyed, or a transaction that was
    rolled back made, may still be in memory, and what is sealed under such a key is lost.
    """
    roots = {root for root in roots if root}
    wanted = {root for root in roots if (organisation, root) not in tx.sure} | tx.keys.missing(organisation, roots)
    tx.sure |= {(organisation, root) for root in wanted}
    missing = await _read(tx, organisation, wanted)
    if not missing:
        return
    keys = tx.keys
    rows = [
        (organisation, root, keys.current, keys.wrap(organisation, root, secrets.token_bytes(32)))
        for root in sorted(missing)
    ]
    await tx.run_many(
        "INSERT INTO card_key (organisation, root, master, wrapped) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", rows
    )
    await _read(tx, organisation, missing)  # not from what was made here: another scope's writer may have been first


async def _read(tx: Tx, organisation: str, roots: set[str]) -> set[str]:
    """Take keys from the database; return the roots that have none."""
    missing = set(roots)
    if not roots:
        return missing
    select = "SELECT root, master, wrapped FROM card_key WHERE organisation = ? AND root {keys}"
    for root, master, wrapped in await tx.by_keys(select, sorted(roots), organisation):
        tx.keys.take(organisation, root, master, wrapped)
        missing.discard(root)
    return missing


async def destroy(tx: Tx, organisation: str, roots: Iterable[str]) -> None:
    """Remove keys: what lies under them is readable no more, in older copies of the database neither.

    What stays all the same, a talk that once named another card, the erasure itself, gets a key of its own before.
    """
    roots = set(roots)
    await _move_away(tx, organisation, roots, "record", "id", "private", "id")
    await _move_away(tx, organisation, roots, "edit", "a, n", "body", "record")
    await _move_away(tx, organisation, roots, "clone", "a, n, id", "body", "record")
    await tx.run_many(
        "DELETE FROM card_key WHERE organisation = ? AND root = ?", [(organisation, one) for one in roots]
    )
    tx.keys.forget(organisation, roots)
    tx.sure -= {(organisation, root) for root in roots}


async def _move_away(tx: Tx, organisation: str, roots: set[str], table: str, key: str, column: str, own: str) -> None:
    names = key.split(", ")
    # One look over the table: seldom asked for, and an index would cost every edit.
    listed = "= ANY(?)" if tx.is_postgres else "IN (SELECT value FROM json_each(?))"
    rows = await tx.fetch(
        f"SELECT root, {column}, {own}, {key} FROM {table} WHERE organisation = ? AND root {listed}",
        organisation, sorted(roots) if tx.is_postgres else json.dumps(sorted(roots)),
    )  # fmt: skip
    moved, sealed_as = [], "record" if table == "record" else "edit"
    for root, stored, fresh, *place in rows:
        name = ":".join(map(str, place[:2]))
        await make(tx, organisation, {root, fresh})
        clear = tx.keys.open(sealed_as, organisation, root, name, stored)
        moved.append((tx.keys.seal(sealed_as, organisation, fresh, name, clear), fresh, organisation, *place))
    where = " AND ".join(f"{name} = ?" for name in names)
    await tx.run_many(f"UPDATE {table} SET {column} = ?, root = ? WHERE organisation = ? AND {where}", moved)


async def masters(tx: Tx) -> set[str]:
    """Return the master keys by which any card's key is wrapped."""
    return {row[0] for row in await tx.fetch("SELECT DISTINCT master FROM card_key")}


async def wrap_anew(tx: Tx, limit: int) -> int:
    """Wrap so many keys of older master keys under the current one; return how many there were."""
    keys = tx.keys
    rows = await tx.fetch(
        "SELECT organisation, root, master, wrapped FROM card_key WHERE master <> ? LIMIT ?", keys.current, limit
    )
    fresh = [
        (
            keys.current,
            keys.wrap(organisation, root, keys.unwrap(organisation, root, master, wrapped)),
            organisation,
            root,
        )
        for organisation, root, master, wrapped in rows
    ]
    await tx.run_many("UPDATE card_key SET master = ?, wrapped = ? WHERE organisation = ? AND root = ?", fresh)
    return len(fresh)
