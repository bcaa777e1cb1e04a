"""Sealed edits beside the sync: a file of what a tablet could not send, and the desk's boxes that could not be opened."""

from typing import Annotated, Any

import msgspec
from litestar import MediaType, Request, get, post
from msgspec import Meta, Raw, Struct, field

from server.bodies import Number, takes
from server.clock import now_ms
from server.errors import Refusal
from server.exchange.exchange import answer
from server.exchange.retry import Tried, try_again
from server.exchange.routes import caller_of, read_body
from server.exchange.settle import Call, Caller
from server.store import audit
from server.store import sealed as sql
from sync.kinds import KINDS_VERSION
from sync.wire import EDITS_MAX, Ack

FILE_BYTES_MAX = 5 * 1024 * 1024
FILE_EDITS_MAX = 5000
# A sealed edit has five. Of a list all is made before it is counted: 5 MiB of "0,0,0" would be 190 MB for a moment.
FILE_COMMAS_MAX = 20 * FILE_EDITS_MAX


class SealedFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What a tablet writes of its unsent edits; ``kinds`` as in a call."""

    edits: Annotated[list[Raw], Meta(max_length=FILE_EDITS_MAX)]
    kinds: Annotated[int, Meta(ge=0, le=2**53 - 1)] = 0


class Imported(Struct, frozen=True):
    """The answers to a file's edits, in their order."""

    acks: list[Ack] = field(default_factory=list)


class ClosedBox(Struct, frozen=True):
    """A box that could not be opened: its clear names, who carried it here, and why it stays closed."""

    number: int
    a: str
    n: int
    id: str
    event: str
    key: str
    carried_by: str
    device: str
    why: str
    received_at: int


class Dropped(Struct, frozen=True):
    done: bool = True


_file = msgspec.json.Decoder(SealedFile)


@post(
    "/api/sealed/import", status_code=200, media_type=MediaType.JSON, operation_class=takes(SealedFile),
    summary="Take a file of unsent sealed edits",
)  # fmt: skip
async def import_file(request: Request[Any, Any, Any]) -> Imported:
    """Answer a file's edits as if their tablet had sent them, but for its clock; whoever brings it is not their author."""
    caller, state, now = _inside(request.user), request.app.state, now_ms()
    await state.limits.check((state.limits.sync, caller.device), now_ms=now)
    body = await read_body(request, limit=FILE_BYTES_MAX)
    file = decode_file(body)
    # Never clock-corrected: nobody knows how far its clock was off when this was written.
    call = Call(now, 0, file.kinds > KINDS_VERSION)
    acks: list[Ack] = []
    for at in range(0, len(file.edits), EDITS_MAX):
        acks += await answer(
            file.edits[at : at + EDITS_MAX], caller=caller, call=call, settler=state.settler, keys=state.transport,
            sealed_only=True,
        )  # fmt: skip
    return Imported(acks)


def decode_file(body: bytes) -> SealedFile:
    """Return the file in a body; its edits are still bytes. Raises ``Refusal``."""
    if body.count(b",") > FILE_COMMAS_MAX:
        raise Refusal("bad_request", f"at most {FILE_EDITS_MAX} edits")
    try:
        body.decode()  # msgspec does not check the UTF-8 of what it passes on as Raw
        return _file.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal("bad_request", str(error)[:200]) from None


@get("/api/sealed", summary="Boxes that could not be opened")
async def closed(request: Request[Any, Any, Any]) -> list[ClosedBox]:
    """Return the first 500, in the order in which they came."""
    caller = _coordinator(request.user)
    async with request.app.state.store.reading() as tx:
        found = await sql.boxes(tx, caller.organisation)
    return [
        ClosedBox(
            box.id, box.sealed.a, box.sealed.n, box.sealed.id, box.sealed.event, box.sealed.key, box.member, box.device,
            box.why, box.received_at,
        )
        for box in found
    ]  # fmt: skip


@post("/api/sealed/retry", status_code=200, summary="Try every kept box again")
async def retry(request: Request[Any, Any, Any]) -> Tried:
    """Settle what can be opened now."""
    caller, state = _coordinator(request.user), request.app.state
    return await try_again(caller.organisation, settler=state.settler, keys=state.transport)


@post("/api/sealed/{number:int}/drop", status_code=200, summary="Leave a box out for good")
async def drop(number: Number, request: Request[Any, Any, Any]) -> Dropped:
    """Forget a box that nobody can open; who did so is written down."""
    caller, state = _coordinator(request.user), request.app.state
    async with state.store.writing() as tx:
        found = await sql.boxes(tx, caller.organisation, after=number - 1, limit=1)
        if not found or found[0].id != number:
            raise Refusal("not_found")
        await sql.drop_box(tx, caller.organisation, number)
        line = audit.Line(caller.member, "box_dropped", found[0].sealed.id, found[0].why)
        await audit.add(tx, caller.organisation, line, now_ms=now_ms())
    return Dropped()


def _inside(user: object) -> Caller:
    caller = caller_of(user)
    if caller.revoked:
        raise Refusal("revoked")
    return caller


def _coordinator(user: object) -> Caller:
    caller = _inside(user)
    if caller.role != "coordinator":
        raise Refusal("not_allowed")
    return caller


HANDLERS = (import_file, closed, retry, drop)
