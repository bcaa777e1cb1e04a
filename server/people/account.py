"""One's own account: proving to be there, password, passkeys, codes, sessions."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from server.bodies import StrictDTO
from server.callers import in_session, verified
from server.clock import new_bytes, new_token, now_ms
from server.errors import Refusal
from server.people import codes, factors, sessions
from server.people.answers import Done, Made, Text
from server.people.passkeys import Asserted, Attested, Options, site_of
from server.people.passwords import hash_password, is_password, is_short, is_weak
from server.people.sign_in import IDLE_MS, hash_token
from server.store import accounts as sql
from server.store import audit
from server.store import people as people_sql
from server.store.accounts import Account
from server.store.engine import Tx
from server.store.people import Device

Code = Annotated[str, Meta(min_length=6, max_length=40)]


class Proof(Struct, frozen=True, forbid_unknown_fields=True):
    """One of these."""

    passkey: Asserted | None = None
    code: Code | None = None
    password: Text | None = None


class Proofs(Struct, frozen=True):
    """By what this person may prove to be there. ``passkey``: for the browser."""

    passkey: Options | None
    code: bool
    password: bool


class NewPassword(Struct, frozen=True, forbid_unknown_fields=True):
    password: Text


class NewPasskey(Struct, frozen=True, forbid_unknown_fields=True):
    answer: Attested
    label: Annotated[str, Meta(max_length=60)] = ""


class OneCode(Struct, frozen=True, forbid_unknown_fields=True):
    code: Code


class Secret(Struct, frozen=True):
    """For an authenticator app: to scan, or to type."""

    secret: str
    link: str


class RecoveryCodes(Struct, frozen=True):
    codes: list[str]


class KnownPasskey(Struct, frozen=True):
    id: str
    label: str
    made_at: int
    used_at: int | None


class Session(Struct, frozen=True):
    id: str
    is_this: bool
    label: str
    begun_at: int
    last_contact: int


class OwnAccount(Struct, frozen=True):
    email: str
    host: str
    has_code: bool
    recovery_left: int
    passkeys: list[KnownPasskey]
    sessions: list[Session]


@get("/api/account", summary="One's own account")
async def account(request: Request[Any, Any, Any]) -> OwnAccount:
    """Return how the caller signs in, and where they are signed in now."""
    device, now = in_session(request.user), now_ms()
    async with request.app.state.store.reading() as tx:
        own = await _own(tx, device)
        keys = await sql.passkeys_of(tx, device.organisation, device.member)
        left = await sql.recovery_left(tx, own.member)
        open = await sql.sessions_of(tx, device.organisation, device.member, idle_since=now - IDLE_MS, now_ms=now)
    return OwnAccount(
        own.member.email or "", site_of(request.app.state.settings.public_url).host, bool(own.secret), left,
        [KnownPasskey(*row) for row in keys], [Session(row[0], row[0] == device.id, *row[1:]) for row in open],
    )  # fmt: skip


async def _own(tx: Tx, device: Device, *, lock: bool = False) -> Account:
    found = await sql.account_of(tx, device.organisation, device.member, lock=lock)
    if found is None:
        raise Refusal("not_found")
    return found


# ── proving to be there ───────────────────────────────────────────────────────────────────────────────


@post("/api/verify/options", status_code=200, summary="By what one may prove to be there")
async def verify_options(request: Request[Any, Any, Any]) -> Proofs:
    """Return the ways that this account has."""
    device, state, now = in_session(request.user), request.app.state, now_ms()
    async with state.store.writing() as tx:
        own = await _own(tx, device)
        keys = [row[0] for row in await sql.passkeys_of(tx, device.organisation, device.member)]
        site = site_of(state.settings.public_url)
        options = await factors.ask_passkey(tx, site, "verify", device.id, keys, now_ms=now) if keys else None
    return Proofs(options, bool(own.secret), own.secret is None and own.password_hash is not None)


@post("/api/verify", status_code=200, dto=StrictDTO[Proof], return_dto=None, summary="Prove to be there")
async def verify(data: JSONBody[Proof], request: Request[Any, Any, Any]) -> Response[Done]:
    """Give the session another token, which counts as verified for five minutes."""
    device, state, now, token = in_session(request.user), request.app.state, now_ms(), new_token()
    tries = ((state.limits.code, device.member), (state.limits.sign_in, device.member))
    await state.limits.check(*tries, now_ms=now)
    is_right = await _is_password(request, device, data.password) if data.password else False
    async with state.store.writing() as tx:
        way = "password" if is_right else await _way(tx, data, device, request, now)
        line = audit.Line(device.member, "verified" if way else "verify_failed", device.id, way)
        if way:
            await sql.rotate(tx, device.id, hash_token(token), unready=device.unready, now_ms=now)
        await audit.add(tx, device.organisation, line, now_ms=now)
    if not way:
        raise Refusal("wrong_passkey" if data.passkey else "wrong_code" if data.code else "wrong_password")
    await state.limits.forgive(*tries)
    return sessions.rotated(request, device, token, Done(), now_ms=now)


async def _way(tx: Tx, data: Proof, device: Device, request: Request[Any, Any, Any], now: int) -> str:
    if data.passkey:
        site = site_of(request.app.state.settings.public_url)
        used = await factors.use_passkey(tx, data.passkey, site=site, purpose="verify", device=device.id, now_ms=now)
        return "passkey" if used and used.member == device.member else ""
    if data.code:
        return await factors.use_code(tx, await _own(tx, device, lock=True), data.code, now_ms=now)
    return ""


async def _is_password(request: Request[Any, Any, Any], device: Device, password: str) -> bool:
    """Return whether the password is right; it proves nothing where there is a code."""
    async with request.app.state.store.reading() as tx:
        own = await _own(tx, device)
    return await is_password(password, own.password_hash) and own.secret is None


# ── codes ─────────────────────────────────────────────────────────────────────────────────────────────


@post("/api/code", status_code=200, summary="Begin to set up codes of an authenticator app")
async def begin_code(request: Request[Any, Any, Any]) -> Secret:
    """Return a secret; it counts when its first code was typed."""
    device, secret = verified(in_session(request.user)), codes.secret_of(new_bytes(codes.SECRET_BYTES))
    async with request.app.state.store.writing() as tx:
        own = await _own(tx, device)
        await sql.begin_code(tx, own.member, secret)
    return Secret(secret, codes.link_of(secret, own.member.email or own.member.display_name))


@post("/api/code/confirm", status_code=200, dto=StrictDTO[OneCode], return_dto=None, summary="Confirm by a first code")
async def confirm_code(data: JSONBody[OneCode], request: Request[Any, Any, Any]) -> Response[RecoveryCodes]:
    """Let the secret count from now on; return recovery codes, which are shown once, and another token."""
    device, state, now, token = verified(in_session(request.user)), request.app.state, now_ms(), new_token()
    await state.limits.check((state.limits.code, device.member), now_ms=now)
    async with state.store.writing() as tx:
        own = await _own(tx, device, lock=True)
        secret = await sql.pending_secret(tx, own.member)
        step = codes.accepted_step(secret, data.code, last=0, now_ms=now) if secret else None
        if secret is None or step is None:
            raise Refusal("wrong_code")
        await sql.confirm_code(tx, own.member, secret, step, now_ms=now)
        made = await factors.new_recovery_codes(tx, own.member)
        await sql.rotate(tx, device.id, hash_token(token), unready=False, now_ms=now)
        await audit.add(tx, device.organisation, audit.Line(device.member, "code_set", device.member), now_ms=now)
    await state.limits.forgive((state.limits.code, device.member))
    return sessions.rotated(request, device, token, RecoveryCodes(made), now_ms=now)


@post("/api/recovery", status_code=200, summary="Make new recovery codes")
async def recovery(request: Request[Any, Any, Any]) -> RecoveryCodes:
    """Return recovery codes in place of the ones before; shown once."""
    device, now = verified(in_session(request.user)), now_ms()
    async with request.app.state.store.writing() as tx:
        own = await _own(tx, device)
        if own.secret is None:
            raise Refusal("not_found")
        made = await factors.new_recovery_codes(tx, own.member)
        await audit.add(tx, device.organisation, audit.Line(device.member, "recovery_made", device.member), now_ms=now)
    return RecoveryCodes(made)


# ── password and passkeys ─────────────────────────────────────────────────────────────────────────────


@post("/api/password", status_code=200, dto=StrictDTO[NewPassword], return_dto=None, summary="Change one's password")
async def password(data: JSONBody[NewPassword], request: Request[Any, Any, Any]) -> Done:
    """Store another password; every other session of this person ends."""
    device, state, now = verified(in_session(request.user)), request.app.state, now_ms()
    async with state.store.reading() as tx:
        own = await _own(tx, device)
    if is_weak(data.password, has_code=own.secret is not None, email=own.member.email or ""):
        raise Refusal("weak_password")
    hashed = await hash_password(data.password)
    async with state.store.writing() as tx:
        await sql.set_password(tx, own.member, hashed, is_short=is_short(data.password))
        ended = await sql.end_others(tx, device.organisation, device.member, but=device.id, now_ms=now)
        await audit.add(tx, device.organisation, audit.Line(device.member, "password_set", device.member), now_ms=now)
    for one in ended:
        state.hub.end_device(one)
    return Done()


@post("/api/passkeys/options", status_code=200, summary="What a browser needs to make a passkey")
async def passkey_options(request: Request[Any, Any, Any]) -> Options:
    """Return a challenge, good once and for five minutes."""
    device, state = verified(in_session(request.user)), request.app.state
    async with state.store.writing() as tx:
        own = await _own(tx, device)
        known = [row[0] for row in await sql.passkeys_of(tx, device.organisation, device.member)]
        name = own.member.email or own.member.display_name
        return await factors.ask_new_passkey(
            tx, site_of(state.settings.public_url), device, name, known, now_ms=now_ms()
        )


@post("/api/passkeys", status_code=201, dto=StrictDTO[NewPasskey], return_dto=None, summary="Keep a passkey")
async def add_passkey(data: JSONBody[NewPasskey], request: Request[Any, Any, Any]) -> Made:
    """Keep the public key of a passkey that was just made."""
    device, state, now = verified(in_session(request.user)), request.app.state, now_ms()
    async with state.store.writing() as tx:
        site = site_of(state.settings.public_url)
        id = await factors.keep_passkey(tx, data.answer, device, data.label, site=site, now_ms=now)
        await audit.add(tx, device.organisation, audit.Line(device.member, "passkey_added", id[:16]), now_ms=now)
    return Made(id)


@post("/api/passkeys/{passkey_id:str}/remove", status_code=200, summary="Remove a passkey")
async def remove_passkey(passkey_id: FromPath[str], request: Request[Any, Any, Any]) -> Done:
    """Remove one of one's own passkeys."""
    device, now = verified(in_session(request.user)), now_ms()
    async with request.app.state.store.writing() as tx:
        if not await sql.remove_passkey(tx, device.organisation, device.member, passkey_id):
            raise Refusal("not_found")
        line = audit.Line(device.member, "passkey_removed", passkey_id[:16])
        await audit.add(tx, device.organisation, line, now_ms=now)
    return Done()


@post("/api/sessions/{session_id:str}/end", status_code=200, summary="End one of one's own sessions")
async def end_session(session_id: FromPath[str], request: Request[Any, Any, Any]) -> Done:
    """End a session elsewhere."""
    device, state, now = in_session(request.user), request.app.state, now_ms()
    async with state.store.writing() as tx:
        open = await sql.sessions_of(tx, device.organisation, device.member, idle_since=0, now_ms=now)
        if session_id not in {row[0] for row in open}:
            raise Refusal("not_found")
        await people_sql.end(tx, session_id, now_ms=now)
        line = audit.Line(device.member, "session_ended", session_id)
        await audit.add(tx, device.organisation, line, now_ms=now)
    state.hub.end_device(session_id)
    return Done()


HANDLERS = (
    account, verify_options, verify, begin_code, confirm_code, recovery, password, passkey_options, add_passkey,
    remove_passkey, end_session,
)  # fmt: skip
