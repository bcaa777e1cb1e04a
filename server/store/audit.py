"""The audit trail: who did what, in a chain that shows where somebody changed it.

    number │ at · member · what · about · detail · reason_hash │ hash
       7   │ …                                                 │ SHA-256(hash of 6, this row)
       8   │ …                                                 │ SHA-256(hash of 7, this row)
    head   │ 8, hash of 8: locked by whoever adds a row, so several processes make one chain

Rows hold ids and codes only. Words that a coordinator typed as a reason lie apart with a salt, sealed under the key of
what they are about; the row holds their hash. So an erasure takes the words away and the chain still holds.
"""

import asyncio
import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import sha256

from msgspec import Struct

from server.clock import new_token
from server.store import cardkeys
from server.store.engine import Row, Tx
from server.store.keyfile import NoKey

FIRST = "0" * 64
PAGE = 1000
_ROW = "number, at, member, what, about, detail, reason_hash, hash"


class Line(Struct, frozen=True):
    """What happened: ``member`` did ``what`` to ``about``; ``detail`` is a code."""

    member: str
    what: str
    about: str = ""
    detail: str = ""


class Checked(Struct, frozen=True):
    """How a chain stands: its length, its last hash, the first row that is not what was written."""

    count: int
    hash: str
    broken: int | None


async def add(tx: Tx, organisation: str, line: Line, reason: str = "", *, now_ms: int) -> None:
    """Add a row; the last statement of a transaction, since it holds the chain's head until the commit."""
    root = await _root(tx, organisation, line.about) if reason else ""
    number, salt = await chain(tx, organisation, line, reason, now_ms=now_ms)
    if reason:
        words = _sealed(tx, organisation, root, number, reason)
        await tx.run(
            "INSERT INTO audit_reason (organisation, number, about, salt, words, root) VALUES (?, ?, ?, ?, ?, ?)",
            organisation, number, line.about, salt, words, root,
        )  # fmt: skip


async def chain(tx: Tx, organisation: str, line: Line, reason: str, *, now_ms: int) -> tuple[int, str]:
    """Add a row without the words of its reason; return its number, and the salt of their hash."""
    await tx.run("INSERT INTO audit_head VALUES (?, 0, ?) ON CONFLICT DO NOTHING", organisation, FIRST)
    lock = " FOR UPDATE" if tx.is_postgres else ""
    rows = await tx.fetch(f"SELECT number, hash FROM audit_head WHERE organisation = ?{lock}", organisation)
    number, salt = int(rows[0][0]) + 1, new_token() if reason else ""
    row = (number, now_ms, line.member, line.what, line.about, line.detail, _reason_hash(salt, reason))
    hash = _hash(rows[0][1], organisation, row)
    await tx.run(
        f"INSERT INTO audit (organisation, {_ROW}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", organisation, *row, hash
    )
    await tx.run("UPDATE audit_head SET number = ?, hash = ? WHERE organisation = ?", number, hash, organisation)
    return number, salt


async def _root(tx: Tx, organisation: str, about: str) -> str:
    """Return under whose key a reason lies, read or made: its card's, else that of what it is about, else the organisation's."""
    rows = await tx.fetch("SELECT root FROM record WHERE organisation = ? AND id = ?", organisation, about)
    root = (rows[0][0] if rows else "") or about or organisation
    await cardkeys.make(tx, organisation, [root])
    return root


def _sealed(tx: Tx, organisation: str, root: str, number: int, words: str) -> str:
    return b64encode(tx.keys.seal("audit", organisation, root, str(number), words.encode())).decode()


async def _opened(tx: Tx, organisation: str, reasons: Sequence[Row]) -> dict[int, str | None]:
    """Return the words of each (number, words, root), by number; None where they are not what was put there."""
    await cardkeys.learn(tx, organisation, {root for _, _, root in reasons})
    return {number: _words(tx, organisation, root, number, stored) for number, stored, root in reasons}


def _words(tx: Tx, organisation: str, root: str, number: int, stored: str) -> str | None:
    if not root:
        return stored  # of a version before; sealed at the next start
    try:
        return tx.keys.open("audit", organisation, root, str(number), b64decode(stored)).decode()
    except (NoKey, ValueError):
        return None


def _hash(before: str, organisation: str, row: Sequence[object]) -> str:
    return sha256(f"{before}\n{json.dumps([organisation, *row])}".encode()).hexdigest()


def _reason_hash(salt: str, reason: str) -> str:
    return sha256(f"{salt}\n{reason}".encode()).hexdigest() if reason else ""


async def lines(tx: Tx, organisation: str, *, before: int, limit: int, what: str, member: str) -> Sequence[Row]:
    """Return (number, at, member, what, about, detail, reason) of the rows before a number, latest first.

    Where a row is about a device: its member, label and whether it is a session, too.
    """
    wanted, args = "", [organisation, before]
    for column, value in (("what", what), ("member", member)):
        if value:
            wanted += f" AND a.{column} = ?"
            args.append(value)
    rows = await tx.fetch(
        "SELECT a.number, a.at, a.member, a.what, a.about, a.detail, r.words, d.member, d.label, d.is_session, r.root"
        " FROM audit a LEFT JOIN audit_reason r ON r.organisation = a.organisation AND r.number = a.number"
        " LEFT JOIN device d ON d.organisation = a.organisation AND d.id = a.about"
        " WHERE a.organisation = ? AND a.number < ?"
        f"{wanted} ORDER BY a.number DESC LIMIT ?",
        *args, limit,
    )  # fmt: skip
    said = await _opened(tx, organisation, [(row[0], row[6], row[10]) for row in rows if row[6] is not None])
    return [(*row[:6], said.get(row[0]), *row[7:10]) for row in rows]


async def kinds(tx: Tx, organisation: str) -> list[str]:
    """Return what has happened at all, as codes."""
    rows = await tx.fetch("SELECT DISTINCT what FROM audit WHERE organisation = ? ORDER BY what", organisation)
    return [row[0] for row in rows]


async def organisations(tx: Tx) -> list[str]:
    """Return whose chains there are; '' is the one of sign-ins by nobody we know."""
    return [row[0] for row in await tx.fetch("SELECT organisation FROM audit_head ORDER BY organisation")]


async def check(tx: Tx, organisation: str) -> Checked:
    """Return how a chain stands, after reading every row of it."""
    number, hash = 0, FIRST
    while True:
        rows = await tx.fetch(
            f"SELECT {_ROW} FROM audit WHERE organisation = ? AND number > ? ORDER BY number LIMIT {PAGE}",
            organisation, number,
        )  # fmt: skip
        said = await tx.fetch(
            "SELECT number, words, root, salt FROM audit_reason WHERE organisation = ? AND number > ? AND number <= ?",
            organisation, number, number + PAGE,
        )  # fmt: skip
        opened = await _opened(tx, organisation, [row[:3] for row in said])
        reasons = {row[0]: _reason_hash(row[3], opened[row[0]] or "") for row in said}
        for *row, stored in rows:
            expected = _hash(hash, organisation, row)
            if row[0] != number + 1 or stored != expected or reasons.get(row[0], row[6]) != row[6]:
                return Checked(number, hash, number + 1)
            number, hash = number + 1, expected
        if len(rows) < PAGE:
            break
        await asyncio.sleep(0)  # others are served meanwhile
    head = await tx.fetch("SELECT number, hash FROM audit_head WHERE organisation = ?", organisation)
    is_whole = [tuple(row) for row in head] == ([(number, hash)] if number or head else [])
    return Checked(number, hash, None if is_whole else number + 1)


async def forget_reasons(tx: Tx, organisation: str, ids: Sequence[str]) -> None:
    """Take away what was typed about these records; that they were read stays."""
    await tx.run_many(
        "DELETE FROM audit_reason WHERE organisation = ? AND about = ?", [(organisation, id) for id in ids]
    )


async def move_reasons(tx: Tx, organisation: str, roots: Sequence[str]) -> None:
    """Give what stays a key of its own before these are destroyed: what it is about has another card by now."""
    rows = await tx.by_keys(
        "SELECT number, words, root, about FROM audit_reason WHERE organisation = ? AND root {keys}",
        roots, organisation,
    )  # fmt: skip
    opened = await _opened(tx, organisation, [row[:3] for row in rows])
    for number, _, _, about in rows:
        if (words := opened[number]) is not None:
            await cardkeys.make(tx, organisation, [about or organisation])
            await _put(tx, organisation, number, about or organisation, words)


async def seal_reasons(tx: Tx, limit: int) -> int:
    """Seal so many reasons that lie in clear; return how many there were."""
    rows = await tx.fetch("SELECT organisation, number, words, about FROM audit_reason WHERE root = '' LIMIT ?", limit)
    for organisation, number, words, about in rows:
        await _put(tx, organisation, number, await _root(tx, organisation, about), words)
    return len(rows)


async def _put(tx: Tx, organisation: str, number: int, root: str, words: str) -> None:
    await tx.run(
        "UPDATE audit_reason SET words = ?, root = ? WHERE organisation = ? AND number = ?",
        _sealed(tx, organisation, root, number, words), root, organisation, number,
    )  # fmt: skip
