"""SQL of enrolment: one-time codes, and the tablets that took one."""

from collections.abc import Sequence

from msgspec import Struct

from server.store import people
from server.store.engine import Row, Tx


class Invitation(Struct, frozen=True):
    """A one-time code. ``made_by``: '' on the server itself; ``asks_words``: a coordinator compares and confirms."""

    code_hash: str
    organisation: str
    member: str
    expires_at: int
    used_at: int | None
    made_by: str
    asks_words: bool


class Enrolment(Struct, frozen=True):
    """A tablet that took a code; its id becomes its device's."""

    id: str
    organisation: str
    member: str
    code_hash: str
    label: str
    language: str
    tier: str
    public: bytes
    token_hash: str
    courier_hash: str
    taken_at: int
    expires_at: int
    state: str
    tablet: str = ""


async def add_invitation(
    tx: Tx, code_hash: str, organisation: str, member: str, *, made_by: str, asks_words: bool, expires_at: int
) -> None:
    """Store a one-time code."""
    await tx.run(
        "INSERT INTO invitation (code_hash, organisation, member, expires_at, made_by, asks_words)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        code_hash, organisation, member, expires_at, made_by, 1 if asks_words else 0,
    )  # fmt: skip


async def invitation(tx: Tx, code_hash: str) -> Invitation | None:
    """Return a code, locked until the commit."""
    lock = " FOR UPDATE" if tx.is_postgres else ""
    rows = await tx.fetch(
        "SELECT code_hash, organisation, member, expires_at, used_at, made_by, asks_words FROM invitation"
        f" WHERE code_hash = ?{lock}",
        code_hash,
    )
    row = rows[0] if rows else None
    return Invitation(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6])) if row else None


async def invited(tx: Tx, code_hash: str) -> tuple[Invitation | None, people.Member | None]:
    """Return a code, locked until the commit, and whom it is for."""
    link = await invitation(tx, code_hash)
    return link, await people.member(tx, link.organisation, link.member) if link else None


async def use(tx: Tx, code_hash: str, *, now_ms: int) -> None:
    """Note that a code was used."""
    await tx.run("UPDATE invitation SET used_at = ? WHERE code_hash = ?", now_ms, code_hash)


_COLUMNS = ", ".join(Enrolment.__struct_fields__)


def _enrolment(row: Row) -> Enrolment:
    values = {**dict(zip(Enrolment.__struct_fields__, row, strict=True)), "public": bytes(row[7])}
    return Enrolment(**values)


async def add(tx: Tx, one: Enrolment) -> None:
    """Store a tablet that took a code."""
    marks = ", ".join("?" * len(Enrolment.__struct_fields__))
    await tx.run(
        f"INSERT INTO enrolment ({_COLUMNS}) VALUES ({marks})",
        *(getattr(one, name) for name in Enrolment.__struct_fields__),
    )


async def by_code(tx: Tx, code_hash: str) -> Enrolment | None:
    """Return the tablet that took a code."""
    return await _one(tx, "code_hash = ?", code_hash)


async def by_courier(tx: Tx, courier_hash: str) -> Enrolment | None:
    """Return the tablet that asks, locked until the commit of a writer."""
    return await _one(tx, "courier_hash = ?", courier_hash)


async def of_organisation(tx: Tx, organisation: str, id: str) -> Enrolment | None:
    """Return a tablet of an organisation, locked until the commit."""
    lock = " FOR UPDATE" if tx.is_postgres else ""
    return await _one(tx, f"organisation = ? AND id = ?{lock}", organisation, id)


async def _one(tx: Tx, where: str, *args: object) -> Enrolment | None:
    rows = await tx.fetch(f"SELECT {_COLUMNS} FROM enrolment WHERE {where}", *args)
    return _enrolment(rows[0]) if rows else None


async def waiting(tx: Tx, organisation: str) -> list[Enrolment]:
    """Return the tablets that wait, or waited until it was too late, in the order in which they came."""
    rows: Sequence[Row] = await tx.fetch(
        f"SELECT {_COLUMNS} FROM enrolment WHERE organisation = ? AND state = 'waiting' ORDER BY taken_at", organisation
    )
    return [_enrolment(row) for row in rows]


async def move(tx: Tx, id: str, state: str) -> bool:
    """Let a tablet that waits wait no more; return whether it still did."""
    rows = await tx.fetch("UPDATE enrolment SET state = ? WHERE id = ? AND state = 'waiting' RETURNING id", state, id)
    return bool(rows)


async def is_taken(tx: Tx, *hashes: str) -> bool:
    """Return whether a tablet that took a code goes by one of these tokens."""
    found = [
        await tx.fetch("SELECT 1 FROM enrolment WHERE token_hash = ? OR courier_hash = ?", one, one) for one in hashes
    ]
    return any(found)


# ── what an organisation accepted in writing ──────────────────────────────────────────────────────────


async def accepted(tx: Tx, organisation: str, what: str) -> tuple[str, int] | None:
    """Return who accepted it and when."""
    rows = await tx.fetch("SELECT member, at FROM acceptance WHERE organisation = ? AND what = ?", organisation, what)
    return (rows[0][0], rows[0][1]) if rows else None


async def accept(tx: Tx, organisation: str, what: str, member: str, *, now_ms: int) -> None:
    """Store that it was accepted; who accepted it first stays."""
    await tx.run(
        "INSERT INTO acceptance VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", organisation, what, member, now_ms
    )


async def withdraw(tx: Tx, organisation: str, what: str) -> None:
    """Store that it is accepted no more."""
    await tx.run("DELETE FROM acceptance WHERE organisation = ? AND what = ?", organisation, what)
