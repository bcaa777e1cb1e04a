"""What the desk sees of reminders: what left and what became of it, and who cannot be reached. No content."""

from typing import Any

from litestar import Request, get

from server.callers import coordinator
from server.clock import now_ms
from server.reminders.answers import Sent, Unreachable
from server.reminders.calendar_routes import DAY_MS
from server.reminders.deciding import rulebook
from server.store import people, pushes
from server.store import reminders as sql

SHOWN = 200
READ_DAYS = 7  # calendars read a feed every day at least; one that was not read for so long reminds nobody


@get("/api/reminders/sent", summary="What was sent, and what became of it")
async def sent(request: Request[Any, Any, Any]) -> list[Sent]:
    """Return the latest reminders, latest first."""
    device = coordinator(request.user)
    async with request.app.state.store.reading() as tx:
        rows = await sql.latest_said(tx, device.organisation, limit=SHOWN)
    return [Sent(row[0], row[1], row[2], row[5] if row[2] == "review" else row[3], *row[6:]) for row in rows]


@get("/api/reminders/unreachable", summary="Who has promises and no way to be reminded")
async def unreachable(request: Request[Any, Any, Any]) -> list[Unreachable]:
    """Return members with open promises whom no push and no calendar reminds; who has most promises first."""
    device, now = coordinator(request.user), now_ms()
    async with request.app.state.store.reading() as tx:
        reached = await pushes.reachable(tx, device.organisation, read_since=now // DAY_MS - READ_DAYS)
        book = await rulebook(tx, device.organisation)
        active = {one.id for one in await people.members(tx, device.organisation) if one.active}
        rows = await sql.promises(tx, device.organisation, now_ms=now)
    unreached = {one for one in active if one not in reached or not book.walls(one).rules.is_on}
    return [Unreachable(*row) for row in rows if row[0] in unreached]


HANDLERS = (sent, unreachable)
