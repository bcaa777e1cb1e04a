"""The team: members and their roles, their tablets, taking access away."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from litestar import Request, get, patch, post
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType

from server.bodies import StrictDTO
from server.callers import coordinator, verified
from server.clock import new_id, now_ms
from server.errors import Refusal
from server.people.answers import Done, Made, Text
from server.people.passwords import hash_password, is_short, is_weak
from server.store import audit
from server.store import people as sql
from server.store.engine import Row, Tx
from server.store.people import Member
from sync.edits import Value
from sync.kinds import KINDS

ROLES = KINDS["member"].fields["role"].codes

# (organisation, acting member, member id, fields) → the member's record changes, as an edit of the server's
WriteMember = Callable[[str, str, str, Mapping[str, Value]], Awaitable[None]]


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
    waiting: int  # edits that had not left it after its last contact
    app: str
    tier: str  # how its vault is unlocked; '' where it never said
    persisted: bool | None  # whether its browser promised to keep what lies there


class Team(Struct, frozen=True):
    members: list[TeamMember]
    devices: list[TeamDevice]


@get("/api/team", summary="Members and tablets")
async def team(request: Request[Any, Any, Any]) -> Team:
    """Return everybody of the organisation and their tablets."""
    device = coordinator(request.user)
    async with request.app.state.store.reading() as tx:
        found = await sql.members(tx, device.organisation)
        tablets = await sql.devices(tx, device.organisation)
    return Team(
        [TeamMember(m.id, m.display_name, m.role, m.service, m.active, m.email) for m in found],
        [_tablet(row) for row in tablets],
    )


def _tablet(row: Row) -> TeamDevice:
    persisted = None if row[9] is None else bool(row[9])
    return TeamDevice(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], persisted)


@post("/api/members", status_code=201, dto=StrictDTO[NewMember], return_dto=None, summary="Add a member")
async def add_member(data: JSONBody[NewMember], request: Request[Any, Any, Any]) -> Made:
    """Add a member and its record."""
    device, state, now = verified(coordinator(request.user)), request.app.state, now_ms()
    if data.role not in ROLES:
        raise Refusal("bad_value", "role")
    # Eight characters will do: whoever has fewer than fifteen sets up a code at the first sign-in.
    if data.password is not None and is_weak(data.password, has_code=True, email=data.email or ""):
        raise Refusal("weak_password")
    hashed = await hash_password(data.password) if data.password else None
    email = data.email.strip().lower() if data.email else None
    member = Member(device.organisation, new_id(), data.display_name, data.role, data.service, email, True)
    async with state.store.writing() as tx:
        if email and await sql.is_email_taken(tx, email):
            raise Refusal("conflict", "email")
        await sql.add_member(tx, member, hashed, is_short=is_short(data.password or ""), now_ms=now)
        line = audit.Line(device.member, "member_added", member.id, data.role)
        await audit.add(tx, device.organisation, line, now_ms=now)
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
    """Change name, role, service, or whether somebody takes part.

    Who does not loses all access at once; who becomes a coordinator loses their tablets, whose edits still arrive.
    """
    device, state, now = verified(coordinator(request.user)), request.app.state, now_ms()
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
        ended = await _ended(tx, found, changed, now)
        for what, detail in _changes(found, changed):
            line = audit.Line(device.member, what, member_id, detail)
            await audit.add(tx, device.organisation, line, now_ms=now)
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


async def _ended(tx: Tx, before: Member, after: Member, now: int) -> list[str]:
    """Return the devices that lose their access by a change: all of who left, the tablets of who now works at the desk.

    A coordinator's tablet would read as the desk does, for as long as its token lives, and ask nobody who is there.
    """
    if not after.active:
        return await sql.revoke_all(tx, after.organisation, after.id, now_ms=now)
    if after.role == "coordinator" and before.role != "coordinator":
        return await sql.revoke_all(tx, after.organisation, after.id, tablets_only=True, now_ms=now)
    return []


def _changes(before: Member, after: Member) -> list[tuple[str, str]]:
    """Return what is written down of a change, as codes."""
    found = []
    if before.role != after.role:
        found.append(("role_changed", f"{before.role} {after.role}"))
    if before.active != after.active:
        found.append(("member_back" if after.active else "member_left", ""))
    if (before.display_name, before.service) != (after.display_name, after.service):
        found.append(("member_changed", ""))
    return found


@post("/api/devices/{device_id:str}/revoke", status_code=200, summary="Take a tablet's access away")
async def revoke(device_id: FromPath[str], request: Request[Any, Any, Any]) -> Done:
    """Revoke a tablet; what waits on it is still read, and parked."""
    device, state, now = verified(coordinator(request.user)), request.app.state, now_ms()
    async with state.store.writing() as tx:
        if not await sql.revoke(tx, device.organisation, device_id, now_ms=now):
            raise Refusal("not_found")
        await audit.add(tx, device.organisation, audit.Line(device.member, "revoked", device_id), now_ms=now)
    state.note_revoked(device.organisation, [device_id])
    state.hub.end_device(device_id)
    return Done()


HANDLERS = (team, add_member, change_member, revoke)
