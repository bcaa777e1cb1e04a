"""History of a record, parked edits, and a contact read with a reason."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from server.bodies import Number, StrictDTO
from server.callers import coordinator, verified
from server.clock import now_ms
from server.errors import Refusal
from server.store import audit
from server.store import desk as sql
from server.store import records as records_sql
from server.store.history import Past, history_of
from server.store.people import Device
from sync.apply import view
from sync.checks import check_edit
from sync.edits import Edit, Value
from sync.wire import decode_edit, unpack

TakeParked = Callable[[str, str, Past], Awaitable[str]]  # organisation, who takes it in, the edit → ack


class HistoryLine(Struct, frozen=True):
    a: str
    n: int
    by: str
    e: str
    set: dict[str, Value]
    ack: list[str]


class ParkedEdit(Struct, frozen=True):
    """``known``: this server knows its kind and fields, so it can be taken in."""

    a: str
    n: int
    by: str
    device: str
    kind: str
    id: str
    event: str
    set: dict[str, Value]
    over: dict[str, list[str]]
    h: str
    code: str
    received_at: int
    known: bool


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=3, max_length=500)]


class ContactRead(Struct, frozen=True):
    id: str
    view: dict[str, Value]


class Dealt(Struct, frozen=True):
    ack: list[str]


@get("/api/records/{record_id:str}/history", summary="Every edit of a record")
async def history(record_id: FromPath[str], request: Request[Any, Any, Any]) -> list[HistoryLine]:
    """Return the edits of a record, oldest first; a contact's are not shown here."""
    device = coordinator(request.user)
    async with request.app.state.store.reading() as tx:
        found = await history_of(tx, device.organisation, [record_id])
    edits = [(past, decode_edit(past.body)) for past in found if past.body]
    if not edits or any(edit.kind == "contact" for _, edit in edits):
        raise Refusal("not_found")
    return [HistoryLine(p.a, p.n, p.member, p.e, edit.set, p.ack.split(" ")) for p, edit in edits]


@get("/api/parked", summary="Edits that were understood but not allowed or not possible")
async def parked(request: Request[Any, Any, Any]) -> list[ParkedEdit]:
    """Return parked edits, oldest first; contact data is left out."""
    device = coordinator(request.user)
    async with request.app.state.store.reading() as tx:
        found = await sql.parked(tx, device.organisation)
    return [_parked(past, decode_edit(past.body)) for past in found if past.body]


def _parked(past: Past, edit: Edit) -> ParkedEdit:
    shown = {} if edit.kind == "contact" else edit.set
    return ParkedEdit(
        past.a, past.n, past.member, past.device, edit.kind, edit.id, edit.event, shown, edit.over, edit.h,
        past.ack.removeprefix("parked "), past.received_at, check_edit(edit) is None,
    )  # fmt: skip


@post("/api/parked/{author:str}/{number:int}/take", status_code=200, summary="Apply a parked edit as it was written")
async def take(author: FromPath[str], number: Number, request: Request[Any, Any, Any]) -> Dealt:
    """Apply a parked edit with its own author and stamp."""
    device, state = coordinator(request.user), request.app.state
    past = await _one(device, request, author, number)
    ack = await state.take_parked(device.organisation, device.member, past)
    return Dealt(ack.split(" "))


@post("/api/parked/{author:str}/{number:int}/drop", status_code=200, summary="Leave a parked edit out")
async def drop(author: FromPath[str], number: Number, request: Request[Any, Any, Any]) -> Dealt:
    """Leave a parked edit out; it stays in the record's history."""
    device, state = coordinator(request.user), request.app.state
    past = await _one(device, request, author, number)
    async with state.store.writing() as tx:
        if not await sql.settle_parked(tx, device.organisation, past.a, past.n, taken=False):
            raise Refusal("not_found")
        line = audit.Line(device.member, "parked_dropped", past.record, past.ack.removeprefix("parked "))
        await audit.add(tx, device.organisation, line, now_ms=now_ms())
    return Dealt(["dropped"])


async def _one(device: Device, request: Request[Any, Any, Any], author: str, number: int) -> Past:
    async with request.app.state.store.reading() as tx:
        past = await sql.one_parked(tx, device.organisation, author, number)
    if past is None:
        raise Refusal("not_found")
    return past


@post(
    "/api/contacts/{record_id:str}/read", status_code=200, dto=StrictDTO[Reason], return_dto=None,
    summary="Read contact data, with a reason that is kept",
)  # fmt: skip
async def read_contact(
    record_id: FromPath[str], data: JSONBody[Reason], request: Request[Any, Any, Any]
) -> ContactRead:
    """Return a contact's fields once; who, when and why is written down first."""
    device, state, now = verified(coordinator(request.user)), request.app.state, now_ms()
    await state.limits.check((state.limits.contact, device.member), now_ms=now)
    async with state.store.writing() as tx:
        rows = await sql.record(tx, device.organisation, record_id)
        if not rows or rows[0][1] != "contact":
            raise Refusal("not_found")
        line = audit.Line(device.member, "contact_read", record_id)
        await audit.add(tx, device.organisation, line, data.reason, now_ms=now)
    return ContactRead(record_id, view(unpack(records_sql.packed(rows[0]))))


@get("/api/cards/{card_id:str}/contacts", summary="Which contacts a card has, without their content")
async def contacts_of(card_id: FromPath[str], request: Request[Any, Any, Any]) -> list[str]:
    """Return the ids of the contacts of a card."""
    device = coordinator(request.user)
    async with request.app.state.store.reading() as tx:
        sources = [row[1] for row in await records_sql.sources_of(tx, device.organisation, [card_id])]
        rows = await records_sql.records(tx, device.organisation, sources)
    return [row[0] for row in rows if row[1] == "contact"]


HANDLERS = (history, parked, take, drop, read_contact, contacts_of)
