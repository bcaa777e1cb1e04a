"""SQL of people: organisations, members, devices (a tablet, or a coordinator's session)."""

from collections.abc import Sequence

from msgspec import Struct

from server.store import pushes
from server.store.engine import Row, Tx


class Member(Struct, frozen=True):
    """A member as the server knows it; what others see of it is its record."""

    organisation: str
    id: str
    display_name: str
    role: str
    service: str | None
    email: str | None
    active: bool


class Device(Struct, frozen=True):
    """A token's device, with its member."""

    id: str
    organisation: str
    member: str
    role: str
    service: str | None
    display_name: str
    active: bool
    is_session: bool
    expires_at: int
    revoked_at: int | None
    ended_at: int | None
    last_contact: int
    verified_at: int  # when this person last proved to be there
    unready: bool  # may do nothing but set up a second factor
    waiting: int = 0  # how many edits had not left it, as it last said; so are the next two
    app: str = ""
    persisted: bool | None = None
    is_courier: bool = False  # the token only brings sealed edits


async def add_organisation(tx: Tx, id: str, name: str, *, now_ms: int) -> None:
    """Store a new organisation."""
    await tx.run("INSERT INTO organisation VALUES (?, ?, ?)", id, name, now_ms)


async def organisations(tx: Tx) -> Sequence[Row]:
    """Return (id, name) of every organisation."""
    return await tx.fetch("SELECT id, name FROM organisation ORDER BY created_at")


async def add_member(tx: Tx, member: Member, password_hash: str | None, *, is_short: bool = False, now_ms: int) -> None:
    """Store a new member; a short password counts only with a second factor."""
    await tx.run(
        "INSERT INTO member (organisation, id, display_name, role, service, email, password_hash, active, created_at,"
        " password_short) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        member.organisation, member.id, member.display_name, member.role, member.service, member.email,
        password_hash, 1 if member.active else 0, now_ms, 1 if is_short else 0,
    )  # fmt: skip


async def change_member(tx: Tx, member: Member) -> None:
    """Store a member's name, role, service and whether it is active."""
    await tx.run(
        "UPDATE member SET display_name = ?, role = ?, service = ?, active = ? WHERE organisation = ? AND id = ?",
        member.display_name, member.role, member.service, 1 if member.active else 0, member.organisation, member.id,
    )  # fmt: skip


_MEMBER = "organisation, id, display_name, role, service, email, active"


def _member(row: Row) -> Member:
    return Member(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6]))


async def members(tx: Tx, organisation: str) -> list[Member]:
    """Return all members of an organisation, by name."""
    rows = await tx.fetch(f"SELECT {_MEMBER} FROM member WHERE organisation = ? ORDER BY display_name", organisation)
    return [_member(row) for row in rows]


async def member(tx: Tx, organisation: str, id: str) -> Member | None:
    """Return one member."""
    rows = await tx.fetch(f"SELECT {_MEMBER} FROM member WHERE organisation = ? AND id = ?", organisation, id)
    return _member(rows[0]) if rows else None


async def add_device(
    tx: Tx, id: str, member: Member, token_hash: str, label: str, *, is_session: bool, unready: bool = False,
    verified_at: int = 0, expires_at: int, now_ms: int, courier_hash: str | None = None,
    tier: str = "", tablet: str = "",
) -> None:  # fmt: skip
    """Store a device with the hashes of its token and its courier's."""
    await tx.run(
        "INSERT INTO device (id, organisation, member, token_hash, is_session, label, enrolled_at, last_contact,"
        " expires_at, waiting, app, verified_at, unready, courier_hash, tier, tablet)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', ?, ?, ?, ?, ?)",
        id, member.organisation, member.id, token_hash, 1 if is_session else 0, label, now_ms, now_ms, expires_at,
        verified_at, 1 if unready else 0, courier_hash, tier, tablet,
    )  # fmt: skip


_DEVICE = (
    "SELECT d.id, d.organisation, d.member, m.role, m.service, m.display_name, m.active, d.is_session, d.expires_at,"
    " d.revoked_at, d.ended_at, d.last_contact, d.verified_at, d.unready, d.waiting, d.app,"
    " d.persisted FROM device d"
    " JOIN member m ON m.organisation = d.organisation AND m.id = d.member WHERE d."
)


async def device_of(tx: Tx, token_hash: str) -> Device | None:
    """Return the device of a token, or of its courier's token."""
    rows = await tx.fetch(f"{_DEVICE}token_hash = ?", token_hash)
    is_courier = not rows
    if is_courier:
        rows = await tx.fetch(f"{_DEVICE}courier_hash = ?", token_hash)
    if not rows:
        return None
    row = rows[0]
    return Device(
        row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6]), bool(row[7]), row[8], row[9], row[10], row[11],
        row[12], bool(row[13]), row[14], row[15], None if row[16] is None else bool(row[16]), is_courier,
    )  # fmt: skip


async def are_taken(tx: Tx, device: str, *hashes: str) -> bool:
    """Return whether another device goes by one of these tokens."""
    found = [await device_of(tx, one) for one in hashes]
    return any(one is not None and one.id != device for one in found)


async def has_tokens(tx: Tx, device: str, token_hash: str, courier_hash: str) -> bool:
    """Return whether these are a device's tokens."""
    return bool(
        await tx.fetch(
            "SELECT 1 FROM device WHERE id = ? AND token_hash = ? AND courier_hash = ?",
            device,
            token_hash,
            courier_hash,
        )
    )


async def give_tokens(tx: Tx, device: str, token_hash: str, courier_hash: str) -> None:
    """Replace a device's token, and give it one for its courier."""
    await tx.run("UPDATE device SET token_hash = ?, courier_hash = ? WHERE id = ?", token_hash, courier_hash, device)


async def has_access(tx: Tx, device: str) -> bool:
    """Return whether a device's token still counts."""
    return bool(
        await tx.fetch(
            "SELECT 1 FROM device d JOIN member m ON m.organisation = d.organisation AND m.id = d.member"
            " WHERE d.id = ? AND d.revoked_at IS NULL AND d.ended_at IS NULL AND m.active = 1",
            device,
        )
    )


async def devices(tx: Tx, organisation: str) -> Sequence[Row]:
    """Return a row of ``TeamDevice`` for each tablet, latest first."""
    return await tx.fetch(
        "SELECT id, member, label, enrolled_at, last_contact, revoked_at, waiting, app, tier, persisted,"
        " tablet FROM device"
        " WHERE organisation = ? AND is_session = 0 ORDER BY enrolled_at DESC",
        organisation,
    )


async def touch(tx: Tx, device: str, *, now_ms: int, waiting: int, app: str, persisted: bool | None) -> None:
    """Note a device's contact, and what it says of itself; what it does not say of its storage stays."""
    await tx.run(
        "UPDATE device SET last_contact = ?, waiting = ?, app = ?, persisted = coalesce(?, persisted) WHERE id = ?",
        now_ms, waiting, app[:40], None if persisted is None else int(persisted), device,
    )  # fmt: skip


async def revoke(tx: Tx, organisation: str, device: str, *, now_ms: int) -> list[str]:
    """Revoke a device and whatever else is on its tablet, and remind no more there; return their ids."""
    rows = await tx.fetch("SELECT tablet FROM device WHERE organisation = ? AND id = ?", organisation, device)
    if not rows:
        return []
    on_it = await tx.fetch(
        "SELECT id FROM device WHERE organisation = ? AND (id = ? OR (tablet <> '' AND tablet = ? AND revoked_at IS NULL"
        " AND ended_at IS NULL)) ORDER BY id",
        organisation, device, rows[0][0],
    )  # fmt: skip
    for (one,) in on_it:
        await tx.run("UPDATE device SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", now_ms, one)
        await pushes.unsubscribe(tx, one)
    return [row[0] for row in on_it]


async def end(tx: Tx, device: str, *, now_ms: int) -> None:
    """End a device's token for good: signed out, or wiped."""
    await tx.run("UPDATE device SET ended_at = ? WHERE id = ?", now_ms, device)
    await pushes.unsubscribe(tx, device)


async def revoke_all(tx: Tx, organisation: str, member: str, *, tablets_only: bool = False, now_ms: int) -> list[str]:
    """Revoke every device of a member that has its access, or every tablet, and end their reminders; return their ids."""
    rows = await tx.fetch(
        "UPDATE device SET revoked_at = ? WHERE organisation = ? AND member = ? AND revoked_at IS NULL"
        f"{' AND is_session = 0' if tablets_only else ''} RETURNING id",
        now_ms, organisation, member,
    )  # fmt: skip
    for (device,) in rows:
        await pushes.unsubscribe(tx, device)
    if not tablets_only:
        await pushes.unsubscribe_all(tx, organisation, member)
    return [row[0] for row in rows]


async def is_email_taken(tx: Tx, email: str) -> bool:
    """Return whether an account has this address."""
    return bool(await tx.fetch("SELECT 1 FROM member WHERE email = ?", email))


async def set_email(tx: Tx, member: Member, email: str) -> None:
    """Store another address."""
    await tx.run("UPDATE member SET email = ? WHERE organisation = ? AND id = ?", email, member.organisation, member.id)


async def free_email(tx: Tx, email: str) -> None:
    """Take an address from whoever has it, who can sign in no more."""
    await tx.run("UPDATE member SET email = NULL, password_hash = NULL WHERE email = ?", email)
