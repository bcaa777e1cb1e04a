"""A tablet's side of enrolment: it tries a one-time code, takes it, asks how it stands, or gives up.

POST /api/enrol/look ─→ whether it works: said before a newcomer types anything
POST /api/enrol ──→ confirmed, where the code was made on the server ──→ its tokens count
               └──→ waiting ── POST /api/enrol/state … ──→ confirmed · refused · late
"""

from typing import Annotated, Any, Literal

from litestar import Request, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from server.bodies import StrictDTO
from server.clock import new_id, new_token, now_ms
from server.errors import Refusal
from server.keys import is_signed, load_member_key, member_public
from server.limits import address_of
from server.people.answers import Me, Text, Token, me
from server.people.enrolling import PIN_ALONE, WAIT_MS, WHY_NOT, State, Verdict, proven, state_of, verdict_on
from server.people.sign_in import TABLET_MS, hash_token, token_of
from server.store import audit, notices, sealed
from server.store import enrolment as sql
from server.store import people as people_sql
from server.store.engine import Tx
from server.store.enrolment import Enrolment, Invitation
from server.store.people import Member


class Enrol(Struct, frozen=True, forbid_unknown_fields=True):
    """``token`` and ``courier`` are the tablet's own, kept by it before it asks; ``proof`` is signed by its member key."""

    code: Text
    label: Annotated[str, Meta(max_length=100)] = ""
    member_key: Annotated[str, Meta(max_length=100)] | None = None  # P-256, 65 bytes, base64url
    token: Token | None = None
    courier: Token | None = None
    proof: Annotated[str, Meta(max_length=100)] = ""
    language: Literal["nl", "fr", "en"] = "nl"  # of the words on its screen
    tier: Literal["", "passkey", "passphrase", "pin"] = ""  # how its vault is unlocked
    tablet: Annotated[str, Meta(max_length=40, pattern="^[A-Za-z0-9_-]*$")] = ""  # the same for all vaults on it


class Look(Struct, frozen=True, forbid_unknown_fields=True):
    code: Text


class Looked(Struct, frozen=True):
    """Nothing more: why a code does not work tells a stranger whether it ever did."""

    works: bool


class Enrolled(Struct, frozen=True):
    """``me`` is there once it is confirmed; the tokens where the tablet brought none of its own."""

    state: State
    me: Me | None = None
    token: str = ""
    courier: str = ""  # only brings sealed edits: it may lie in clear beside a locked vault


class Standing(Struct, frozen=True):
    state: State


class _Taken(Struct, frozen=True):
    """What became of a code, and the tablet that has it now."""

    verdict: Verdict
    one: Enrolment | None = None
    member: Member | None = None


@post(
    "/api/enrol/look", status_code=200, dto=StrictDTO[Look], return_dto=None,
    summary="Whether a tablet could take a one-time code",
)  # fmt: skip
async def look(data: JSONBody[Look], request: Request[Any, Any, Any]) -> Looked:
    """Return whether a code works, which is not used up; who comes too late or second is noticed as one who takes it."""
    state, now = request.app.state, now_ms()
    tried = (state.limits.enrol, address_of(request))
    await state.limits.check(tried, now_ms=now)
    async with state.store.writing() as tx:
        link, member = await sql.invited(tx, hash_token(data.code))
        verdict = verdict_on(link, member, at_desk=False, now_ms=now)
        if link:
            await _notice_misuse(tx, link, verdict, now)
    works = verdict in ("waits", "ok")
    if works:
        await state.limits.forgive(tried)
    return Looked(works)


@post("/api/enrol", status_code=200, dto=StrictDTO[Enrol], return_dto=None, summary="A tablet takes a one-time code")
async def enrol(data: JSONBody[Enrol], request: Request[Any, Any, Any]) -> Enrolled:
    """Let a tablet in, or let it wait until a coordinator has compared four words; once per code.

    The same tablet asking once more gets the same answer: a reply that is lost locks nobody out.
    """
    state, now = request.app.state, now_ms()
    tried = (state.limits.enrol, address_of(request))
    await state.limits.check(tried, now_ms=now)
    own = (data.token, data.courier) if data.token and data.courier else None
    tokens = own or (new_token(), new_token())
    key = _key_of(data, own)
    async with state.store.writing() as tx:
        taken = await _take(tx, data, key, tokens, is_own=own is not None, now=now)
    if taken.one is None:
        raise Refusal(WHY_NOT[taken.verdict])
    await state.limits.forgive(tried)
    stands = state_of(taken.one, now_ms=now)
    if stands != "confirmed" or taken.member is None:
        return Enrolled(stands)
    given = ("", "") if own else tokens
    return Enrolled(stands, me(taken.member, taken.one.id, state.transport.current()), *given)


def _key_of(data: Enrol, own: tuple[str, str] | None) -> bytes | None:
    """Return the tablet's member key. Raises ``Refusal`` where it is none, or did not sign what it should."""
    key = member_public(data.member_key) if data.member_key is not None else None
    if key is None and data.member_key is not None:
        raise Refusal("bad_value", "member_key")
    if own is None:
        return key
    if own[0] == own[1]:
        raise Refusal("bad_value", "courier")
    if key is None or not is_signed(load_member_key(key), data.proof, proven(data.code, *own)):
        raise Refusal("bad_value", "proof")
    return key


async def _take(tx: Tx, data: Enrol, key: bytes | None, tokens: tuple[str, str], *, is_own: bool, now: int) -> _Taken:
    link, member = await sql.invited(tx, hash_token(data.code))
    verdict = verdict_on(link, member, at_desk=False, now_ms=now)
    if link is None or member is None or verdict == "unknown":
        return _Taken("unknown")
    hashes = (hash_token(tokens[0]), hash_token(tokens[1]))
    before = await sql.by_code(tx, link.code_hash)
    if before and (before.token_hash, before.courier_hash, before.public) == (*hashes, key or b""):
        return _Taken(verdict, before, member)
    if await _notice_misuse(tx, link, verdict, now):
        return _Taken(verdict)
    if data.tier == "pin" and await sql.accepted(tx, link.organisation, PIN_ALONE) is None:
        raise Refusal("not_allowed", "tier")
    if verdict == "waits" and not is_own:
        raise Refusal("protocol", "an older app, which cannot wait for a coordinator")
    if await sql.is_taken(tx, *hashes) or await people_sql.are_taken(tx, "", *hashes):
        raise Refusal("conflict")
    one = _new(data, link, key or b"", hashes, waits=verdict == "waits", now=now)
    await sql.use(tx, link.code_hash, now_ms=now)
    await sql.add(tx, one)
    if verdict == "ok":
        await let_in(tx, one, member, now_ms=now)
    line = audit.Line(member.id, "enrolled" if verdict == "ok" else "enrol_asked", one.id)
    await audit.add(tx, link.organisation, line, now_ms=now)
    return _Taken(verdict, one, member)


async def _notice_misuse(tx: Tx, link: Invitation, verdict: Verdict, now: int) -> bool:
    """Tell every coordinator of a code that comes a second time or too late; return whether it did."""
    if verdict not in ("used", "late"):
        return False
    await notices.add(tx, f"code_{verdict}", link, now_ms=now)
    await audit.add(tx, link.organisation, audit.Line(link.member, "enrol_failed", link.made_by, verdict), now_ms=now)
    return True


def _new(data: Enrol, link: Invitation, key: bytes, hashes: tuple[str, str], *, waits: bool, now: int) -> Enrolment:
    return Enrolment(
        new_id(), link.organisation, link.member, link.code_hash, data.label, data.language, data.tier, key, *hashes,
        now, now + WAIT_MS, "waiting" if waits else "confirmed", data.tablet,
    )  # fmt: skip


async def let_in(tx: Tx, one: Enrolment, member: Member, *, now_ms: int) -> None:
    """Make a device of a tablet that took a code: from the commit on its tokens count."""
    await people_sql.add_device(
        tx, one.id, member, one.token_hash, one.label, is_session=False, expires_at=now_ms + TABLET_MS, now_ms=now_ms,
        courier_hash=one.courier_hash, tier=one.tier, tablet=one.tablet,
    )  # fmt: skip
    if one.public:
        await sealed.add_member_key(tx, member.organisation, member.id, one.id, one.public, now_ms=now_ms)


@post("/api/enrol/state", status_code=200, summary="How it stands with a tablet that took a code")
async def standing(request: Request[Any, Any, Any]) -> Standing:
    """Return the state for the courier's token that the tablet made; it reads nothing else, whatever the state."""
    async with request.app.state.store.reading() as tx:
        one = await sql.by_courier(tx, hash_token(token_of(request)[0]))
    if one is None:
        raise Refusal("signed_out")
    return Standing(state_of(one, now_ms=now_ms()))


@post("/api/enrol/stop", status_code=200, summary="A tablet waits no more")
async def stop(request: Request[Any, Any, Any]) -> Standing:
    """Let a tablet that waits give up; its code stays used. One that was let in stays so."""
    now = now_ms()
    async with request.app.state.store.writing() as tx:
        one = await sql.by_courier(tx, hash_token(token_of(request)[0]))
        if one is None:
            raise Refusal("signed_out")
        if await sql.move(tx, one.id, "stopped"):
            await audit.add(tx, one.organisation, audit.Line(one.member, "enrol_stopped", one.id), now_ms=now)
        found = await sql.by_courier(tx, one.courier_hash)
    return Standing(state_of(found or one, now_ms=now))


HANDLERS = (look, enrol, standing, stop)
