"""SQL of sealed edits: the members' keys, and boxes that could not be opened."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from msgspec import Struct

from server.store.engine import Tx
from sync.sealed import SealedEdit


class MemberKey(Struct, frozen=True):
    """A member's public key on one device, and what that member may do now."""

    member: str
    device: str
    public: bytes
    role: str
    service: str | None
    revoked: bool  # the member left, or the device lost its access


class Box(Struct, frozen=True):
    """A sealed edit that could not be opened, with who carried it here and why it could not."""

    id: int
    sealed: SealedEdit
    member: str
    device: str
    why: str
    correction_ms: int
    received_at: int


async def add_member_key(tx: Tx, organisation: str, member: str, device: str, public: bytes, *, now_ms: int) -> None:
    """Store the key of a member on a device that is being enrolled."""
    await tx.run("INSERT INTO member_key VALUES (?, ?, ?, ?, ?)", organisation, member, device, public, now_ms)


async def member_key(tx: Tx, organisation: str, member: str, device: str) -> bytes | None:
    """Return the key of a member on a device, locked until the commit; None where none is registered."""
    lock = " FOR UPDATE" if tx.is_postgres else ""
    await tx.fetch(f"SELECT 1 FROM device WHERE id = ?{lock}", device)
    rows = await tx.fetch(
        "SELECT public FROM member_key WHERE organisation = ? AND member = ? AND device = ?",
        organisation,
        member,
        device,
    )
    return bytes(rows[0][0]) if rows else None


async def member_keys(tx: Tx, organisation: str, members: Iterable[str]) -> list[MemberKey]:
    """Return the keys of these members on all their devices."""
    rows = await tx.by_keys(
        "SELECT mk.member, mk.device, mk.public, m.role, m.service, m.active, d.revoked_at FROM member_key mk"
        " JOIN member m ON m.organisation = mk.organisation AND m.id = mk.member JOIN device d ON d.id = mk.device"
        " WHERE mk.organisation = ? AND mk.member {keys}",
        members,
        organisation,
    )
    return [MemberKey(row[0], row[1], row[2], row[3], row[4], not row[5] or row[6] is not None) for row in rows]


def hash_of(sealed: SealedEdit) -> str:
    """Return by what a box is known again."""
    return sha256(f"{sealed.a} {sealed.n} {sealed.id} {sealed.key} {sealed.box}".encode()).hexdigest()


async def known_boxes(tx: Tx, organisation: str, hashes: Iterable[str]) -> set[str]:
    """Return which of these boxes are kept."""
    rows = await tx.by_keys("SELECT hash FROM box WHERE organisation = ? AND hash {keys}", hashes, organisation)
    return {row[0] for row in rows}


async def add_boxes(tx: Tx, organisation: str, boxes: Sequence[Box]) -> None:
    """Keep boxes; ``id`` is given by the database."""
    await tx.run_many(
        "INSERT INTO box (organisation, a, n, record, event, key, box, hash, member, device, why, correction_ms,"
        " received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (organisation, b.sealed.a, b.sealed.n, b.sealed.id, b.sealed.event, b.sealed.key, b.sealed.box,
             hash_of(b.sealed), b.member, b.device, b.why, b.correction_ms, b.received_at)
            for b in boxes
        ],
    )  # fmt: skip


async def boxes(tx: Tx, organisation: str, *, after: int = 0, limit: int = 500) -> list[Box]:
    """Return kept boxes in the order in which they came, those after number ``after``."""
    rows = await tx.fetch(
        "SELECT id, a, n, record, key, box, event, member, device, why, correction_ms, received_at FROM box"
        " WHERE organisation = ? AND id > ? ORDER BY id LIMIT ?",
        organisation,
        after,
        limit,
    )
    return [Box(row[0], SealedEdit(*row[1:7]), *row[7:]) for row in rows]


async def drop_box(tx: Tx, organisation: str, id: int) -> None:
    """Forget a box: it was opened and answered, or left out."""
    await tx.run("DELETE FROM box WHERE organisation = ? AND id = ?", organisation, id)


async def say_why(tx: Tx, organisation: str, id: int, why: str) -> None:
    """Note why a box could not be taken in this time."""
    await tx.run("UPDATE box SET why = ? WHERE organisation = ? AND id = ?", why, organisation, id)
