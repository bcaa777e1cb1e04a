"""SQL of reminders: how far the streams were read, tasks by when to look at them, wishes, what was said."""

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from server.store.engine import Row, Tx

LATE_MS = 30 * 60_000  # after its hour a promise is late; the same on a tablet (pwa/src/domain/promises.ts)
TASK = "record, member, event, what, over_at, day, own, known, is_given, since, wake_at, waits"


class TaskRow(Struct, frozen=True, gc=False):
    """A row of ``reminder_task``, without its organisation. ``waits``: for another day, having been moved or not met."""

    record: str
    member: str
    event: str
    what: str
    over_at: int
    day: int
    own: str
    known: int
    is_given: int
    since: int
    wake_at: int
    waits: int = 0


class Said(Struct, frozen=True, gc=False):
    """One reminder to one member."""

    id: str
    member: str
    kind: str
    count: int
    late: int
    reviews: int
    until_at: int
    about: tuple[tuple[str, int], ...] = ()  # (record, over_at)


async def take_turn(tx: Tx, organisation: str) -> bool:
    """Return whether this transaction may decide for an organisation: one process at a time does."""
    lock = " FOR UPDATE SKIP LOCKED" if tx.is_postgres else ""
    is_ours = bool(await tx.fetch(f"SELECT id FROM organisation WHERE id = ?{lock}", organisation))
    if is_ours:
        await hold_tasks(tx, organisation)
    return is_ours


async def hold_tasks(tx: Tx, organisation: str) -> None:
    """Wait until nobody else changes tasks: whoever decides would overwrite that with what it made of them as it read them."""
    if tx.is_postgres:  # no row's lock: others would take it for a turn, and leave the deciding to whoever subscribes
        await tx.fetch("SELECT pg_advisory_xact_lock(hashtext('reminders'), hashtext(?))", organisation)


# ── reading streams ───────────────────────────────────────────────────────────────────────────────────


async def unread(tx: Tx, organisation: str) -> Sequence[Row]:
    """Return (id, name, counter, position) of the streams that went on since they were read."""
    return await tx.fetch(
        "SELECT s.id, s.name, s.counter, COALESCE(c.position, 0) FROM stream s"
        " LEFT JOIN reminder_cursor c ON c.stream = s.id"
        " WHERE s.organisation = ? AND s.counter > COALESCE(c.position, 0)"
        " AND (s.name NOT LIKE '%/%' OR s.name LIKE '%/desk')",
        organisation,
    )


async def entries(tx: Tx, stream: int, position: int, kind: str, limit: int) -> Sequence[Row]:
    """Return (position, id, coded) of the next entries; the last two are of records of one kind."""
    return await tx.fetch(
        "SELECT e.position, r.id, r.coded FROM entry e"
        " LEFT JOIN record r ON r.place = e.place AND r.kind = ?"
        " WHERE e.stream = ? AND e.position > ? ORDER BY e.position LIMIT ?",
        kind, stream, position, limit,
    )  # fmt: skip


async def has_entries_of(tx: Tx, stream: int, position: int, kind: str) -> bool:
    """Return whether records of a kind came into a stream after a position."""
    return bool(
        await tx.fetch(
            "SELECT 1 FROM entry e JOIN record r ON r.place = e.place"
            " WHERE e.stream = ? AND e.position > ? AND r.kind = ? LIMIT 1",
            stream, position, kind,
        )
    )  # fmt: skip


async def move_cursor(tx: Tx, stream: int, position: int) -> None:
    """Note how far a stream was read."""
    await tx.run(
        "INSERT INTO reminder_cursor VALUES (?, ?) ON CONFLICT (stream) DO UPDATE SET position = excluded.position",
        stream, position,
    )  # fmt: skip


async def read_again(tx: Tx, organisation: str, names: str) -> None:
    """Read the streams with these names (a pattern of LIKE) from their beginning: who sees what may have changed."""
    await tx.run(
        "UPDATE reminder_cursor SET position = 0 WHERE stream IN"
        " (SELECT id FROM stream WHERE organisation = ? AND name LIKE ?)",
        organisation, names,
    )  # fmt: skip


# ── tasks ─────────────────────────────────────────────────────────────────────────────────────────────


async def tasks_of_records(tx: Tx, organisation: str, records: Iterable[str]) -> list[TaskRow]:
    """Return the tasks of some follow-ups."""
    select = f"SELECT {TASK} FROM reminder_task WHERE organisation = ? AND record {{keys}}"
    return [TaskRow(*row) for row in await tx.by_keys(select, records, organisation)]


async def replace_tasks(tx: Tx, organisation: str, records: Iterable[str], tasks: Iterable[TaskRow]) -> None:
    """Store the tasks of some follow-ups in place of those before."""
    await tx.run_many(
        "DELETE FROM reminder_task WHERE organisation = ? AND record = ?", [(organisation, one) for one in records]
    )
    await tx.run_many(
        f"INSERT INTO reminder_task (organisation, {TASK}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(organisation, *(getattr(task, name) for name in TaskRow.__struct_fields__)) for task in tasks],
    )


async def members_to_look_at(tx: Tx, organisation: str, *, now_ms: int, limit: int) -> list[str]:
    """Return members with tasks to look at now, at most ``limit`` tasks' worth of them."""
    # Not DISTINCT: a database may read a whole index of members for it.
    rows = await tx.fetch(
        "SELECT member FROM reminder_task WHERE wake_at <= ? AND organisation = ? ORDER BY wake_at LIMIT ?",
        now_ms, organisation, limit,
    )  # fmt: skip
    return list(dict.fromkeys(row[0] for row in rows))


async def tasks_of_members(tx: Tx, organisation: str, members: Iterable[str], *, upto: int) -> dict[str, list[TaskRow]]:
    """Return the tasks of some members that are to be looked at until a moment."""
    rows = await tx.by_keys(
        f"SELECT {TASK} FROM reminder_task WHERE organisation = ? AND wake_at <= ? AND member {{keys}}",
        members, organisation, upto,
    )  # fmt: skip
    found: dict[str, list[TaskRow]] = {}
    for row in rows:
        found.setdefault(row[1], []).append(TaskRow(*row))
    return found


async def open_tasks(tx: Tx, organisation: str, member: str, *, upto: int) -> list[TaskRow]:
    """Return a member's tasks that are over by a moment, soonest first."""
    rows = await tx.fetch(
        f"SELECT {TASK} FROM reminder_task WHERE member = ? AND organisation = ? AND over_at <= ? ORDER BY over_at, record",
        member, organisation, upto,
    )  # fmt: skip
    return [TaskRow(*row) for row in rows]


async def set_wakes(tx: Tx, organisation: str, rows: Iterable[tuple[int, int, str, str]]) -> None:
    """Store (since, wake_at) of tasks, each by its record and member."""
    await tx.run_many(
        "UPDATE reminder_task SET since = ?, wake_at = ? WHERE organisation = ? AND record = ? AND member = ?",
        [(since, wake, organisation, record, member) for since, wake, record, member in rows],
    )


async def look_again(tx: Tx, organisation: str, member: str) -> None:
    """Look at all tasks of a member at once; '': of everybody."""
    if member:
        await tx.run("UPDATE reminder_task SET wake_at = 0 WHERE organisation = ? AND member = ?", organisation, member)
    else:
        await tx.run("UPDATE reminder_task SET wake_at = 0 WHERE organisation = ?", organisation)


async def organisations_to_look_at(tx: Tx, *, now_ms: int, without: Collection[str] = ()) -> list[str]:
    """Return organisations with tasks to look at now; who is not among them is so the next time."""
    rows = await tx.fetch(
        f"SELECT organisation FROM reminder_task WHERE wake_at <= ? AND {_not_in(without)} ORDER BY wake_at LIMIT 1000",
        now_ms, *without,
    )  # fmt: skip
    return list(dict.fromkeys(row[0] for row in rows))


async def next_wake(tx: Tx, *, without: Collection[str] = ()) -> int | None:
    """Return when the next task is to be looked at, those of some organisations aside."""
    [(wake,)] = await tx.fetch(f"SELECT min(wake_at) FROM reminder_task WHERE {_not_in(without)}", *without)
    return None if wake is None else int(wake)


def _not_in(organisations: Collection[str]) -> str:
    return f"organisation NOT IN ({', '.join('?' * len(organisations))})" if organisations else "1 = 1"


async def promises(tx: Tx, organisation: str, *, now_ms: int) -> Sequence[Row]:
    """Return (member, how many open promises, the next of them that is to come)."""
    return await tx.fetch(
        "SELECT member, count(*), min(CASE WHEN over_at > ? AND waits = 0 THEN over_at END) FROM reminder_task"
        " WHERE organisation = ? GROUP BY member ORDER BY 2 DESC, member",
        now_ms, organisation,
    )  # fmt: skip


async def review_rows(tx: Tx, organisation: str) -> Sequence[Row]:
    """Return (event, coded) of every issue and every remark."""
    return await tx.fetch_long(
        "SELECT event, coded FROM record WHERE organisation = ? AND kind IN ('issue', 'remark')", organisation
    )


# ── wishes and mornings ───────────────────────────────────────────────────────────────────────────────


async def wishes(tx: Tx, organisation: str) -> dict[str, str]:
    """Return what was set, as JSON by member; '': for the organisation."""
    rows = await tx.fetch("SELECT member, wishes FROM reminder_wishes WHERE organisation = ?", organisation)
    return {row[0]: row[1] for row in rows}


async def set_wishes(tx: Tx, organisation: str, member: str, text: str) -> None:
    """Store what somebody set, in place of what they set before."""
    await tx.run(
        "INSERT INTO reminder_wishes VALUES (?, ?, ?) ON CONFLICT (organisation, member)"
        " DO UPDATE SET wishes = excluded.wishes",
        organisation, member, text,
    )  # fmt: skip


async def mornings(tx: Tx, organisation: str) -> dict[str, int]:
    """Return per member the day of the latest digest."""
    rows = await tx.fetch("SELECT member, day FROM reminder_morning WHERE organisation = ?", organisation)
    return {row[0]: row[1] for row in rows}


async def set_mornings(tx: Tx, organisation: str, days: Iterable[tuple[str, int]]) -> None:
    """Store the day of members' latest digest."""
    await tx.run_many(
        "INSERT INTO reminder_morning VALUES (?, ?, ?) ON CONFLICT (organisation, member) DO UPDATE SET day = excluded.day",
        [(organisation, member, day) for member, day in days],
    )


# ── what was said ─────────────────────────────────────────────────────────────────────────────────────


async def add_said(tx: Tx, organisation: str, said: Sequence[Said], *, now_ms: int) -> None:
    """Store reminders, and for each device of their members a delivery that waits."""
    await tx.run_many(
        "INSERT INTO reminder VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(one.id, organisation, one.member, one.kind, one.count, one.late, one.reviews, now_ms, one.until_at) for one in said],
    )  # fmt: skip
    await tx.run_many(
        "INSERT INTO reminder_about VALUES (?, ?, ?)", [(one.id, *about) for one in said for about in one.about]
    )
    # One browser has one address for all its vaults, and a coordinator's next session takes over the one before.
    await tx.run_many(
        "INSERT INTO push_delivery SELECT CAST(? AS TEXT) || min(device), CAST(? AS TEXT), min(device), 'waiting', 0,"
        " CAST(? AS BIGINT) FROM push_subscription WHERE member = ? AND organisation = ? GROUP BY endpoint",
        [(one.id, one.id, now_ms, one.member, organisation) for one in said],
    )


async def said(tx: Tx, organisation: str, id: str) -> Sequence[Row]:
    """Return (member, kind) of one reminder."""
    return await tx.fetch("SELECT member, kind FROM reminder WHERE id = ? AND organisation = ?", id, organisation)


async def still_open(tx: Tx, organisation: str, id: str, member: str) -> list[str]:
    """Return the follow-ups of a reminder that are still this member's, soonest first."""
    rows = await tx.fetch(
        "SELECT t.record FROM reminder_about a CROSS JOIN reminder_task t WHERE t.organisation = ? AND t.record = a.record"
        " AND a.reminder = ? AND t.member = ? ORDER BY t.over_at, t.record",
        organisation, id, member,
    )  # fmt: skip
    return [row[0] for row in rows]


async def latest_said(tx: Tx, organisation: str, *, limit: int) -> Sequence[Row]:
    """Return (made_at, member, kind, count, late, reviews, then deliveries by state), latest first."""
    states = ", ".join(
        f"sum(CASE WHEN d.state = '{state}' THEN 1 ELSE 0 END)"
        for state in ("accepted", "expired", "gave_up", "needless", "waiting")
    )
    return await tx.fetch(
        f"SELECT r.made_at, r.member, r.kind, r.count, r.late, r.reviews, count(d.id), {states}"
        " FROM (SELECT * FROM reminder WHERE organisation = ? ORDER BY made_at DESC, id LIMIT ?) r"
        " LEFT JOIN push_delivery d ON d.reminder = r.id"
        " GROUP BY r.id, r.made_at, r.member, r.kind, r.count, r.late, r.reviews ORDER BY r.made_at DESC, r.id",
        organisation, limit,
    )  # fmt: skip


async def sweep(tx: Tx, *, before_ms: int) -> None:
    """Forget what was said before a moment."""
    old = "(SELECT id FROM reminder WHERE made_at < ?)"
    await tx.run(f"DELETE FROM push_delivery WHERE reminder IN {old}", before_ms)
    await tx.run(f"DELETE FROM reminder_about WHERE reminder IN {old}", before_ms)
    await tx.run("DELETE FROM reminder WHERE made_at < ?", before_ms)
