"""The team: members and their roles, their tablets, taking access away."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
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
from server.store import accounts, audit
from server.store import people as sql
from server.store import records as records_sql
from server.store.engine import Row, Tx
from server.store.people import Member
from sync.apply import view
from sync.edits import Value
from sync.kinds import KINDS
from sync.wire import unpack

ROLES = KINDS["member"].fields["role"].codes
Area = Annotated[str, Meta(min_length=1, max_length=60, pattern="^[^/\\x00-\\x1f]+$")]
Areas = Annotated[list[Area], Meta(max_length=30)]

# (organisation, acting member, member id, fields) → the member's record changes, as an edit of the server's
WriteMember = Callable[[str, str, str, Mapping[str, Value]], Awaitable[None]]


class NewMember(Struct, frozen=True, forbid_unknown_fields=True):
    display_name: Text
    role: Text
    service: str | None = None
    areas: Areas = []
    languages: Annotated[list[Annotated[str, Meta(max_length=12)]], Meta(max_length=30)] = []
    email: Text | None = None
    password: Text | None = None


class ChangedMember(Struct, frozen=True, forbid_unknown_fields=True):
    """``areas`` are all of them. ``email`` and ``password``: of who will sit at the desk; the password is their first."""

    display_name: Text | UnsetType = UNSET
    role: Text | UnsetType = UNSET
    service: str | None | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    areas: Areas | UnsetType = UNSET
    email: Text | None = None
    password: Text | None = None


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
    tablet: str  # the same for all who work on it; '' where it never said


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
    return TeamDevice(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], persisted, row[10])


@post("/api/members", status_code=201, dto=StrictDTO[NewMember], return_dto=None, summary="Add a member")
async def add_member(data: JSONBody[NewMember], request: Request[Any, Any, Any]) -> Made:
    """Add a member and its record."""
    device, state, now = verified(coordinator(request.user)), request.app.state, now_ms()
    account = await _account_of(data)
    member = Member(device.organisation, new_id(), data.display_name, data.role, data.service, account.email, True)
    async with state.store.writing() as tx:
        await _check_role(tx, member)
        if account.email and await sql.is_email_taken(tx, account.email):
            raise Refusal("conflict", "email")
        await sql.add_member(tx, member, account.hashed, is_short=account.is_short, now_ms=now)
        line = audit.Line(device.member, "member_added", member.id, data.role)
        await audit.add(tx, device.organisation, line, now_ms=now)
    keyed = {f"languages/{one}": True for one in data.languages} | {f"areas/{one}": True for one in data.areas}
    await state.write_member(device.organisation, device.member, member.id, _fields(member) | keyed)
    return Made(member.id)


class _Account(Struct, frozen=True):
    """How somebody will sign in at the desk, where that was said."""

    email: str | None
    hashed: str | None
    is_short: bool


async def _account_of(data: NewMember | ChangedMember) -> _Account:
    # Eight characters will do: whoever has fewer than fifteen sets up a code at the first sign-in.
    if data.password is not None and is_weak(data.password, has_code=True, email=data.email or ""):
        raise Refusal("weak_password")
    hashed = await hash_password(data.password) if data.password else None
    return _Account(data.email.strip().lower() if data.email else None, hashed, is_short(data.password or ""))


async def _check_role(tx: Tx, member: Member) -> None:
    """Raise ``Refusal`` where there is no such role, or no such service for who works at its table."""
    if member.role not in ROLES:
        raise Refusal("bad_value", "role")
    if member.service is None:
        return
    rows = await records_sql.records(tx, member.organisation, [member.service])
    if member.role != "service_worker" or not rows or rows[0][1] != "service":
        raise Refusal("bad_value", "service")


def _fields(member: Member) -> dict[str, Value]:
    return {
        "display_name": member.display_name, "role": member.role, "service": member.service, "active": member.active
    }  # fmt: skip


@patch("/api/members/{member_id:str}", dto=StrictDTO[ChangedMember], return_dto=None, summary="Change a member")
async def change_member(
    member_id: FromPath[str], data: JSONBody[ChangedMember], request: Request[Any, Any, Any]
) -> Done:
    """Change name, role, service, areas, or whether somebody takes part; nobody their own role or part.

    Who does not loses all access at once; who becomes a coordinator loses their tablets, who is one no more their desk.
    Edits that wait there still arrive.
    """
    device, state, now = verified(coordinator(request.user)), request.app.state, now_ms()
    account = await _account_of(data)
    async with state.store.writing() as tx:
        found = await sql.member(tx, device.organisation, member_id)
        if found is None:
            raise Refusal("not_found")
        changed = _changed(found, data)
        if member_id == device.member and (found.role, found.active) != (changed.role, changed.active):
            raise Refusal("not_allowed", "oneself")  # or nobody might be left at the desk
        await _check_role(tx, changed)
        await sql.change_member(tx, changed)
        await _give_account(tx, found, account)
        areas = {} if data.areas is UNSET else await _areas(tx, found, data.areas)
        ended = await _ended(tx, found, changed, now)
        lines = [(what, member_id, detail) for what, detail in _changes(found, changed)]
        for what, about, detail in lines + [("revoked", one, "") for one in ended]:
            await audit.add(tx, device.organisation, audit.Line(device.member, what, about, detail), now_ms=now)
    before, after = _fields(found), _fields(changed)
    fields = {name: value for name, value in after.items() if before[name] != value} | areas
    if fields:
        await state.write_member(device.organisation, device.member, member_id, fields)
    if changed.active != found.active:
        state.note_active(device.organisation, member_id, changed.active)
    if ended:
        state.note_revoked(device.organisation, ended)
        for one in ended:
            state.hub.end_device(one)
    return Done()


def _changed(found: Member, data: ChangedMember) -> Member:
    """Return a member as they will be. Who works at no table has no service."""
    role = found.role if data.role is UNSET else data.role
    kept = found.service if role == "service_worker" else None
    return Member(
        found.organisation, found.id,
        found.display_name if data.display_name is UNSET else data.display_name,
        role, kept if data.service is UNSET else data.service,
        found.email, found.active if data.active is UNSET else data.active,
    )  # fmt: skip


async def _give_account(tx: Tx, member: Member, account: _Account) -> None:
    if account.email and account.email != member.email:
        if await sql.is_email_taken(tx, account.email):
            raise Refusal("conflict", "email")
        await sql.set_email(tx, member, account.email)
    if account.hashed:
        await accounts.set_password(tx, member, account.hashed, is_short=account.is_short)


async def _areas(tx: Tx, member: Member, wanted: Sequence[str]) -> dict[str, Value]:
    """Return the fields of a member's record by which its areas become these."""
    rows = await records_sql.records(tx, member.organisation, [member.id])
    shown = view(unpack(records_sql.packed(rows[0]))) if rows else {}
    now = {name.removeprefix("areas/") for name, value in shown.items() if name.startswith("areas/") and value is True}
    return {f"areas/{area}": area in wanted for area in sorted(now ^ set(wanted))}


async def _ended(tx: Tx, before: Member, after: Member, now: int) -> list[str]:
    """Return the devices that lose their access by a change: all of who left, the tablets of who now works at the desk,
    the desks of who works there no more.

    A coordinator's tablet would read as the desk does, for as long as its token lives, and ask nobody who is there.
    """
    if not after.active:
        return await sql.revoke_all(tx, after.organisation, after.id, now_ms=now)
    if after.role == "coordinator" and before.role != "coordinator":
        return await sql.revoke_all(tx, after.organisation, after.id, tablets_only=True, now_ms=now)
    if before.role == "coordinator" and after.role != "coordinator":
        return await sql.revoke_all(tx, after.organisation, after.id, now_ms=now)
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
    """Revoke a tablet, for all who work on it; what waits on it is still read, and parked."""
    device, state, now = verified(coordinator(request.user)), request.app.state, now_ms()
    async with state.store.writing() as tx:
        ended = await sql.revoke(tx, device.organisation, device_id, now_ms=now)
        if not ended:
            raise Refusal("not_found")
        for one in ended:
            await audit.add(tx, device.organisation, audit.Line(device.member, "revoked", one), now_ms=now)
    state.note_revoked(device.organisation, ended)
    for one in ended:
        state.hub.end_device(one)
    return Done()


HANDLERS = (team, add_member, change_member, revoke)
