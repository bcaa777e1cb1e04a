"""Calls that wait for one scope share a transaction; each gets its own answers, and none another's fault."""

import asyncio
from collections.abc import Sequence

import pytest

from server.clock import now_ms
from server.exchange import settle
from server.exchange.settle import Call, Caller, Sent
from server.exchange.together import TOGETHER_MAX
from server.store.engine import Busy, Tx
from sync.edits import Edit
from sync.stamp import from_ms
from sync.wire import Ack
from tests.support.world import World, author_of

TABLETS = 20


class Tablets:
    """Several tablets of one generalist that send at the same moment."""

    def __init__(self, world: World, patch: pytest.MonkeyPatch) -> None:
        self.world, self.transactions = world, list[list[str]]()
        self.caller = Caller(world.organisation, world.id("amina"), "tablet", "generalist")
        commit = settle.settle

        def watched(sent: Sequence[Sent], loaded: settle.Loaded) -> settle.Settled:
            self.transactions.append([one.edit.id for one in sent])
            return commit(sent, loaded)

        patch.setattr("server.exchange.commit.settle", watched)

    def visit(self, tablet: int, n: int = 1, id: str = "") -> Edit:
        where = self.world.event
        return Edit(
            author_of(f"{tablet}"), n, from_ms(now_ms()), "visit", id or f"v-{tablet}-{n}", {"channel": "tent"}, where
        )

    async def send(self, calls: Sequence[Sequence[Edit]]) -> list[list[Ack] | BaseException]:
        settler, call = self.world.server.settler, Call(now_ms())
        return await asyncio.gather(
            *(settler.settle(self.world.event, [Sent(edit, self.caller, call) for edit in one]) for one in calls),
            return_exceptions=True,
        )

    def sends(self, calls: Sequence[Sequence[Edit]]) -> list[list[Ack] | BaseException]:
        return self.world.run(self.send(calls))


@pytest.fixture
def tablets(world: World, monkeypatch: pytest.MonkeyPatch) -> Tablets:
    return Tablets(world, monkeypatch)


def test_tablets_that_send_at_once_are_settled_in_a_few_transactions_and_each_hears_of_its_own(
    tablets: Tablets,
) -> None:
    calls = [[tablets.visit(one, n) for n in range(1, 1 + one % 3 + 1)] for one in range(TABLETS)]
    calls[7] = [tablets.visit(7, 1, tablets.world.event)]  # not a visit: refused, alone

    answers = tablets.sends(calls)

    assert answers == [
        [["refused", "wrong_record"]] if one == 7 else [["ok"]] * len(calls[one]) for one in range(TABLETS)
    ]
    assert len(tablets.transactions) <= 2
    [(count,)] = tablets.world.rows("SELECT count(*) FROM record WHERE kind = 'visit'")
    assert count == sum(map(len, calls)) - 1


def test_the_same_edit_in_several_calls_of_one_transaction_has_one_effect(tablets: Tablets) -> None:
    answers = tablets.sends([[tablets.visit(1)]] * 5)

    assert sorted(answers, key=str) == [[["ok"]], *[[["repeat"]]] * 4]
    assert len(tablets.transactions) <= 2


def test_no_transaction_holds_more_edits_than_go_together(tablets: Tablets) -> None:
    half = TOGETHER_MAX // 2 + 1

    tablets.sends([[tablets.visit(one, n) for n in range(1, half + 1)] for one in range(3)])

    assert [len(ids) for ids in tablets.transactions] == [half] * 3


def test_a_call_at_which_the_server_breaks_breaks_no_other(tablets: Tablets, monkeypatch: pytest.MonkeyPatch) -> None:
    decide = settle._settle_one

    def breaks(one: Sent, loaded: settle.Loaded, settled: settle.Settled) -> Ack:
        if one.edit.id == "v-3-1":
            raise ZeroDivisionError
        return decide(one, loaded, settled)

    monkeypatch.setattr(settle, "_settle_one", breaks)

    answers = tablets.sends([[tablets.visit(one)] for one in range(TABLETS)])

    assert [type(one) for one in answers] == [ZeroDivisionError if n == 3 else list for n in range(TABLETS)]
    kept = {row[0] for row in tablets.world.rows("SELECT id FROM record WHERE kind = 'visit'")}
    assert kept == {f"v-{n}-1" for n in range(TABLETS)} - {"v-3-1"}


def test_who_stops_waiting_takes_nobody_along(tablets: Tablets) -> None:
    async def leave() -> list[list[Ack] | BaseException]:
        first = asyncio.create_task(tablets.send([[tablets.visit(0)]]))
        await asyncio.sleep(0)
        others = asyncio.create_task(tablets.send([[tablets.visit(1)], [tablets.visit(2)]]))
        await asyncio.sleep(0)
        first.cancel()
        return await others

    assert tablets.world.run(leave()) == [[["ok"]], [["ok"]]]
    kept = {row[0] for row in tablets.world.rows("SELECT id FROM record WHERE kind = 'visit'")}
    assert kept == {"v-0-1", "v-1-1", "v-2-1"}


def test_a_busy_database_is_said_to_all_who_waited_and_the_next_is_served(
    tablets: Tablets, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked(tx: Tx, organisation: str, names: Sequence[str]) -> None:
        raise Busy("locked")

    with monkeypatch.context() as busy:
        busy.setattr("server.store.records.lock_scopes", locked)
        answers = tablets.sends([[tablets.visit(one)] for one in range(3)])

    assert [type(one) for one in answers] == [Busy] * 3
    assert tablets.sends([[tablets.visit(one)] for one in range(3)]) == [[["ok"]]] * 3
