"""The desk's side of enrolment: one-time links, tablets that wait, the words compared; and notices of links that went wrong."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from server.bodies import StrictDTO
from server.callers import coordinator, verified
from server.clock import new_token, now_ms
from server.errors import Refusal
from server.keys import as_text
from server.people.answers import Done
from server.people.enrolling import CODE_MS, PIN_ALONE, link_of, may_be_confirmed, state_of
from server.people.enrolment import let_in
from server.people.sign_in import hash_token
from server.store import audit, notices
from server.store import enrolment as sql
from server.store import people as people_sql
from server.store.engine import Store, Tx
from server.store.enrolment import Enrolment


class Invitation(Struct, frozen=True):
    code: str
    link: str
    expires_at: int


class WaitingTablet(Struct, frozen=True):
    """A tablet that took a code. ``code_hash`` and ``key`` make the four words, in ``language``."""

    id: str
    member: str
    label: str
    language: str
    code_hash: str
    key: str
    taken_at: int
    expires_at: int


class Notice(Struct, frozen=True):
    """What happened with a link for ``member``'s tablet that ``made_by`` had made ('' on the server itself)."""

    id: str
    what: str
    member: str
    made_by: str
    at: int
    times: int


class Seen(Struct, frozen=True, forbid_unknown_fields=True):
    """``at``: of the notice as it was seen; what happens later is to be seen again."""

    at: Annotated[int, Meta(ge=0, le=2**53 - 1)]


@post("/api/members/{member_id:str}/invitation", status_code=201, summary="Make a one-time link for a tablet")
async def invite(member_id: FromPath[str], request: Request[Any, Any, Any]) -> Invitation:
    """Return a code that one tablet may take within ten minutes; it then waits until the words were compared."""
    device, state, now = verified(coordinator(request.user)), request.app.state, now_ms()
    async with state.store.writing() as tx:
        found = await people_sql.member(tx, device.organisation, member_id)
        if found is None or not found.active:
            raise Refusal("not_found")
        if found.role == "coordinator":  # nobody opens a desk for somebody else
            raise Refusal("not_allowed")
        code, expires_at = new_token(), now + CODE_MS
        await sql.add_invitation(
            tx, hash_token(code), device.organisation, member_id, made_by=device.member, asks_words=True,
            expires_at=expires_at,
        )  # fmt: skip
        may_pin = await sql.accepted(tx, device.organisation, PIN_ALONE) is not None
        await audit.add(tx, device.organisation, audit.Line(device.member, "invited", member_id), now_ms=now)
    return Invitation(code, link_of(state.settings.public_url, code, may_pin=may_pin), expires_at)


@get("/api/enrolments", summary="Tablets that wait until their words were compared")
async def waiting(request: Request[Any, Any, Any]) -> list[WaitingTablet]:
    """Return them in the order in which they came."""
    device, now = coordinator(request.user), now_ms()
    async with request.app.state.store.reading() as tx:
        found = await sql.waiting(tx, device.organisation)
    return [
        WaitingTablet(
            one.id, one.member, one.label, one.language, one.code_hash, as_text(one.public), one.taken_at,
            one.expires_at,
        )
        for one in found
        if state_of(one, now_ms=now) == "waiting"
    ]  # fmt: skip


@post("/api/enrolments/{enrolment_id:str}/confirm", status_code=200, summary="The words are the same: let a tablet in")
async def confirm(enrolment_id: FromPath[str], request: Request[Any, Any, Any]) -> Done:
    """Let a tablet in whose words a coordinator compared."""
    device, now = verified(coordinator(request.user)), now_ms()
    async with request.app.state.store.writing() as tx:
        one = await sql.of_organisation(tx, device.organisation, enrolment_id)
        member = await people_sql.member(tx, device.organisation, one.member) if one else None
        verdict = may_be_confirmed(one, member, now_ms=now) if one else "unknown"
        if one is None or member is None or verdict == "unknown":
            raise Refusal("not_found")
        if verdict == "late":
            raise Refusal("code_late")
        await sql.move(tx, one.id, "confirmed")
        await let_in(tx, one, member, now_ms=now)
        line = audit.Line(device.member, "enrol_confirmed", one.id)
        await audit.add(tx, device.organisation, line, now_ms=now)
    return Done()


@post("/api/enrolments/{enrolment_id:str}/refuse", status_code=200, summary="The words differ: throw a tablet away")
async def refuse(enrolment_id: FromPath[str], request: Request[Any, Any, Any]) -> Done:
    """Throw away a tablet whose words differ; its code is burnt, and every coordinator is told."""
    device, now = coordinator(request.user), now_ms()
    async with request.app.state.store.writing() as tx:
        one = await sql.of_organisation(tx, device.organisation, enrolment_id)
        if one is None or not await sql.move(tx, one.id, "refused"):
            raise Refusal("not_found")
        await _notice(tx, "other_words", one, now)
        await audit.add(tx, device.organisation, audit.Line(device.member, "enrol_refused", one.member), now_ms=now)
    return Done()


async def _notice(tx: Tx, what: str, one: Enrolment, now: int) -> None:
    link = await sql.invitation(tx, one.code_hash)
    if link:
        await notices.add(tx, what, link, now_ms=now)


@get("/api/notices", summary="What every coordinator is to see")
async def unseen(request: Request[Any, Any, Any]) -> list[Notice]:
    """Return what this coordinator has not seen, latest first."""
    device, store = coordinator(request.user), request.app.state.store
    await _end_late(store, device.organisation, now_ms())
    async with store.reading() as tx:
        rows = await notices.unseen(tx, device.organisation, device.member)
    return [Notice(*row) for row in rows]


async def _end_late(store: Store, organisation: str, now: int) -> None:
    """Make notices of tablets that nobody confirmed in time."""
    async with store.reading() as tx:
        late = [one for one in await sql.waiting(tx, organisation) if state_of(one, now_ms=now) == "late"]
    if not late:
        return
    async with store.writing() as tx:
        for one in late:
            if await sql.move(tx, one.id, "late"):
                await _notice(tx, "unconfirmed", one, one.expires_at)


@post(
    "/api/notices/{notice_id:str}/seen", status_code=200, dto=StrictDTO[Seen], return_dto=None,
    summary="Mark a notice as seen",
)  # fmt: skip
async def see(notice_id: FromPath[str], data: JSONBody[Seen], request: Request[Any, Any, Any]) -> Done:
    """Mark a notice as seen by this coordinator; the others still see it."""
    device = coordinator(request.user)
    async with request.app.state.store.writing() as tx:
        if not await notices.see(tx, device.organisation, device.member, notice_id, at=data.at):
            raise Refusal("not_found")
    return Done()


HANDLERS = (invite, waiting, confirm, refuse, unseen, see)
