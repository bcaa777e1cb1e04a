"""Calls that wait for the same scope are settled in one transaction: fifty tablets that come back cost a few commits.

    call ─┐
    call ─┼─ wait ──→ one transaction (commit.py) ── poke ──→ to each call its own answers
    call ─┘    while the one before them is under way

Who is alone waits for nobody. Where a transaction breaks, each of its calls is tried alone: what one call holds
must not answer another with an error.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from server.exchange.boxes import Poke
from server.exchange.commit import commit
from server.exchange.settle import Sent
from server.store import audit
from server.store.engine import Busy, Store
from sync.wire import EDITS_MAX, Ack

Note = Callable[[str, Sequence[str]], None]  # ids that were erased, into the file outside the database
Place = tuple[str, str]  # organisation, scope
# A fifth of a second here: half as many took a twelfth longer in all, more would keep other processes waiting at the lock.
TOGETHER_MAX = 2 * EDITS_MAX


@dataclass
class _Waiting:
    """What one call wants settled, and where its answers are awaited."""

    sent: Sequence[Sent]
    acks: asyncio.Future[list[Ack]]


class Settler:
    """Settles what calls bring, scope by scope, into one database."""

    def __init__(self, store: Store, poke: Poke, note: Note) -> None:
        self.store, self.poke, self.note = store, poke, note
        self._waiting: dict[Place, list[_Waiting]] = {}
        self._serving: dict[Place, asyncio.Task[None]] = {}

    async def settle(self, scope: str, sent: Sequence[Sent]) -> list[Ack]:
        """Return the answers to one call's edits of one scope, all of one organisation, committed and told.

        Raises ``Busy``. Whoever stops waiting changes nothing: the edits are settled all the same.
        """
        place = (sent[0].author.organisation, scope)
        one = _Waiting(sent, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(place, []).append(one)
        if place not in self._serving:
            # A task of its own: whoever called first may go away before the others have their answers.
            self._serving[place] = asyncio.create_task(self._serve(place))
        return await one.acks

    async def _serve(self, place: Place) -> None:
        """Settle what waits for a place until nothing does."""
        try:
            while self._waiting.get(place):
                await self._settle_next(place)
        finally:
            del self._serving[place]
            self._waiting.pop(place, None)

    async def _settle_next(self, place: Place) -> None:
        taken: list[_Waiting] = []
        try:
            await self._settle_all(place, taken)
        except Busy as busy:
            _fail(taken or self._take(place), busy)
        except Exception as error:
            if len(taken) == 1:
                _fail(taken, error)
            for one in taken if len(taken) > 1 else []:
                try:
                    await self._settle_all(place, [one])
                except Exception as own:
                    _fail([one], own)

    async def _settle_all(self, place: Place, taken: list[_Waiting]) -> None:
        """Settle what is ``taken``, or as much as a transaction holds of what waits when it begins."""
        organisation, scope = place
        async with self.store.writing() as tx:
            if not taken:
                taken += self._take(place)
            sent = [one for call in taken for one in call.sent]
            committed = await commit(tx, scope, sent)
            if committed.erased:
                # Before the commit: a restored backup must know of every erasure that was ever answered.
                self.note(organisation, committed.erased)
                for one, ack in zip(sent, committed.acks, strict=True):
                    if one.edit.kind == "erasure" and ack == ["ok"]:
                        line = audit.Line(one.author.member, "erased", str(one.edit.set.get("card", "")))
                        await audit.add(tx, organisation, line, now_ms=one.call.now_ms)
        # After the commit: a device poked earlier would ask and find nothing new.
        await self.poke(organisation, committed.positions)
        acks = iter(committed.acks)
        for call in taken:
            own = [next(acks) for _ in call.sent]
            if not call.acks.done():  # its caller may have stopped waiting
                call.acks.set_result(own)

    def _take(self, place: Place) -> list[_Waiting]:
        """Return the calls that waited longest, with no more edits than go together; one call in any case."""
        waiting, taken, count = self._waiting[place], 0, 0
        while taken < len(waiting) and (not taken or count + len(waiting[taken].sent) <= TOGETHER_MAX):
            count += len(waiting[taken].sent)
            taken += 1
        self._waiting[place] = waiting[taken:]
        return waiting[:taken]


def _fail(calls: Sequence[_Waiting], error: Exception) -> None:
    for call in calls:
        if not call.acks.done():
            call.acks.set_exception(error)
