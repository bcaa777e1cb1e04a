"""Signing in and out, enrolling a tablet, the team."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from litestar import MediaType, Request, Response, get, patch, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType

from server.bodies import StrictDTO
from server.clock import new_id, new_token, now_ms
from server.errors import Refusal
from server.keys import member_public
from server.people.passwords import LENGTH_MIN, hash_password, is_password
from server.people.sign_in import SESSION_MS, TABLET_MS, cookie_name, coordinator, hash_token, signed_in
from server.store import people as sql
from server.store import sealed
from server.store.people import Device, Member
from sync.edits import Value
from sync.kinds import KINDS
from sync.sealed import TransportKey

INVITATION_MS = 10 * 60_000
ROLES = KINDS["member"].fields["role"].codes

# (organisation, acting member, member id, fields) → the member's record changes, as an edit of the server's
WriteMember = Callable[[str, str, str, Mapping[str, Value]], Awaitable[None]]

Text = Annotated[str, Meta(min_length=1, max_length=200)]


class SignIn(Struct, frozen=True, forbid_unknown_fields=True):
    email: Text
    password: Text


class Enrol(Struct, frozen=True, forbid_unknown_fields=True):
    code: Text
    label: Annotated[str, Meta(max_length=100)] = ""
    member_key: Annotated[str, Meta(max_length=100)] | None = None  # P-256, 65 bytes, base64url


class NewMember(Struct, frozen=True, forbid_unknown_fields=True):
    display_name: Text
    role: Text
    service: str | None = None
    languages: Annotated[list[Annotated[str, Meta(max_length=12)]], Meta(max_length=30)] = []
    email: Text | None = None
    password: Text | None = None


class ChangedMember(Struct, frozen=True, forbid_unknown_fields=True):
    display_name: Text | UnsetType = UNSET
    role: Text | UnsetType = UNSET
    service: str | None | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class Me(Struct, frozen=True):
    """Who is signed in on this device."""

    member: str
    display_name: str
    role: str
    service: str | None
    organisation: str
    device: str
    transport: TransportKey  # what edits are sealed to


class Enrolled(Struct, frozen=True):
    token: str
    courier: str  # only brings sealed edits: it may lie in clear beside a locked vault
    me: Me


class Made(Struct, frozen=True):
    id: str


class Invitation(Struct, frozen=True):
    code: str
    link: str
    expires_at: int


class TeamMember(Struct, frozen=True):
    id: str
    display_name: str
    role: str
    service: str | None
    active: bool
    email: str | None


class TeamDevice(Struct, frozen=True):
    id: str
    member: str
    label: str
    enrolled_at: int
    last_contact: int
    revoked_at: int | None
    waiting: int
    app: str


class Team(Struct, frozen=True):
    members: list[TeamMember]
    devices: list[TeamDevice]


class Done(Struct, frozen=True):
    done: bool = True


def me_of(device: Device, transport: TransportKey) -> Me:
    """Return what a device is told about itself."""
    return Me(
        device.member, device.display_name, device.role, device.service, device.organisation, device.id, transport
    )


@post("/api/sign-in", status_code=200, dto=StrictDTO[SignIn], return_dto=None, summary="A coordinator signs in")
async def sign_in(data: JSONBody[SignIn], request: Request[Any, Any, Any]) -> Response[Me]:
    """Answer the same for a wrong password and an unknown address."""
    state, now = request.app.state, now_ms()
    state.limiter.check(f"sign-in {request.client.host if request.client else ''}", now)
    async with state.store.reading() as tx:
        found = await sql.by_email(tx, data.email.strip().lower())
    if not await is_password(data.password, found[1] if found else None) or found is None:
        raise Refusal("wrong_password")
    device, token = await _add_device(request, found[0], "")
    cookie = Cookie(
        key=cookie_name(state.settings), value=token, path="/", httponly=True, samesite="strict",
        secure=state.settings.is_https, max_age=SESSION_MS // 1000,
    )  # fmt: skip
    return Response(_me(found[0], device, state.transport.current()), media_type=MediaType.JSON, cookies=[cookie])


@post("/api/sign-out", status_code=200, summary="End this device's token")
async def sign_out(request: Request[Any, Any, Any]) -> Response[Done]:
    """End the session or the tablet's token; what was sent stays."""
    device, state = signed_in(request.user), request.app.state
    async with state.store.writing() as tx:
        await sql.end(tx, device.id, now_ms=now_ms())
    state.hub.end_device(device.id)
    response = Response(Done(), media_type=MediaType.JSON)
    response.delete_cookie(cookie_name(state.settings), path="/")
    return response


@post("/api/enrol", status_code=200, dto=StrictDTO[Enrol], return_dto=None, summary="A tablet takes a one-time code")
async def enrol(data: JSONBody[Enrol], request: Request[Any, Any, Any]) -> Enrolled:
    """Give the device a token of its own, once per code."""
    state, now = request.app.state, now_ms()
    state.limiter.check(f"enrol {request.client.host if request.client else ''}", now)
    key = member_public(data.member_key) if data.member_key is not None else None
    if key is None and data.member_key is not None:
        raise Refusal("bad_value", "member_key")
    async with state.store.writing() as tx:
        verdict, member = await sql.use_invitation(tx, hash_token(data.code), now_ms=now)
    if member is None:
        raise Refusal({"used": "code_used", "late": "code_late"}.get(verdict, "not_found"))
    courier = new_token()
    device, token = await _add_device(request, member, data.label, key=key, courier=courier)
    return Enrolled(token, courier, _me(member, device, state.transport.current()))


async def _add_device(
    request: Request[Any, Any, Any], member: Member, label: str, *, key: bytes | None = None, courier: str = ""
) -> tuple[str, str]:
    now, device, token, is_session = now_ms(), new_id(), new_token(), not courier
    expires_at = now + (SESSION_MS if is_session else TABLET_MS)
    async with request.app.state.store.writing() as tx:
        await sql.add_device(
            tx, device, member, hash_token(token), label, is_session=is_session, expires_at=expires_at, now_ms=now,
            courier_hash=hash_token(courier) if courier else None,
        )  # fmt: skip
        if key is not None:
            await sealed.add_member_key(tx, member.organisation, member.id, device, key, now_ms=now)
    return device, token


def _me(member: Member, device: str, transport: TransportKey) -> Me:
    return Me(member.id, member.display_name, member.role, member.service, member.organisation, device, transport)


@get("/api/me", summary="Who is signed in")
async def me(request: Request[Any, Any, Any]) -> Me:
    """Return the caller's own data."""
    return me_of(signed_in(request.user), request.app.state.transport.current())


@get("/api/team", summary="Members and tablets")
async def team(request: Request[Any, Any, Any]) -> Team:
    """Return everybody of the organisation and their tablets."""
    device = coordinator(request.user)
    async with request.app.state.store.reading() as tx:
        found = await sql.members(tx, device.organisation)
        tablets = await sql.devices(tx, device.organisation)
    return Team(
        [TeamMember(m.id, m.display_name, m.role, m.service, m.active, m.email) for m in found],
        [TeamDevice(*row) for row in tablets],
    )


@post("/api/members", status_code=201, dto=StrictDTO[NewMember], return_dto=None, summary="Add a member")
async def add_member(data: JSONBody[NewMember], request: Request[Any, Any, Any]) -> Made:
    """Add a member and its record."""
    device, state = coordinator(request.user), request.app.state
    if data.role not in ROLES:
        raise Refusal("bad_value", "role")
    if data.password is not None and len(data.password) < LENGTH_MIN:
        raise Refusal("bad_value", f"a password has at least {LENGTH_MIN} characters")
    hashed = await hash_password(data.password) if data.password else None
    email = data.email.strip().lower() if data.email else None
    member = Member(device.organisation, new_id(), data.display_name, data.role, data.service, email, True)
    async with state.store.writing() as tx:
        if email and await sql.is_email_taken(tx, email):
            raise Refusal("conflict", "email")
        await sql.add_member(tx, member, hashed, now_ms=now_ms())
        await sql.note(tx, device.organisation, device.member, "member_added", member.id, data.role, now_ms=now_ms())
    languages: dict[str, Value] = {f"languages/{language}": True for language in data.languages}
    await state.write_member(device.organisation, device.member, member.id, _fields(member) | languages)
    return Made(member.id)


def _fields(member: Member) -> dict[str, Value]:
    return {
        "display_name": member.display_name, "role": member.role, "service": member.service, "active": member.active
    }  # fmt: skip


@patch("/api/members/{member_id:str}", dto=StrictDTO[ChangedMember], return_dto=None, summary="Change a member")
async def change_member(
    member_id: FromPath[str], data: JSONBody[ChangedMember], request: Request[Any, Any, Any]
) -> Done:
    """Change name, role, service, or whether somebody takes part; who does not loses all tablets' access at once."""
    device, state = coordinator(request.user), request.app.state
    if isinstance(data.role, str) and data.role not in ROLES:
        raise Refusal("bad_value", "role")
    async with state.store.writing() as tx:
        found = await sql.member(tx, device.organisation, member_id)
        if found is None:
            raise Refusal("not_found")
        changed = Member(
            found.organisation, found.id,
            found.display_name if data.display_name is UNSET else data.display_name,
            found.role if data.role is UNSET else data.role,
            found.service if data.service is UNSET else data.service,
            found.email, found.active if data.active is UNSET else data.active,
        )  # fmt: skip
        await sql.change_member(tx, changed)
        await sql.note(
            tx, device.organisation, device.member, "member_changed", member_id, changed.role, now_ms=now_ms()
        )
        ended = [] if changed.active else await sql.revoke_all(tx, device.organisation, member_id, now_ms=now_ms())
    before, after = _fields(found), _fields(changed)
    fields = {name: value for name, value in after.items() if before[name] != value}
    if fields:
        await state.write_member(device.organisation, device.member, member_id, fields)
    if changed.active != found.active:
        state.note_active(device.organisation, member_id, changed.active)
    if ended:
        state.note_revoked(device.organisation, ended)
        for one in ended:
            state.hub.end_device(one)
    return Done()


@post("/api/members/{member_id:str}/invitation", status_code=201, summary="Make a one-time link for a tablet")
async def invite(member_id: FromPath[str], request: Request[Any, Any, Any]) -> Invitation:
    """Return a code that enrols one tablet, within ten minutes."""
    device, state, now = coordinator(request.user), request.app.state, now_ms()
    async with state.store.writing() as tx:
        found = await sql.member(tx, device.organisation, member_id)
        if found is None or not found.active:
            raise Refusal("not_found")
        code, expires_at = new_token(), now + INVITATION_MS
        await sql.add_invitation(tx, hash_token(code), found, expires_at=expires_at)
        await sql.note(tx, device.organisation, device.member, "invited", member_id, "", now_ms=now)
    # In the fragment: it is never sent to a server or written to a log.
    return Invitation(code, f"{state.settings.public_url}/#enrol={code}", expires_at)


@post("/api/devices/{device_id:str}/revoke", status_code=200, summary="Take a tablet's access away")
async def revoke(device_id: FromPath[str], request: Request[Any, Any, Any]) -> Done:
    """Revoke a tablet; what waits on it is still read, and parked."""
    device, state, now = coordinator(request.user), request.app.state, now_ms()
    async with state.store.writing() as tx:
        if not await sql.revoke(tx, device.organisation, device_id, now_ms=now):
            raise Refusal("not_found")
        await sql.note(tx, device.organisation, device.member, "revoked", device_id, "", now_ms=now)
    state.note_revoked(device.organisation, [device_id])
    state.hub.end_device(device_id)
    return Done()


HANDLERS = (sign_in, sign_out, enrol, me, team, add_member, change_member, invite, revoke)
