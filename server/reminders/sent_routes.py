"""What the desk sees of reminders: what left and what became of it, and who cannot be reached. No content."""

from typing import Any

from litestar import Request, get

from server.callers import coordinator
from server.clock import now_ms
from server.reminders.answers import Sent, Unreachable
from server.reminders.calendar_routes import DAY_MS, FAR_MS
from server.reminders.deciding import log, rulebook, task_of
from server.reminders.due import Walls, moments
from server.store import people, pushes
from server.store import reminders as sql
from server.store.engine import Tx

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
    """Return members with open promises whom nothing reminds; who has most promises first."""
    device, now = coordinator(request.user), now_ms()
    async with request.app.state.store.reading() as tx:
        reached = await pushes.reachable(tx, device.organisation, read_since=now // DAY_MS - READ_DAYS)
        book = await rulebook(tx, device.organisation)
        active = {one.id for one in await people.members(tx, device.organisation) if one.active}
        rows = await sql.promises(tx, device.organisation, now_ms=now)
        unreached = [
            row for row in rows if row[0] in active
            and (row[0] not in reached or await _is_silent(tx, device.organisation, row[0], book.walls(row[0]), now))
        ]  # fmt: skip
    return [Unreachable(*row) for row in unreached]


async def _is_silent(tx: Tx, organisation: str, member: str, walls: Walls, now: int) -> bool:
    """Return whether there is a promise of which a member's wishes let nothing remind them."""
    rules = walls.rules
    if rules.before or rules.digest:
        return not rules.is_on
    tasks = await sql.open_tasks(tx, organisation, member, upto=FAR_MS)
    try:
        return not rules.is_on or any(task.over_at <= now or not moments(task_of(task), walls) for task in tasks)
    except (
        Exception
    ) as error:  # whatever is odd about them: the desk sees the others, and that nothing reminds this one
        log.error("reminders", member=member, error=type(error).__name__)
        return True


HANDLERS = (sent, unreachable)
