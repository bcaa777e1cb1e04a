"""The audit trail as coordinators read it, and whether its chain holds."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.params import QueryParameter
from msgspec import Struct

from server.callers import coordinator
from server.store import audit
from server.store.engine import Row

PAGE = 100
LATEST = 2**53 - 1
Filter = Annotated[str, QueryParameter(max_length=64)]


class TrailDevice(Struct, frozen=True):
    """The tablet or session that a line is about."""

    member: str
    label: str
    is_session: bool


class TrailLine(Struct, frozen=True):
    number: int
    at: int
    member: str
    what: str
    about: str
    detail: str
    reason: str | None
    device: TrailDevice | None


class Trail(Struct, frozen=True):
    """``next``: ask for the rows before this number; None where there are no more."""

    lines: list[TrailLine]
    kinds: list[str]
    next: int | None


class ChainState(Struct, frozen=True):
    """``broken``: the first row that is not what was written, None where the chain holds."""

    count: int
    hash: str
    broken: int | None


@get("/api/audit", summary="Who did what, latest first")
async def trail(
    request: Request[Any, Any, Any],
    before: Annotated[int, QueryParameter(ge=1, le=LATEST)] = LATEST,
    what: Filter = "",
    member: Filter = "",
) -> Trail:
    """Return rows of the organisation's trail, of one kind or one member if asked."""
    device = coordinator(request.user)
    async with request.app.state.store.reading() as tx:
        rows = await audit.lines(tx, device.organisation, before=before, limit=PAGE + 1, what=what, member=member)
        kinds = await audit.kinds(tx, device.organisation)
    shown = [_line(row) for row in rows[:PAGE]]
    return Trail(shown, kinds, shown[-1].number if len(rows) > PAGE else None)


def _line(row: Row) -> TrailLine:
    owner, label, is_session = row[7:]
    device = TrailDevice(owner, label, bool(is_session)) if owner else None
    return TrailLine(row[0], row[1], row[2], row[3], row[4], row[5], row[6], device)


@get("/api/audit/check", summary="Whether the trail is as it was written")
async def check(request: Request[Any, Any, Any]) -> ChainState:
    """Return the length of the chain, its last hash to compare with a paper, and the first broken row."""
    device = coordinator(request.user)
    async with request.app.state.store.reading() as tx:
        found = await audit.check(tx, device.organisation)
    return ChainState(found.count, found.hash, found.broken)


HANDLERS = (trail, check)
