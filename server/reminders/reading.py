"""Reads the desk's streams as a device does, and keeps what reminds: open follow-ups, one task for each person.

    stream event:X/desk  → follow-ups that changed, or left     → their tasks anew
    stream event:X, org  → the event, or a member, changed      → who sees what may be another: read event:X/desk again

Where a process stopped, the next one goes on: how far it came is stored with what it kept. Nothing is opened.
"""

from collections.abc import Iterable

import msgspec

from server.reminders.whom import Facts, People, task_facts
from server.reminders.zone import ms_of
from server.store import pages
from server.store import people as people_sql
from server.store import records as records_sql
from server.store import reminders as sql
from server.store.engine import Tx
from server.store.reminders import TaskRow
from sync.access import Known, known
from sync.edits import Record
from sync.wire import unpack

DESKS = "event:%/desk"
AT_ONCE = 500  # entries in one transaction: others write in between


def coded_record(coded: bytes) -> Record:
    """Return a record by its coded fields alone; the private ones stay sealed."""
    return unpack(records_sql.coded_alone(coded))


class Reader:
    """Reads what changed in an organisation; one for each transaction."""

    def __init__(self, tx: Tx, organisation: str, zone: str) -> None:
        self.tx, self.organisation, self.zone = tx, organisation, zone
        self._people: People | None = None
        self._events: dict[str, Known | None] = {}

    async def read(self) -> bool:
        """Read the next entries of one stream; return whether there may be more."""
        unread = await sql.unread(self.tx, self.organisation)
        # What decides who sees a follow-up first, then the follow-ups.
        for stream, name, counter, position in sorted(unread, key=lambda row: (row[1].endswith("/desk"), row[1])):
            if name.endswith("/desk"):
                await self._follow_ups(stream, counter, position)
                return True
            kind, again = ("member", DESKS) if name == "org" else ("event", f"{name}/desk")
            await sql.move_cursor(self.tx, stream, counter)
            if position and await sql.has_entries_of(self.tx, stream, position, kind):
                await sql.read_again(self.tx, self.organisation, again)
                return True
        return False

    async def _follow_ups(self, stream: int, counter: int, position: int) -> None:
        rows = await sql.entries(self.tx, stream, position, "follow_up", AT_ONCE)
        left = await pages.gone_of(self.tx, stream, position, AT_ONCE)
        at, rows, left = pages.first(rows, left, position, AT_ONCE)
        records = {row[1]: coded_record(row[2]) for row in rows if row[1]}
        await self._keep(records, [row[1] for row in left])
        await sql.move_cursor(self.tx, stream, at if len(rows) + len(left) == AT_ONCE else counter)

    async def _keep(self, records: dict[str, Record], gone: Iterable[str]) -> None:
        touched = [*records, *gone]
        before: dict[tuple[str, str], TaskRow] = {}
        for task in await sql.tasks_of_records(self.tx, self.organisation, touched):
            before[task.record, task.member] = task
        tasks = [task for id, record in records.items() for task in await self._tasks(id, record, before)]
        replaced = {*(record for record, _ in before), *(task.record for task in tasks)}
        await sql.replace_tasks(self.tx, self.organisation, replaced, tasks)

    async def _tasks(self, id: str, record: Record, before: dict[tuple[str, str], TaskRow]) -> list[TaskRow]:
        facts = task_facts(record)
        if facts is None:
            return []
        members = (await self._who()).whom(facts, await self._event(facts.event))
        over_at = facts.at or ms_of(self.zone, facts.on + 1)
        return [_task(id, member, facts, over_at, before.get((id, member))) for member in members]

    async def _who(self) -> People:
        if self._people is None:
            self._people = People(await people_sql.members(self.tx, self.organisation))
        return self._people

    async def _event(self, id: str) -> Known | None:
        if id not in self._events:
            rows = await records_sql.records(self.tx, self.organisation, [id])
            self._events[id] = known(unpack(records_sql.packed(rows[0]))) if rows else None
        return self._events[id]


def _task(id: str, member: str, facts: Facts, over_at: int, before: TaskRow | None) -> TaskRow:
    # What was said of the same hour is not said again; of another hour everything is to be said anew.
    same = before is not None and before.over_at == over_at
    since = max(before.since, facts.known) if before is not None and same else facts.known
    task = TaskRow(
        id, member, facts.event, facts.what, over_at, facts.on, facts.own, facts.known, int(facts.by != member), since, 0,
        int(facts.waits),
    )  # fmt: skip
    unchanged = before is not None and msgspec.structs.replace(task, wake_at=before.wake_at) == before
    return msgspec.structs.replace(task, wake_at=before.wake_at) if before is not None and unchanged else task
