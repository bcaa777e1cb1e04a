"""What one look at an organisation says and stores: due tasks to reminders, mornings to digests.

One transaction each, under the organisation's turn: what was said and that it was said are stored together, so that
whoever stops in between has said nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
import structlog
from msgspec import Struct

from server.reminders.due import ALONG_MS, NEVER, Due, Task, Walls, comes_along, day_ends, digest_at, due
from server.reminders.rules import Wishes, rules_of
from server.reminders.zone import day_of
from server.store import pushes
from server.store import reminders as sql
from server.store.engine import Tx
from server.store.people import Member
from server.store.reminders import LATE_MS, Said, TaskRow

TASKS_AT_ONCE = 500
LONGEST_DAY_MS = 26 * 3600_000
AFTER_FAULT_MS = 3600_000  # whoever cannot be decided about is tried again
log = structlog.get_logger("onthaal")
_wishes = msgspec.json.Decoder(Wishes)
NewId = Callable[[], str]  # 22 characters of base64url: 16 bytes of chance


class Rulebook:
    """The rules of everybody in an organisation; who set nothing shares the organisation's, and what was computed with them."""

    def __init__(self, wishes: Mapping[str, str]) -> None:
        self.organisation = _wishes.decode(wishes.get("", "{}"))
        self._own = {member: _readable(member, text) for member, text in wishes.items() if member}
        self._shared: dict[bytes, Walls] = {}
        self.zone = rules_of(self.organisation).zone

    def own(self, member: str) -> Wishes:
        """Return what a member set."""
        return self._own.get(member, Wishes())

    def walls(self, member: str) -> Walls:
        """Return the rules of a member."""
        rules = rules_of(self.organisation, self.own(member))
        return self._shared.setdefault(msgspec.msgpack.encode(rules), Walls(rules))


def _readable(member: str, text: str) -> Wishes:
    """Return what a member set; nothing where that cannot be read: the organisation's rules hold, and hold for the others too."""
    try:
        wishes = _wishes.decode(text)
        if wishes.zone:
            day_of(wishes.zone, 0)
    except (msgspec.MsgspecError, LookupError, ValueError, OSError) as error:
        # Of an older server, or of a zone that this machine no longer has.
        log.error("wishes", member=member, error=type(error).__name__)
        return Wishes()
    return wishes


async def rulebook(tx: Tx, organisation: str) -> Rulebook:
    """Return the rules of everybody in an organisation."""
    return Rulebook(await sql.wishes(tx, organisation))


async def say_due(tx: Tx, organisation: str, *, new_id: NewId, now_ms: int) -> bool:
    """Say what is due to the next members; return whether there were any."""
    members = await sql.members_to_look_at(tx, organisation, now_ms=now_ms, limit=TASKS_AT_ONCE)
    if not members:
        return False
    book, subscribed = await rulebook(tx, organisation), await pushes.subscribed(tx, organisation)
    tasks = await sql.tasks_of_members(tx, organisation, members, upto=now_ms + max(ALONG_MS, LONGEST_DAY_MS))
    heard = await pushes.pushed_since(tx, organisation, members, since_ms=now_ms - LONGEST_DAY_MS)
    said: list[Said] = []
    wakes: list[tuple[int, int, str, str]] = []
    for member in members:
        walls = book.walls(member)
        today = day_ends(walls.zone, now_ms)[0]
        count = sum(at >= today for at in heard.get(member, ()))
        answer = _answer(member, tasks[member], walls, said_today=count, now_ms=now_ms)
        is_heard = member in subscribed
        wakes += _wakes(answer, is_heard=is_heard)
        if answer.now and is_heard:
            about = tuple((task.record, task.over_at) for task in answer.now)
            until = max(task.over_at for task in answer.now)
            said.append(Said(new_id(), member, "follow_ups", len(about), 0, 0, until, about))
    await sql.set_wakes(tx, organisation, wakes)
    await sql.add_said(tx, organisation, said, now_ms=now_ms)
    return True


def _answer(member: str, rows: Sequence[TaskRow], walls: Walls, *, said_today: int, now_ms: int) -> Due:
    tasks = [task_of(row) for row in rows]
    try:
        return due(tasks, walls, said_today=said_today, now=now_ms)
    except Exception as error:  # whatever is odd about one of theirs: everybody else is reminded
        log.error("reminders", member=member, error=type(error).__name__)
        return Due([], now_ms, [(task, now_ms + AFTER_FAULT_MS) for task in tasks])


def task_of(row: TaskRow) -> Task:
    """Return a task as it is decided about."""
    return Task(
        row.record, row.member, row.over_at, row.day, row.own, row.known, bool(row.is_given), row.since, bool(row.waits)
    )


def _wakes(answer: Due, *, is_heard: bool) -> Iterable[tuple[int, int, str, str]]:
    # Without a device nothing was said: a subscription looks at all of it again.
    told = {task.record for task in answer.now} if is_heard else set[str]()
    for task, again in answer.again:
        yield (answer.until if task.record in told else task.since), again, task.record, task.member


# ── digests ───────────────────────────────────────────────────────────────────────────────────────────


class Morning(Struct, frozen=True):
    """Whose digest is due now, by member the day it is for; and when the next one is."""

    days: dict[str, int]
    following: int


def morning_of(members: Iterable[Member], book: Rulebook, done: Mapping[str, int], *, now_ms: int) -> Morning:
    """Return whose digest is due. ``done``: per member the day of the latest one."""
    days, following, known = {}, NEVER, dict[int, tuple[int, int]]()
    for member in members:
        walls = book.walls(member.id)
        if id(walls) not in known:
            known[id(walls)] = digest_at(walls, now_ms)
        this, next_at = known[id(walls)]
        following = min(following, next_at)
        today = day_of(walls.zone, now_ms)[0]
        if this and done.get(member.id) != today:
            days[member.id] = today
    return Morning(days, following)


async def say_mornings(
    tx: Tx, organisation: str, members: Sequence[Member], morning: Morning, reviews: int, *, new_id: NewId, now_ms: int
) -> None:
    """Say the digests that are due and not empty, to members who did not have theirs."""
    done, book = await sql.mornings(tx, organisation), await rulebook(tx, organisation)
    heard = await pushes.pushed_since(tx, organisation, morning.days, since_ms=now_ms - LONGEST_DAY_MS)
    said, spoken = [], list[tuple[int, int, str, str]]()
    for member in members:
        day, walls = morning.days.get(member.id), book.walls(member.id)
        if day is None or done.get(member.id) == day:
            continue
        today, ends = day_ends(walls.zone, now_ms)
        tasks = [one for one in await sql.open_tasks(tx, organisation, member.id, upto=ends) if _counts(one, now_ms)]
        late = sum(_is_late(task, now_ms) for task in tasks)
        waits = reviews if member.role == "coordinator" else 0
        is_full = sum(at >= today for at in heard.get(member.id, ())) >= walls.rules.per_day
        if (tasks or waits) and not is_full:
            kind = "digest" if tasks else "review"
            about = tuple((task.record, task.over_at) for task in tasks)
            said.append(Said(new_id(), member.id, kind, len(tasks), late, waits, ends, about))
            spoken += _spoken_for(tasks, walls, now_ms=now_ms)
    await sql.add_said(tx, organisation, said, now_ms=now_ms)
    await sql.set_mornings(tx, organisation, morning.days.items())
    await sql.set_wakes(tx, organisation, spoken)


def _counts(task: TaskRow, now_ms: int) -> bool:
    """Return whether a digest counts a promise: one that waits for another day only once its old hour has gone by."""
    return not task.waits or _is_late(task, now_ms)


def _is_late(task: TaskRow, now_ms: int) -> bool:
    return task.over_at < now_ms - LATE_MS


def _spoken_for(tasks: Iterable[TaskRow], walls: Walls, *, now_ms: int) -> Iterable[tuple[int, int, str, str]]:
    # A digest speaks for what would be pushed with it: nobody is told twice in one minute.
    for row in tasks:
        try:
            is_along = comes_along(task_of(row), walls, now=now_ms)
        except Exception as error:  # whatever is odd about one of theirs
            log.error("reminders", member=row.member, error=type(error).__name__)
            continue
        if is_along:
            yield now_ms + ALONG_MS, row.wake_at, row.record, row.member
