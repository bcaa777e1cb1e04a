"""Looks when it is time: by the next task's moment, by the next morning, or because something changed. It never scans.

    hub ── something changed ──┐
    next task, next morning ───┼─→ look(now): read streams ─ say mornings ─ say what is due ─→ outbox (delivery.py)
    every five minutes ────────┘   (a lost notification, a wall clock that was set)

Every process looks; an organisation's turn makes one of them decide.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from server.poke.hub import EVERYBODY, Hub
from server.reminders.deciding import NewId, morning_of, rulebook, say_due, say_mornings
from server.reminders.due import NEVER
from server.reminders.reading import Reader, coded_record
from server.reminders.reviews import count_reviews
from server.store import people as people_sql
from server.store import pushes
from server.store import records as records_sql
from server.store import reminders as sql
from server.store.engine import Busy, Store
from sync.apply import view

CHANGED = "reminders"  # what processes poke each other with: a wish or a subscription is new
OF_ALL = ""  # the organisation in a poke that is for everybody, such as after a time of deafness
GATHER_S = 0.25  # changes of one moment are read at once
LOOK_S_MAX = 300.0
AGAIN_MS = 2_000  # after a database that was busy
AFTER_FAULT_MS = 60_000
KEPT_MS = 90 * 86_400_000
log = structlog.get_logger("onthaal")


class Scheduler:
    """Decides what is said. ``look`` does it once; ``run`` whenever it is time."""

    def __init__(self, store: Store, hub: Hub, *, now_ms: Callable[[], int], new_id: NewId) -> None:
        self._store, self._hub, self._now_ms, self._new_id = store, hub, now_ms, new_id
        self._changed: set[str] = set()
        self._awake = asyncio.Event()
        self._swept_at = 0
        self._following: dict[str, int] = {}  # per organisation the next morning
        self._faulty: dict[
            str, int
        ] = {}  # per organisation that could not be decided about, until when it is left alone

    def hear(self, organisation: str, positions: Mapping[str, int]) -> None:
        """Note that streams changed: the desk's, which hold every follow-up, or those that say who sees what."""
        if any(name in ("org", CHANGED, EVERYBODY) or name.endswith("/desk") for name in positions):
            self._changed.add(organisation)
            self._awake.set()

    async def run(self, told: Callable[[], Awaitable[None]]) -> None:
        """Look whenever it is time, until cancelled; ``told`` after something was said."""
        is_first, wake_at = True, 0
        while True:
            wait_s = min(max((wake_at - self._now_ms()) / 1000, 0), LOOK_S_MAX)
            try:
                # Not `wait_for`: in Python 3.11 that loses a cancel which comes in the moment of waking.
                async with asyncio.timeout(wait_s):
                    await self._awake.wait()
                await asyncio.sleep(GATHER_S)
                is_all = is_first
            except TimeoutError:
                is_all = True
            self._awake.clear()
            changed, self._changed = self._changed, set()
            now = self._now_ms()
            try:
                wake_at = await self.look(now, changed=None if is_all or OF_ALL in changed else changed, told=told)
                is_first = False
            except Busy:
                self._changed |= changed
                wake_at = now + AGAIN_MS
            except Exception as error:  # whatever it was: reminders go on
                log.error("reminders", error=type(error).__name__)
                wake_at = now + AFTER_FAULT_MS

    async def look(
        self, now: int, *, changed: set[str] | None = None, told: Callable[[], Awaitable[None]] | None = None
    ) -> int:
        """Say what is due in the organisations that changed or have something due, ``None``: in all; return when to look next."""
        async with self._store.reading() as tx:
            every = [row[0] for row in await people_sql.organisations(tx)]
            self._faulty = {one: until for one, until in self._faulty.items() if until > now}
            due = await sql.organisations_to_look_at(tx, now_ms=now, without=self._faulty)
        looked = set(every if changed is None else changed) | {*due}
        for organisation in every:
            if organisation not in self._faulty:
                await self._look_at(organisation, now, is_looked=organisation in looked)
        await self._sweep(now)
        async with self._store.reading() as tx:
            wake, waiting = await sql.next_wake(tx, without=self._faulty), await pushes.next_waiting(tx)
        if told is not None and waiting is not None and waiting <= now:
            await told()
        # What another process has the turn for is looked at again soon.
        ahead = [*self._following.values(), *self._faulty.values()]
        return max(min([NEVER if wake is None else wake, *ahead]), now + AGAIN_MS)

    async def _look_at(self, organisation: str, now: int, *, is_looked: bool) -> None:
        try:
            if is_looked:
                await self._read(organisation)
            if is_looked or self._following.get(organisation, 0) <= now:
                self._following[organisation] = await self._mornings(organisation, now)
            # After the mornings: a digest speaks for what is due with it. Where another process has the turn for it, so for this.
            if is_looked and self._following[organisation]:
                await self._say(organisation, now)
        except Busy:  # of the whole database
            raise
        except Exception as error:  # whatever is odd about one organisation: the others are reminded
            log.error("reminders", organisation=organisation, error=type(error).__name__)
            self._faulty[organisation] = now + AFTER_FAULT_MS
            self._following[organisation] = now + AFTER_FAULT_MS

    async def _read(self, organisation: str) -> None:
        more = True
        while more:
            async with self._store.writing() as tx:
                if not await sql.take_turn(tx, organisation):
                    return
                more = await Reader(tx, organisation, (await rulebook(tx, organisation)).zone).read()

    async def _say(self, organisation: str, now: int) -> None:
        more = True
        while more:
            async with self._store.writing() as tx:
                if not await sql.take_turn(tx, organisation):
                    return
                more = await say_due(tx, organisation, new_id=self._new_id, now_ms=now)

    async def _mornings(self, organisation: str, now: int) -> int:
        """Say the digests of this morning; return when the next one is, 0 where another process is about to say them."""
        async with self._store.reading() as tx:
            subscribed = await pushes.subscribed(tx, organisation)
            members = [one for one in await people_sql.members(tx, organisation) if one.active and one.id in subscribed]
            book, done = await rulebook(tx, organisation), await sql.mornings(tx, organisation)
        morning = morning_of(members, book, done, now_ms=now)
        if morning.days:
            waits = any(one.role == "coordinator" and one.id in morning.days for one in members)
            reviews = await self._reviews(organisation) if waits else 0
            async with self._store.writing() as tx:
                if not await sql.take_turn(tx, organisation):
                    return 0
                await say_mornings(tx, organisation, members, morning, reviews, new_id=self._new_id, now_ms=now)
        return morning.following

    async def _reviews(self, organisation: str) -> int:
        async with self._store.reading() as tx:
            rows = await sql.review_rows(tx, organisation)
            events = await records_sql.events(tx, organisation)
        archived = frozenset(row[0] for row in events if view(coded_record(row[6])).get("state") == "archived")
        return await asyncio.to_thread(count_reviews, rows, archived)

    async def _sweep(self, now: int) -> None:
        if now < self._swept_at + 86_400_000:
            return
        self._swept_at = now
        async with self._store.writing() as tx:
            await sql.sweep(tx, before_ms=now - KEPT_MS)
