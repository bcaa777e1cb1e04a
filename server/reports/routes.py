"""An event exported: asked by a coordinator who proved to be there, written down before a byte of it leaves."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from litestar import Request, Response, post
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import JSONBody
from msgspec import Meta, Struct, structs

from server.bodies import StrictDTO
from server.callers import coordinator, verified
from server.clock import now_ms
from server.errors import Refusal
from server.reports.columns import ROWS
from server.reports.export import table_of
from server.reports.sheets import as_csv, as_xlsx
from server.reports.wording import Language
from server.store import audit
from server.store import records as sql
from server.store.engine import Row, Tx
from server.store.keys import AT_ONCE
from sync.apply import view
from sync.edits import Record
from sync.wire import Packed, unpack

Format = Literal["csv", "xlsx"]
MEDIA: dict[Format, str] = {
    "csv": "text/csv",  # the charset is added
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
OF_EVENT = (*ROWS, "visit", "presence", "consent")
OF_ORGANISATION = ("member", "service")


class Export(Struct, frozen=True, forbid_unknown_fields=True):
    """``words``: with what people said and what was promised, in words; ``language``: of headings and codes."""

    event: Annotated[str, Meta(max_length=64)]
    format: Format
    words: bool
    language: Language


@dataclass
class _Described(Operation):
    """Says in the API's description that the answer is a document, of one of two kinds."""

    def __post_init__(self) -> None:
        content = {media: OpenAPIMediaType(Schema(type=OpenAPIType.STRING)) for media in MEDIA.values()}
        if self.responses and isinstance(answer := self.responses["200"], OpenAPIResponse):
            answer.content = content


@post(
    "/api/exports", status_code=200, dto=StrictDTO[Export], return_dto=None, operation_class=_Described,
    summary="An event as a table, for a spreadsheet",
)  # fmt: skip
async def export(data: JSONBody[Export], request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return an event of one's own organisation as a document; who, what and in which form is written down first."""
    device, state, now = verified(coordinator(request.user)), request.app.state, now_ms()
    await state.limits.check((state.limits.export, device.member), now_ms=now)
    try:
        async with state.store.reading() as tx:
            event, rows = await _rows(tx, device.organisation, data)
        document = await asyncio.to_thread(_document, rows, data)
        line = audit.Line(device.member, "exported", data.event, f"{data.format}_{'words' if data.words else 'codes'}")
        async with state.store.writing() as tx:
            await audit.add(tx, device.organisation, line, now_ms=now)
    except Exception as error:
        if not isinstance(error, Refusal):  # nothing left, and not by their doing; who guesses ids is counted
            await state.limits.forgive((state.limits.export, device.member))
        raise
    name = _name(event, data.format)
    return Response(
        document, media_type=MEDIA[data.format], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


async def _rows(tx: Tx, organisation: str, data: Export) -> tuple[Record, Sequence[Row]]:
    """Return the event, and the rows of what its export is made from; private parts opened where words are asked for."""
    found = await sql.records(tx, organisation, [data.event])
    if not found or found[0][1] != "event":
        raise Refusal("not_found")
    rows = [
        *await sql.sealed_of_kinds(tx, organisation, data.event, OF_EVENT),
        *await sql.sealed_of_kinds(tx, organisation, "", OF_ORGANISATION),
    ]
    if data.words:
        sealed, rows = rows, []
        for start in range(0, len(sealed), AT_ONCE):
            rows += await sql.opened(tx, organisation, sealed[start : start + AT_ONCE])
            await asyncio.sleep(0)  # others are served meanwhile
    return unpack(sql.packed(found[0])), rows


def _document(rows: Sequence[Row], data: Export) -> bytes:
    records = (_record(row, is_opened=data.words) for row in rows)
    table = table_of(records, language=data.language, words=data.words)
    return as_csv(table) if data.format == "csv" else as_xlsx(table)


def _record(row: Row, *, is_opened: bool) -> Record:
    packed: Packed = sql.packed(row) if is_opened else sql.coded_alone(row[6])
    return structs.replace(unpack(packed), born=(row[3], row[4], row[5]))


def _name(event: Record, format: Format) -> str:
    """Return what the document is called: plain letters, whatever the event is."""
    day = str(view(event).get("dates/from", ""))
    return f"onthaal-{day}.{format}" if re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII) else f"onthaal.{format}"


HANDLERS = (export,)
