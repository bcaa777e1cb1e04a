"""SQL of coordinators' accounts: passwords, passkeys, codes, recovery codes, challenges, sessions."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence

from msgspec import Struct

from server.store import cardkeys, pushes
from server.store.engine import Row, Tx
from server.store.people import Member, member

SEALED = "sealed:"  # how a secret begins that lies sealed, under the key of its member


class Account(Struct, frozen=True):
    """Who may sign in, and by what."""

    member: Member
    password_hash: str | None
    is_short: bool
    secret: str | None  # of a confirmed code
    step: int


class Passkey(Struct, frozen=True):
    """A passkey with its member."""

    id: str
    organisation: str
    member: str
    public_key: bytes
    sign_count: int


async def account_of(tx: Tx, organisation: str, id: str, *, lock: bool = False) -> Account | None:
    """Return a member's account; locked, nobody else uses a code of it until the transaction ends."""
    found = await member(tx, organisation, id)
    locking = " FOR UPDATE" if lock and tx.is_postgres else ""
    rows = await tx.fetch(
        f"SELECT password_hash, password_short FROM member WHERE organisation = ? AND id = ?{locking}",
        organisation, id,
    )  # fmt: skip
    if found is None or not rows:
        return None
    codes = await tx.fetch(
        "SELECT secret, step FROM code WHERE organisation = ? AND member = ? AND confirmed_at IS NOT NULL",
        organisation, id,
    )  # fmt: skip
    secret, step = (await _opened(tx, organisation, id, id, codes[0][0]), codes[0][1]) if codes else (None, 0)
    return Account(found, rows[0][0], bool(rows[0][1]), secret, step)


async def by_email(tx: Tx, email: str) -> Account | None:
    """Return the account of an active member's e-mail address."""
    rows = await tx.fetch("SELECT organisation, id FROM member WHERE email = ? AND active = 1", email)
    return await account_of(tx, rows[0][0], rows[0][1]) if rows else None


async def set_password(tx: Tx, who: Member, password_hash: str, *, is_short: bool) -> None:
    """Store another password."""
    await tx.run(
        "UPDATE member SET password_hash = ?, password_short = ? WHERE organisation = ? AND id = ?",
        password_hash, 1 if is_short else 0, who.organisation, who.id,
    )  # fmt: skip


# ── codes ─────────────────────────────────────────────────────────────────────────────────────────────


async def begin_code(tx: Tx, who: Member, secret: str) -> None:
    """Store a secret that does not count before it is confirmed; one that counts stays until then."""
    await tx.run(
        "INSERT INTO code VALUES (?, ?, ?, NULL, 0) ON CONFLICT (organisation, member) DO UPDATE SET"
        " secret = excluded.secret, confirmed_at = NULL, step = 0",
        who.organisation, _pending(who), await _sealed(tx, who, _pending(who), secret),
    )  # fmt: skip


def _pending(who: Member) -> str:
    return f"{who.id} pending"


async def pending_secret(tx: Tx, who: Member) -> str | None:
    """Return the secret that waits for its first code."""
    rows = await tx.fetch(
        "SELECT secret FROM code WHERE organisation = ? AND member = ?", who.organisation, _pending(who)
    )
    return await _opened(tx, who.organisation, who.id, _pending(who), rows[0][0]) if rows else None


async def _sealed(tx: Tx, who: Member, place: str, secret: str) -> str:
    await cardkeys.make(tx, who.organisation, [who.id])
    stored = tx.keys.seal("code", who.organisation, who.id, place, secret.encode())
    return SEALED + b64encode(stored).decode()


async def _opened(tx: Tx, organisation: str, member: str, place: str, stored: str) -> str:
    if not stored.startswith(SEALED):
        return stored  # of before; the next that is confirmed is sealed
    await cardkeys.learn(tx, organisation, [member])
    return tx.keys.open("code", organisation, member, place, b64decode(stored.removeprefix(SEALED))).decode()


async def confirm_code(tx: Tx, who: Member, secret: str, step: int, *, now_ms: int) -> None:
    """Let a secret count, in place of the one before."""
    await tx.run("DELETE FROM code WHERE organisation = ? AND member = ?", who.organisation, _pending(who))
    await tx.run(
        "INSERT INTO code VALUES (?, ?, ?, ?, ?) ON CONFLICT (organisation, member) DO UPDATE SET"
        " secret = excluded.secret, confirmed_at = excluded.confirmed_at, step = excluded.step",
        who.organisation, who.id, await _sealed(tx, who, who.id, secret), now_ms, step,
    )  # fmt: skip


async def use_step(tx: Tx, who: Member, step: int) -> None:
    """Note the latest period whose code was accepted."""
    await tx.run("UPDATE code SET step = ? WHERE organisation = ? AND member = ?", step, who.organisation, who.id)


async def replace_recovery(tx: Tx, who: Member, hashes: Iterable[str]) -> None:
    """Store recovery codes in place of the ones before."""
    await tx.run("DELETE FROM recovery WHERE organisation = ? AND member = ?", who.organisation, who.id)
    await tx.run_many(
        "INSERT INTO recovery VALUES (?, ?, ?, NULL)", [(one, who.organisation, who.id) for one in hashes]
    )


async def use_recovery(tx: Tx, who: Member, code_hash: str, *, now_ms: int) -> bool:
    """Use up a recovery code; return whether it was there."""
    rows = await tx.fetch(
        "UPDATE recovery SET used_at = ? WHERE code_hash = ? AND organisation = ? AND member = ? AND used_at IS NULL"
        " RETURNING 1",
        now_ms, code_hash, who.organisation, who.id,
    )  # fmt: skip
    return bool(rows)


async def recovery_left(tx: Tx, who: Member) -> int:
    """Return how many recovery codes were not used."""
    rows = await tx.fetch(
        "SELECT count(*) FROM recovery WHERE organisation = ? AND member = ? AND used_at IS NULL",
        who.organisation, who.id,
    )  # fmt: skip
    return int(rows[0][0])


# ── passkeys ──────────────────────────────────────────────────────────────────────────────────────────


async def add_passkey(tx: Tx, passkey: Passkey, label: str, *, now_ms: int) -> None:
    """Store a passkey."""
    await tx.run(
        "INSERT INTO passkey VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
        passkey.id, passkey.organisation, passkey.member, passkey.public_key, passkey.sign_count, label, now_ms,
    )  # fmt: skip


async def passkey_of(tx: Tx, id: str) -> Passkey | None:
    """Return a passkey by its credential's id."""
    lock = " FOR UPDATE" if tx.is_postgres else ""
    rows = await tx.fetch(
        f"SELECT id, organisation, member, public_key, sign_count FROM passkey WHERE id = ?{lock}", id
    )
    return Passkey(rows[0][0], rows[0][1], rows[0][2], bytes(rows[0][3]), rows[0][4]) if rows else None


async def passkeys_of(tx: Tx, organisation: str, id: str) -> Sequence[Row]:
    """Return (id, label, made_at, used_at) of a member's passkeys, oldest first."""
    return await tx.fetch(
        "SELECT id, label, made_at, used_at FROM passkey WHERE organisation = ? AND member = ? ORDER BY made_at",
        organisation, id,
    )  # fmt: skip


async def use_passkey(tx: Tx, id: str, sign_count: int, *, now_ms: int) -> None:
    """Note that a passkey was used."""
    await tx.run("UPDATE passkey SET sign_count = ?, used_at = ? WHERE id = ?", sign_count, now_ms, id)


async def remove_passkey(tx: Tx, organisation: str, member: str, id: str) -> bool:
    """Remove a member's passkey; return whether there was one."""
    rows = await tx.fetch(
        "DELETE FROM passkey WHERE id = ? AND organisation = ? AND member = ? RETURNING 1", id, organisation, member
    )
    return bool(rows)


async def add_challenge(tx: Tx, hash: str, purpose: str, device: str, *, expires_at: int) -> None:
    """Store a challenge; device '' where nobody is signed in."""
    await tx.run("INSERT INTO challenge VALUES (?, ?, ?, ?)", hash, purpose, device, expires_at)


async def use_challenge(tx: Tx, hash: str, purpose: str, device: str, *, now_ms: int) -> bool:
    """Use up a challenge; return whether it was there for this."""
    rows = await tx.fetch(
        "DELETE FROM challenge WHERE hash = ? AND purpose = ? AND device = ? AND expires_at > ? RETURNING 1",
        hash, purpose, device, now_ms,
    )  # fmt: skip
    return bool(rows)


async def forget_factors(tx: Tx, who: Member) -> None:
    """Remove passkeys, codes and recovery codes of a member."""
    for table in ("passkey", "recovery"):
        await tx.run(f"DELETE FROM {table} WHERE organisation = ? AND member = ?", who.organisation, who.id)
    for one in (who.id, _pending(who)):
        await tx.run("DELETE FROM code WHERE organisation = ? AND member = ?", who.organisation, one)


# ── sessions ──────────────────────────────────────────────────────────────────────────────────────────


async def sessions_of(tx: Tx, organisation: str, id: str, *, idle_since: int, now_ms: int) -> Sequence[Row]:
    """Return (id, label, enrolled_at, last_contact) of a member's sessions that still count, latest first."""
    return await tx.fetch(
        "SELECT id, label, enrolled_at, last_contact FROM device WHERE organisation = ? AND member = ?"
        " AND is_session = 1 AND ended_at IS NULL AND revoked_at IS NULL AND expires_at >= ? AND last_contact >= ?"
        " ORDER BY enrolled_at DESC",
        organisation, id, now_ms, idle_since,
    )  # fmt: skip


async def rotate(tx: Tx, device: str, token_hash: str, *, unready: bool, now_ms: int) -> None:
    """Give a session another token: its person has just proved to be there."""
    await tx.run(
        "UPDATE device SET token_hash = ?, verified_at = ?, last_contact = ?, unready = ? WHERE id = ?",
        token_hash, now_ms, now_ms, 1 if unready else 0, device,
    )  # fmt: skip


async def end_others(tx: Tx, organisation: str, id: str, *, but: str, now_ms: int) -> list[str]:
    """End every other session of a member, and its reminders; return their ids."""
    rows = await tx.fetch(
        "UPDATE device SET ended_at = ? WHERE organisation = ? AND member = ? AND is_session = 1 AND id <> ?"
        " AND ended_at IS NULL RETURNING id",
        now_ms, organisation, id, but,
    )  # fmt: skip
    for row in rows:
        await pushes.unsubscribe(tx, row[0])
    return [row[0] for row in rows]
