"""What an organisation accepted in writing: a PIN alone as the way to unlock a tablet, the weakest there is."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from server.bodies import StrictDTO
from server.callers import coordinator, verified
from server.clock import now_ms
from server.errors import Refusal
from server.people.enrolling import PIN_ALONE
from server.store import audit
from server.store import enrolment as sql

WORDS_MIN = 20  # who decided it, and when: more than an "ok"


class Acceptance(Struct, frozen=True):
    """Who accepted it and when; its words stand in the audit trail."""

    member: str
    at: int


class Policy(Struct, frozen=True):
    pin_alone: Acceptance | None


class PinAlone(Struct, frozen=True, forbid_unknown_fields=True):
    """``words``: why, as they are kept."""

    accepted: bool
    words: Annotated[str, Meta(max_length=500)]


@get("/api/policy", summary="What the organisation accepted in writing")
async def policy(request: Request[Any, Any, Any]) -> Policy:
    """Return it, for coordinators."""
    device = coordinator(request.user)
    async with request.app.state.store.reading() as tx:
        found = await sql.accepted(tx, device.organisation, PIN_ALONE)
    return Policy(Acceptance(*found) if found else None)


@post(
    "/api/policy/pin-alone", status_code=200, dto=StrictDTO[PinAlone], return_dto=None,
    summary="Accept a PIN alone in writing, or accept it no more",
)  # fmt: skip
async def pin_alone(data: JSONBody[PinAlone], request: Request[Any, Any, Any]) -> Policy:
    """Let new tablets offer a PIN alone, or no more; who has one keeps it until their tablet is revoked."""
    device, now, words = verified(coordinator(request.user)), now_ms(), data.words.strip()
    if data.accepted and len(words) < WORDS_MIN:
        raise Refusal("bad_value", "words")
    async with request.app.state.store.writing() as tx:
        if data.accepted:
            await sql.accept(tx, device.organisation, PIN_ALONE, device.member, now_ms=now)
        else:
            await sql.withdraw(tx, device.organisation, PIN_ALONE)
        found = await sql.accepted(tx, device.organisation, PIN_ALONE)
        line = audit.Line(device.member, "pin_accepted" if data.accepted else "pin_withdrawn")
        await audit.add(tx, device.organisation, line, words, now_ms=now)
    return Policy(Acceptance(*found) if found else None)


HANDLERS = (policy, pin_alone)
