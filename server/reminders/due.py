"""What is due: open follow-ups, the rules of whoever they are to remind, and now → what to say, and when to look again.

    moments(task, rules)             → when one follow-up reminds one person
    due(tasks, rules, said, now)     → what to say to a person now; per task when to look next
    digest_at(rules, now)            → this morning's moment of a digest, and the next one

Pure, and content with coded fields: times, states and members lie in clear in the database, so nothing is opened
for a reminder (decision 0025). A task is one follow-up for one person; what was said is behind its ``since``.

  · never in quiet hours or on quiet days: later if that is still before the hour, else earlier, else not at all
  · never more than ``per_day`` a day: the last one a day takes along all that is to come that day
  · what was due while nobody looked is said late, as long as the hour has not come
"""

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from server.reminders.rules import Rules
from server.reminders.zone import DAY_MINUTES, MINUTE_MS, Quiet, day_of, minute_of, ms_of, weekday_of

ALONG_MS = 15 * MINUTE_MS  # what is due so soon after is said along
NEVER = 1 << 60
HOUR_MS = 3600_000
DAY_MS = 25 * HOUR_MS  # the longest there is: the one on which the clocks go back
REMEMBERED_MAX = 50_000
DIGEST_LATE_MS = 4 * HOUR_MS  # a digest that could not be sent until then is left out
AS_ALWAYS = "P1D"  # every app wrote it without asking: it says nothing about this follow-up


class Task(Struct, frozen=True, gc=False):
    """One open follow-up for one person. ``over_at``: its hour, or the end of its day where it has none (``day``).

    ``known``: when its time and its person were last set, ``is_given``: by somebody else. ``since``: what reminds up to
    here was said, or was past when it became known. ``waits``: for another day, and reminds of none until it has one.
    """

    record: str
    member: str
    over_at: int
    day: int  # the ordinal of a day without an hour; 0 where there is an hour
    own: str  # the follow-up's own `remind_before`, or ''
    known: int
    is_given: bool
    since: int
    waits: bool = False


class Due(Struct, frozen=True):
    """``now``: the tasks to speak of, soonest first. ``until``: what counts as said. ``again``: per task when to look next."""

    now: list[Task]
    until: int
    again: list[tuple[Task, int]]


@lru_cache(maxsize=4096)
def before_of(text: str) -> tuple[int, int]:
    """Return a duration as (days, ms)."""
    if text[1] == "T":
        return 0, int(text[2:-1]) * (HOUR_MS if text[-1] == "H" else MINUTE_MS)
    return int(text[1:-1]), 0


def _longest(text: str, evening_ms: int = 0) -> int:
    """Return how far a moment can be before its hour, which may be the last of a day on which the clocks go back."""
    days, ms = before_of(text)
    return (days + 1) * DAY_MS - evening_ms + HOUR_MS if days else ms


def _longest_run(days: frozenset[int]) -> int:
    """Return how many quiet days may follow each other."""
    return max(
        (n for n in range(1, 8) for day in days if all((day + k - 1) % 7 + 1 in days for k in range(n))), default=0
    )


class Walls:
    """Rules in numbers. What was computed for one is remembered for all who have the same: most have the organisation's."""

    def __init__(self, rules: Rules) -> None:
        self.rules, self.zone = rules, rules.zone
        self.before = tuple(map(before_of, rules.before))
        self.evening, self.morning = minute_of(rules.evening_at), minute_of(rules.digest_at)
        self.quiet = Quiet(
            rules.zone, minute_of(rules.quiet_from), minute_of(rules.quiet_until), frozenset(rules.quiet_days)
        )
        # No moment is further than this before its hour: the longest wish, and the quiet that it may be moved over. Each
        # day that this is too long computes the moments of a day's promises for nothing.
        hours_ms = (self.quiet.end - self.quiet.start) % DAY_MINUTES * MINUTE_MS
        still_ms = _longest_run(self.quiet.days) * DAY_MS + hours_ms + 2 * HOUR_MS
        wishes_ms = (_longest(wish, self.evening * MINUTE_MS) for wish in rules.before)
        self.longest_ms = max([0 if rules.digest else DAY_MS, *wishes_ms]) + still_ms
        self._after: dict[int, int] = {}
        self._begins: dict[int, int] = {}
        self._day: dict[int, int] = {}

    def after(self, ms: int) -> int:
        """Return this moment, or the first one after it that is not quiet."""
        if (found := self._after.get(ms)) is None:
            found = _remember(self._after, ms, self.quiet.after(ms))
        return found

    def begins(self, ms: int) -> int:
        """Return the first quiet moment after one that is not quiet; a day later where none comes until then."""
        if (found := self._begins.get(ms)) is None:
            found = _remember(self._begins, ms, self.quiet.begins(ms))
        return found

    def day(self, ms: int) -> int:
        """Return the day of a moment."""
        if (found := self._day.get(ms)) is None:
            found = _remember(self._day, ms, day_of(self.zone, ms)[0])
        return found


def _remember(table: dict[int, int], ms: int, value: int) -> int:
    if len(table) >= REMEMBERED_MAX:
        table.clear()
    table[ms] = value
    return value


def moments(task: Task, walls: Walls) -> list[int]:
    """Return when a follow-up reminds, in order; all before it is over, none in quiet hours."""
    if task.waits:
        return []
    before = walls.before
    if task.own and task.own != AS_ALWAYS:
        before = (*before, before_of(task.own))
    found = {at for days, ms in before if (at := _moment(task, days, ms, walls))}
    if task.day and not walls.rules.digest:
        found.add(_shifted(ms_of(walls.zone, task.day, walls.morning), task, walls))
    if task.is_given and (not found or max(found) <= task.known):
        found.add(_shifted(task.known + 1, task, walls))
    found.discard(0)
    return sorted(found)


def _moment(task: Task, days: int, ms: int, walls: Walls) -> int:
    if days:
        day = task.day or walls.day(task.over_at)
        return _shifted(ms_of(walls.zone, day - days, walls.evening), task, walls)
    return 0 if task.day else _shifted(task.over_at - ms, task, walls)


def _shifted(at: int, task: Task, walls: Walls) -> int:
    """Return the moment outside quiet hours, or 0 where none is left before it is over."""
    later = walls.after(at)
    if later < task.over_at:
        return later
    earlier = walls.quiet.before(min(at, task.over_at - MINUTE_MS))
    return earlier if earlier > task.known else 0


def due(tasks: Iterable[Task], walls: Walls, *, said_today: int, now: int) -> Due:
    """Return what to say to one person now. ``said_today``: how many pushes they had on this day of theirs.

    The tasks are this person's; each is answered by when to look at it next, ``NEVER`` where nothing is to come.
    """
    rules, today_ends = walls.rules, ms_of(walls.zone, day_of(walls.zone, now)[0] + 1)
    if not rules.is_on:
        return Due([], now, [(task, NEVER) for task in tasks])
    until = now + ALONG_MS
    if said_today == rules.per_day - 1:
        until = max(until, today_ends - 1)
    opens = walls.after(now)
    if said_today >= rules.per_day:
        opens = walls.after(today_ends)  # nothing more today: what is due reminds tomorrow, as long as it is to come
    far: list[tuple[Task, int]] = []
    near: list[tuple[Task, list[int]]] = []
    for task in tasks:
        if (nearest := _nearest(task, walls)) > until:
            far.append((task, nearest))
        else:
            near.append((task, [at for at in moments(task, walls) if at > task.since]))
    if opens > now or not any(at and at[0] <= now < task.over_at for task, at in near):
        return Due([], now, far + [(task, _wake(task, at, opens)) for task, at in near])
    told = [task for task, at in near if at and at[0] <= until and now < task.over_at]
    again = far + [(task, next((one for one in at if one > until), NEVER)) for task, at in near]
    return Due(sorted(told, key=lambda task: (task.over_at, task.record)), until, again)


def comes_along(task: Task, walls: Walls, *, now: int) -> bool:
    """Return whether whatever is said now speaks for a follow-up too: it is due, or will be soon after."""
    return now < task.over_at and any(task.since < at <= now + ALONG_MS for at in moments(task, walls))


def _nearest(task: Task, walls: Walls) -> int:
    """Return a moment before which a follow-up reminds nobody: what lies far ahead is not computed until then."""
    if task.is_given and task.since <= task.known:
        return task.known
    return task.over_at - walls.longest_ms - (_longest(task.own) if task.own and task.own != AS_ALWAYS else 0)


def _wake(task: Task, at: list[int], opens: int) -> int:
    if not at:
        return NEVER
    wake = max(at[0], opens)
    return wake if wake < task.over_at else NEVER


def digest_at(walls: Walls, now: int) -> tuple[int, int]:
    """Return the moment of this day's digest, 0 where there is none or it is long past; and of the next one."""
    today = day_of(walls.zone, now)[0]
    ahead = [at for day in range(today, today + 9) if (at := _digest_of(day, walls))]
    this = ahead[0] if ahead and day_of(walls.zone, ahead[0])[0] == today else 0
    following = next((at for at in ahead if at > now), NEVER)
    return (this if this and this <= now < this + DIGEST_LATE_MS else 0), following


def _digest_of(day: int, walls: Walls) -> int:
    if not (walls.rules.is_on and walls.rules.digest) or weekday_of(day) in walls.quiet.days:
        return 0
    at = ms_of(walls.zone, day, walls.morning)
    # Wanted late in the evening it would come the next day, and every day: as a reminder it comes earlier then.
    outside = (walls.quiet.after(at), walls.quiet.before(at))
    return next((one for one in outside if day_of(walls.zone, one)[0] == day), 0)


def day_ends(zone: str, now: int) -> tuple[int, int]:
    """Return when the day of a moment began and when it ends."""
    day = day_of(zone, now)[0]
    return ms_of(zone, day), ms_of(zone, day + 1)
