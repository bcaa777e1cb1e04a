"""Signing in and out: a passkey first, else a password with a code; one-time links of desks.

passkey ──────────────────────────────────────────────→ session
password ≥ 15 ────────────────────────────────────────→ session
password, where there is a code ── code or recovery ──→ session
password < 15, no code yet ──→ session that may only set one up
one-time link, made on the server ────────────────────→ session to which nobody is verified yet
"""

from typing import Annotated, Any

from litestar import MediaType, Request, Response, get, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from server.bodies import StrictDTO
from server.callers import signed_in
from server.clock import now_ms
from server.errors import Refusal
from server.limits import address_of
from server.people import factors, sessions
from server.people.answers import Done, Me, Text, me_of
from server.people.enrolling import WHY_NOT, verdict_on
from server.people.passkeys import Asserted, Options, site_of
from server.people.passwords import is_password
from server.people.sign_in import cookie_name, hash_token
from server.store import accounts, audit, enrolment
from server.store import people as sql
from server.store.accounts import Account
from server.store.people import Member


class SignIn(Struct, frozen=True, forbid_unknown_fields=True):
    email: Text
    password: Text
    code: Annotated[str, Meta(max_length=40)] = ""


class Link(Struct, frozen=True, forbid_unknown_fields=True):
    code: Text


class Ways(Struct, frozen=True):
    """How one may sign in here. Passkeys work at ``host`` only."""

    host: str


@get("/api/sign-in/ways", summary="How a coordinator may sign in here")
async def ways(request: Request[Any, Any, Any]) -> Ways:
    """Return at which host passkeys work."""
    return Ways(site_of(request.app.state.settings.public_url).host)


@post("/api/sign-in", status_code=200, dto=StrictDTO[SignIn], return_dto=None, summary="Sign in with a password")
async def sign_in(data: JSONBody[SignIn], request: Request[Any, Any, Any]) -> Response[Me]:
    """Answer the same, after the same work, for a wrong password and an unknown address."""
    state, now, email = request.app.state, now_ms(), data.email.strip().lower()
    tries = [(state.limits.sign_in, email), (state.limits.address, address_of(request))]
    await state.limits.check(*tries, now_ms=now)
    async with state.store.reading() as tx:
        account = await accounts.by_email(tx, email)
    hashed = account.password_hash if account else None
    if not await is_password(data.password, hashed) or account is None:
        await _note_failure(request, account, "password", now)
        raise Refusal("wrong_password")
    if account.secret and not data.code:
        await state.limits.forgive(*tries)
        raise Refusal("code_needed")
    if account.secret:
        tries.append((state.limits.code, account.member.id))
        await state.limits.check(tries[-1], now_ms=now)
    answer = await _begin(request, account.member, data.code, now)
    if answer is None:
        raise Refusal("wrong_code")
    await state.limits.forgive(*tries)
    return answer


async def _begin(request: Request[Any, Any, Any], member: Member, code: str, now: int) -> Response[Me] | None:
    """Return the answer with a session, None where the code is not right; either way it is written down."""
    async with request.app.state.store.writing() as tx:
        account = await accounts.account_of(tx, member.organisation, member.id, lock=True)
        if account is None or not account.member.active:
            return None
        way, unready = "password", account.is_short and not account.secret
        if account.secret:
            way = await factors.use_code(tx, account, code, now_ms=now)
            if not way:
                line = audit.Line(member.id, "sign_in_failed", "", "code")
                await audit.add(tx, member.organisation, line, now_ms=now)
                return None
        return await sessions.begin(tx, request, member, way, unready=unready, now_ms=now)


async def _note_failure(request: Request[Any, Any, Any], account: Account | None, way: str, now: int) -> None:
    """Write a failure down; of nobody we know in a chain of its own, so that it costs as much."""
    organisation, member = (account.member.organisation, account.member.id) if account else ("", "")
    async with request.app.state.store.writing() as tx:
        await audit.add(tx, organisation, audit.Line(member, "sign_in_failed", "", way), now_ms=now)


@post("/api/passkey/options", status_code=200, summary="What a browser needs to sign in with a passkey")
async def passkey_options(request: Request[Any, Any, Any]) -> Options:
    """Return a challenge, good once and for five minutes; the same for everybody."""
    state, now = request.app.state, now_ms()
    await state.limits.check((state.limits.address, address_of(request)), now_ms=now)
    async with state.store.writing() as tx:
        return await factors.ask_passkey(tx, site_of(state.settings.public_url), "sign_in", "", [], now_ms=now)


@post(
    "/api/passkey/sign-in", status_code=200, dto=StrictDTO[Asserted], return_dto=None, summary="Sign in with a passkey"
)
async def passkey_sign_in(data: JSONBody[Asserted], request: Request[Any, Any, Any]) -> Response[Me]:
    """Begin a session for the passkey's member."""
    state, now, answer = request.app.state, now_ms(), None
    tried = (state.limits.address, address_of(request))
    await state.limits.check(tried, now_ms=now)
    async with state.store.writing() as tx:
        site = site_of(state.settings.public_url)
        passkey = await factors.use_passkey(tx, data, site=site, purpose="sign_in", device="", now_ms=now)
        member = await sql.member(tx, passkey.organisation, passkey.member) if passkey else None
        if member and member.active:
            answer = await sessions.begin(tx, request, member, "passkey", now_ms=now)
        else:
            line = audit.Line(member.id if member else "", "sign_in_failed", "", "passkey")
            await audit.add(tx, member.organisation if member else "", line, now_ms=now)
    if answer is None:
        raise Refusal("wrong_passkey")
    await state.limits.forgive(tried, tried)  # its options, too
    return answer


@post(
    "/api/sign-in/link", status_code=200, dto=StrictDTO[Link], return_dto=None, summary="Sign in with a one-time link"
)
async def link_sign_in(data: JSONBody[Link], request: Request[Any, Any, Any]) -> Response[Me]:
    """Begin a session, once per link; what is grave still asks who is there."""
    state, now, answer = request.app.state, now_ms(), None
    tried = (state.limits.enrol, address_of(request))
    await state.limits.check(tried, now_ms=now)
    async with state.store.writing() as tx:
        link, member = await enrolment.invited(tx, hash_token(data.code))
        verdict = verdict_on(link, member, at_desk=True, now_ms=now)
        if verdict == "ok" and member:
            await enrolment.use(tx, hash_token(data.code), now_ms=now)
            answer = await sessions.begin(tx, request, member, "link", verified=False, now_ms=now)
        elif verdict != "unknown" and member:
            line = audit.Line(member.id, "sign_in_failed", "", verdict)
            await audit.add(tx, member.organisation, line, now_ms=now)
    if answer is None:
        raise Refusal(WHY_NOT[verdict])
    await state.limits.forgive(tried)
    return answer


@post("/api/sign-out", status_code=200, summary="End this device's token")
async def sign_out(request: Request[Any, Any, Any]) -> Response[Done]:
    """End the session or the tablet's token; what was sent stays."""
    device, state, now = signed_in(request.user), request.app.state, now_ms()
    async with state.store.writing() as tx:
        await sql.end(tx, device.id, now_ms=now)
        await audit.add(tx, device.organisation, audit.Line(device.member, "signed_out", device.id), now_ms=now)
    state.hub.end_device(device.id)
    response = Response(Done(), media_type=MediaType.JSON)
    response.delete_cookie(cookie_name(state.settings), path="/")
    return response


@get("/api/me", summary="Who is signed in")
async def who(request: Request[Any, Any, Any]) -> Me:
    """Return the caller's own data."""
    return me_of(signed_in(request.user), request.app.state.transport.current())


HANDLERS = (ways, sign_in, passkey_options, passkey_sign_in, link_sign_in, sign_out, who)
