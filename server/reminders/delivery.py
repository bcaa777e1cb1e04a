"""Carries reminders to their push services: at least once, by every process, with leases.

    lease ─ needless? quiet? ─ encrypt (a thread) ─ send (many at once) ─ settle       one batch
      └─ whoever dies gives its rows back when the lease ends; a repeat has the same Topic and replaces

Logs and rows hold ids, states and counts; never an endpoint.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import msgspec
import structlog

from server.poke.hub import EVERYBODY
from server.reminders.deciding import Rulebook, rulebook
from server.reminders.due import Walls
from server.reminders.message import payload
from server.reminders.rules import Rules
from server.reminders.sender import Outcome, Sealed, Sender, Verdict
from server.store import pushes as sql
from server.store.engine import Busy, Store, Tx
from server.store.pushes import Leased
from server.store.reminders import hold_tasks

WAITING = "pushes"  # what processes poke each other with: something waits in the outbox
BATCH = 200
AT_ONCE = 16  # requests to one service
LEASE_MS = 60_000
BATCH_S_MAX = 40.0  # well before the lease ends
WAIT_S_MAX = 300.0
TRIES_MAX = 8
BACK_OFF_MS = 30_000  # doubled with each try
BACK_OFF_MS_MAX = 3600_000
REST_S = 30  # a service that was silent is not asked before
TTL_S_MIN, TTL_S_MAX = 60, 86_400
UNHEARD = ("expired", "gave_up", "needless")  # states in which nobody will hear of it any more
State = tuple[str, int]  # a delivery's next state, and when it may be sent
log = structlog.get_logger("onthaal")


class Delivery:
    """The outbox's carrier in one process. ``carry`` sends what waits now; ``run`` whenever something does."""

    def __init__(self, store: Store, sender: Sender, public_url: str, *, now_ms: Callable[[], int]) -> None:
        self._store, self._sender, self._public_url, self._now_ms = store, sender, public_url, now_ms
        self._awake = asyncio.Event()
        # By origin, of which a tablet may invent as many as it likes below a known one: neither is kept for long.
        self._turns: dict[str, asyncio.Semaphore] = {}  # of one batch
        self._resting: dict[str, int] = {}  # until when it is left alone

    def hear(self, organisation: str, positions: Mapping[str, int]) -> None:
        """Note that something waits, here or in another process; after a time of deafness it may."""
        if WAITING in positions or EVERYBODY in positions:
            self._awake.set()

    async def run(self) -> None:
        """Carry whenever something waits, until cancelled."""
        while True:
            try:
                wait_s = (await self.carry() - self._now_ms()) / 1000
            except Busy:
                wait_s = 2.0
            except Exception as error:  # whatever it was: the others are carried on
                log.error("delivery", error=type(error).__name__)
                wait_s = 60.0
            with suppress(TimeoutError):
                async with asyncio.timeout(min(max(wait_s, 0.1), WAIT_S_MAX)):
                    await self._awake.wait()
            self._awake.clear()

    async def carry(self) -> int:
        """Send all that waits; return when more will."""
        while True:
            now = self._now_ms()
            async with self._store.reading() as tx:
                at = await sql.next_waiting(tx)
            if at is None or at > now:
                return now + round(WAIT_S_MAX * 1000) if at is None else at
            async with self._store.writing() as tx:
                leased = await sql.lease(tx, now_ms=now, lease_ms=LEASE_MS, limit=BATCH)
            if not leased:
                return now + 1000  # another process has them
            await self._batch(leased, now)

    async def _batch(self, leased: Sequence[Leased], now: int) -> None:
        walls = await self._walls(leased, now)
        unsent = {one: state for one in leased if (state := unsent_state(one, walls[one.id], now))}
        todo = [one for one in leased if one not in unsent]
        sealed = await asyncio.to_thread(self._encrypt, todo, walls, now)
        settled = [(one, Verdict("expired")) for one, push in zip(todo, sealed, strict=True) if push is None]
        self._turns.clear()
        self._resting = {origin: until for origin, until in self._resting.items() if until > now}
        jobs = [asyncio.create_task(self._send(push)) for push in sealed if push is not None]
        try:
            if jobs:
                await asyncio.wait(jobs, timeout=BATCH_S_MAX)
        finally:
            for job in jobs:
                job.cancel()
        done = await asyncio.gather(*jobs, return_exceptions=True)
        settled += [one for one in done if not isinstance(one, BaseException)]
        now = self._now_ms()  # a batch may take as long as the patience that a service asks for
        sent = {one: state_of(one, verdict, walls[one.id], now) for one, verdict in settled}
        await self._settle(unsent | sent, [one for one, verdict in settled if verdict.outcome == "expired"])

    async def _walls(self, leased: Sequence[Leased], now: int) -> dict[str, Walls]:
        """Return by delivery whose quiet hours hold for it. A test has none: somebody waits for it."""
        async with self._store.reading() as tx:
            books = {one: await _book(tx, one) for one in {one.organisation for one in leased}}
        loud = Walls(Rules(quiet_from="00:00", quiet_until="00:00", quiet_days=[]))
        return {
            one.id: loud if one.kind == "test" else _walls_in(books[one.organisation], one.member, now)
            for one in leased
        }  # fmt: skip

    def _encrypt(self, leased: Sequence[Leased], walls: Mapping[str, Walls], now: int) -> list[Sealed | None]:
        return [
            self._sender.encrypt(
                one, payload(one, one.language, self._public_url), ttl_s=ttl_s(one, walls[one.id], now)
            )
            for one in leased
        ]  # fmt: skip

    async def _send(self, sealed: Sealed) -> tuple[Leased, Verdict]:
        # Whoever waits for its turn does not use up its five seconds, and is spared a service that was silent meanwhile.
        async with self._turns.setdefault(sealed.origin, asyncio.Semaphore(AT_ONCE)):
            if self._resting.get(sealed.origin, 0) > self._now_ms():
                return sealed.leased, Verdict("again", REST_S)
            verdict = await self._sender.send(sealed)
            if verdict.silent:
                self._resting[sealed.origin] = self._now_ms() + REST_S * 1000
            return sealed.leased, verdict

    async def _settle(self, states: Mapping[Leased, State], gone: Sequence[Leased]) -> None:
        unheard = {one: state for one, state in states.items() if state[0] in UNHEARD}
        async with self._store.writing() as tx:
            await sql.settle(tx, [(*states[one], one.id, one.tries) for one in states if one not in unheard])
        if unheard:  # apart: what was taken is stored, however long somebody else has the tasks
            await self._settle_unheard(unheard, gone)
        log.info("pushed", **Counter(state for state, _ in states.values()))

    async def _settle_unheard(self, states: Mapping[Leased, State], gone: Sequence[Leased]) -> None:
        async with self._store.writing() as tx:
            for organisation in sorted({one.organisation for one in states}):
                await hold_tasks(tx, organisation)
            await sql.settle(tx, [(*state, one.id, one.tries) for one, state in states.items()])
            await sql.drop(tx, [(one.device, one.endpoint) for one in gone])
            await sql.unsay(tx, {one.reminder for one in states})


async def _book(tx: Tx, organisation: str) -> Rulebook:
    try:
        return await rulebook(tx, organisation)
    except msgspec.MsgspecError as error:  # of an older server
        log.error("delivery", organisation=organisation, error=type(error).__name__)
        return Rulebook({})


def _walls_in(book: Rulebook, member: str, now: int) -> Walls:
    try:
        walls = book.walls(member)
        walls.after(now)
    except (
        Exception
    ) as error:  # whatever is odd about their wishes: everybody else's pushes leave, and theirs by the usual rules
        log.error("delivery", member=member, error=type(error).__name__)
        return Walls(Rules())
    return walls


def unsent_state(leased: Leased, walls: Walls, now: int) -> State | None:
    """Return the next state of what is not sent now, ``None`` for what is.

    Needless: what it is about was done, moved or withdrawn, will be over before anybody may be disturbed, or they want
    no reminders any more. Else it waits for the end of the quiet hours.
    """
    is_about_nothing = leased.kind in ("follow_ups", "digest") and not leased.count and not leased.reviews
    opens = walls.after(now)
    if is_about_nothing or not walls.rules.is_on or leased.until_at <= opens:
        return "needless", now
    return ("waiting", opens) if opens > now else None


def ttl_s(leased: Leased, walls: Walls, now: int) -> int:
    """Return how long a service keeps a push for a device that is off: not into the quiet hours (decision 0041)."""
    return min(max((min(leased.until_at, walls.begins(now)) - now) // 1000, TTL_S_MIN), TTL_S_MAX)


def state_of(leased: Leased, verdict: Verdict, walls: Walls, now: int) -> State:
    """Return a delivery's next state after it was sent. None is sent again in quiet hours."""
    if verdict.outcome != "again":
        return _FINAL[verdict.outcome], now
    back_off_ms = min(BACK_OFF_MS * 2 ** (leased.tries - 1), BACK_OFF_MS_MAX)
    next_at = walls.after(now + max(back_off_ms, verdict.wait_s * 1000))
    if leased.tries >= TRIES_MAX or next_at >= leased.until_at:
        return "gave_up", now
    return "waiting", next_at


_FINAL: dict[Outcome, str] = {"accepted": "accepted", "expired": "expired", "gave_up": "gave_up"}
