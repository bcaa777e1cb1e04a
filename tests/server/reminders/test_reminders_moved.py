"""A promise that was moved, or not met, and has no new day yet: late in the morning, and otherwise silent."""

import pytest

from server.store.migrations import m0012_waiting
from tests.support.push import PushService, Reminding, asks, subscribes
from tests.support.tuesday import at, instant, promises
from tests.support.world import World

STATES = pytest.mark.parametrize("state", ["moved", "not_met"])


def changes(world: World, promise: str, **values: object) -> None:
    amina = world.device("amina")
    amina.writes(promise, "follow_up", **values)
    assert amina.syncs().acks == [("ok",)]


@STATES
def test_it_is_late_in_the_digest_once_its_old_hour_has_gone_by_and_is_pushed_at_none(
    world: World, service: PushService, reminding: Reminding, state: str
) -> None:
    amina, browser = world.device("amina"), service.browser()
    subscribes(amina, browser)
    asks(amina, "PUT", "/api/reminders/preferences", {"digest": True})
    changes(world, promises(world, "amina", "p-1", 14), state=state)

    for days, hour, minute in ((-1, 18, 0), (0, 7, 30), (0, 12, 0), (0, 13, 59), (0, 18, 0), (1, 7, 30), (1, 18, 0)):
        reminding.look(at(hour, minute, days=days))

    assert [push["notification"]["body"] for push in service.opened(browser)] == ["1 te laat"]


@STATES
def test_it_is_a_promise_of_whoever_cannot_be_reached_and_no_entry_of_their_calendar(
    world: World, reminding: Reminding, state: str
) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    promise = promises(world, "amina", "p-1", 14)
    changes(world, promise, state=state)
    reminding.say(at(12, days=-2))

    rows = asks(griet, "GET", "/api/reminders/unreachable").json()
    assert rows == [{"member": amina.member, "promises": 1, "next_at": None}]
    link = asks(amina, "POST", "/api/reminders/calendar", {}).json()["link"]
    assert "BEGIN:VEVENT" not in world.call("GET", "/calendar/" + link.rpartition("/")[2]).text
    assert asks(amina, "GET", f"/api/reminders/meetings/{promise}").status_code == 404


@STATES
def test_planned_again_at_the_same_hour_it_says_what_is_to_come_and_nothing_twice(
    world: World, service: PushService, reminding: Reminding, state: str
) -> None:
    browser = service.browser()
    subscribes(world.device("amina"), browser)
    promise = promises(world, "amina", "p-1", 14)
    reminding.look(at(18, days=-1))
    assert len(service.came) == 1

    changes(world, promise, state=state)
    reminding.look(at(18, 5, days=-1))
    changes(world, promise, state="planned")
    reminding.look(at(18, 10, days=-1))
    assert len(service.came) == 1

    reminding.look(at(12))
    assert len(service.came) == 2


@STATES
def test_planned_again_for_another_day_it_reminds_of_that_one(
    world: World, service: PushService, reminding: Reminding, state: str
) -> None:
    browser = service.browser()
    subscribes(world.device("amina"), browser)
    promise = promises(world, "amina", "p-1", 14)
    changes(world, promise, state=state)
    reminding.look(at(18, days=-1))

    changes(world, promise, state="planned", at=instant(at(14, days=2)))
    for days, hour in ((-1, 19), (0, 12), (1, 18), (2, 12)):
        reminding.look(at(hour, days=days))

    assert [push["notification"]["body"] for push in service.opened(browser)] == ["1 afspraak"] * 2


def test_streams_that_are_read_again_by_an_update_say_nothing_twice_and_lose_nothing_that_waits(
    world: World, service: PushService, reminding: Reminding
) -> None:
    """Step 12 reads the desks' streams anew, so that promises which wait have a task: on some evening, in the middle of it."""
    browser = service.browser()
    subscribes(world.device("amina"), browser)
    promises(world, "amina", "p-1", 14)
    reminding.look(at(18, days=-1))
    reminding.say(at(12))  # decided, and not carried yet
    assert len(service.came) == 1

    world.run(_runs(world, m0012_waiting.STATEMENTS[1]))
    for minute in (5, 10):
        reminding.look(at(12, minute))

    assert len(service.came) == 2


async def _runs(world: World, statement: str) -> None:
    async with world.server.store.writing() as tx:
        await tx.run(statement)
