"""Carries reminders to their push services: at least once, by every process, with leases.

    lease ─ needless? ─ encrypt (a thread) ─ send (many at once) ─ settle       one batch
      └─ whoever dies gives its rows back when the lease ends; a repeat has the same Topic and replaces

Logs and rows hold ids, states and counts; never an endpoint.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import structlog

from server.poke.hub import EVERYBODY
from server.reminders.message import payload
from server.reminders.sender import Outcome, Sealed, Sender, Verdict
from server.store import pushes as sql
from server.store.engine import Busy, Store
from server.store.pushes import Leased

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
TTL_S_MAX = 86_400
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
        needless = [one for one in leased if is_needless(one, now)]
        todo = [one for one in leased if not is_needless(one, now)]
        sealed = await asyncio.to_thread(self._encrypt, todo, now)
        settled: list[tuple[Leased, Verdict | None]] = [(one, None) for one in needless]
        settled += [(one, Verdict("expired")) for one, push in zip(todo, sealed, strict=True) if push is None]
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
        await self._settle(settled, now)

    def _encrypt(self, leased: Sequence[Leased], now: int) -> list[Sealed | None]:
        return [
            self._sender.encrypt(
                one, payload(one, one.language, self._public_url),
                ttl_s=min(max((one.until_at - now) // 1000, 60), TTL_S_MAX),
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

    async def _settle(self, settled: Sequence[tuple[Leased, Verdict | None]], now: int) -> None:
        rows = [(*state_of(one, verdict, now), one.id, one.tries) for one, verdict in settled]
        gone = [(one.device, one.endpoint) for one, verdict in settled if verdict and verdict.outcome == "expired"]
        async with self._store.writing() as tx:
            await sql.settle(tx, rows)
            await sql.drop(tx, gone)
            await sql.unsay(tx, {one.reminder for one, verdict in settled if verdict and verdict.outcome == "expired"})
        counts: dict[str, int] = {}
        for state, *_ in rows:
            counts[state] = counts.get(state, 0) + 1
        log.info("pushed", **counts)


def is_needless(leased: Leased, now: int) -> bool:
    """Return whether a push is not worth sending: its hour is past, or what it is about was done, moved or withdrawn."""
    is_about_nothing = leased.kind in ("follow_ups", "digest") and not leased.count and not leased.reviews
    return leased.until_at <= now or is_about_nothing


def state_of(leased: Leased, verdict: Verdict | None, now: int) -> tuple[str, int]:
    """Return a delivery's next (state, next_at); ``None``: it was needless."""
    if verdict is None:
        return "needless", now
    if verdict.outcome != "again":
        return _FINAL[verdict.outcome], now
    back_off_ms = min(BACK_OFF_MS * 2 ** (leased.tries - 1), BACK_OFF_MS_MAX)
    next_at = now + max(back_off_ms, verdict.wait_s * 1000)
    if leased.tries >= TRIES_MAX or next_at >= leased.until_at:
        return "gave_up", now
    return "waiting", next_at


_FINAL: dict[Outcome, str] = {"accepted": "accepted", "expired": "expired", "gave_up": "gave_up"}
