"""A push that waited: as quiet as one that is decided, whatever held it up, and of nothing that is over."""

import pytest
from aiohttp import web

from tests.support.push import Browser, PushService, Reminding, asks, subscribes
from tests.support.tuesday import at, instant, promises
from tests.support.world import World


@pytest.fixture
def reminding(world: World, browser: Browser) -> Reminding:
    return Reminding(world)


def test_what_a_service_wants_later_comes_when_the_quiet_ends_and_not_in_it(
    world: World, service: PushService, reminding: Reminding
) -> None:
    asks(world.device("amina"), "PUT", "/api/reminders/preferences", {"evening_at": "20:55"})
    promises(world, "amina", "p-1", 14)
    service.says(503, Retry_After="3600")
    reminding.look(at(20, 55, days=-1))
    service.says(201)

    assert reminding.carry(at(22, days=-1)) == at(7, 30)
    assert len(service.came) == 1
    reminding.carry(at(7, 30))
    assert (len(service.came), reminding.states()) == (2, ["accepted"])


def test_the_patience_that_a_service_asks_for_begins_with_its_answer_and_not_with_the_batch(
    world: World, service: PushService, reminding: Reminding
) -> None:
    promises(world, "amina", "p-1", 14)

    def late(_: web.Request) -> web.Response:
        reminding.now = at(18, 1, days=-1)  # others of the batch were slow
        return web.Response(status=429, headers={"Retry-After": "90"})

    service.answer = late
    reminding.say(at(18, days=-1))

    assert reminding.carry(at(18, days=-1)) == at(18, 1, days=-1) + 90_000


def test_who_turns_reminders_off_while_a_push_waits_is_not_disturbed_by_it(
    world: World, service: PushService, reminding: Reminding
) -> None:
    promises(world, "amina", "p-1", 14)
    reminding.say(at(18, days=-1))
    asks(world.device("amina"), "PUT", "/api/reminders/preferences", {"is_on": False})

    reminding.carry(at(18, days=-1))

    assert (service.came, reminding.states()) == ([], ["needless"])


@pytest.mark.parametrize("is_moved", [False, True])
def test_what_was_needless_when_it_was_to_leave_is_said_once_it_is_wanted_again(
    world: World, service: PushService, reminding: Reminding, is_moved: bool
) -> None:
    amina = world.device("amina")
    promise = promises(world, "amina", "p-1", 14)

    def changes(is_back: bool) -> None:
        """Reminders are turned off and on, or the promise is moved, and planned at its old hour all the same."""
        if not is_moved:
            asks(amina, "PUT", "/api/reminders/preferences", {"is_on": is_back})
            return
        amina.writes(promise, "follow_up", state="planned" if is_back else "moved")
        assert amina.syncs().acks == [("ok",)]

    reminding.say(at(18, days=-1))
    changes(False)
    reminding.look(at(18, 1, days=-1))
    assert (service.came, reminding.states()) == ([], ["needless"])

    changes(True)
    for minute in (30, 31):
        reminding.look(at(18, minute, days=-1))
    assert (len(service.came), sorted(reminding.states())) == (1, ["accepted", "needless"])


def test_what_waited_for_a_server_until_the_night_comes_in_the_morning(
    world: World, service: PushService, reminding: Reminding
) -> None:
    promises(world, "amina", "p-1", 14)
    reminding.say(at(18, days=-1))

    assert reminding.carry(at(3)) == at(7, 30)
    assert (service.came, reminding.states()) == ([], ["waiting"])
    reminding.carry(at(7, 30))
    assert len(service.came) == 1


def test_what_would_be_over_when_the_quiet_ends_is_not_sent(
    world: World, service: PushService, reminding: Reminding
) -> None:
    promises(world, "amina", "p-1", 7)
    reminding.say(at(20, 59, days=-1))

    reminding.carry(at(22, days=-1))

    assert (service.came, reminding.states()) == ([], ["needless"])


def test_a_test_comes_at_once_since_somebody_waits_for_it(
    world: World, service: PushService, reminding: Reminding
) -> None:
    quiet = {"quiet_days": [1, 2, 3, 4, 5, 6], "quiet_from": "00:00", "quiet_until": "23:59"}
    asks(world.device("amina"), "PUT", "/api/reminders/preferences", quiet)
    asks(world.device("amina"), "POST", "/api/reminders/test")

    reminding.carry(world.rows("SELECT max(next_at) FROM push_delivery")[0][0])

    assert reminding.states() == ["accepted"]


def test_a_service_keeps_a_push_no_longer_than_until_the_quiet_begins(
    world: World, service: PushService, reminding: Reminding
) -> None:
    promises(world, "amina", "p-1", 14)
    promises(world, "amina", "p-2", 23, at=instant(at(23, 30, days=2)))

    reminding.look(at(18, days=-1))
    reminding.look(at(12))
    reminding.look(at(20, 59, days=2))

    ttls = [int(headers["TTL"]) for _, headers, _ in service.came]
    assert ttls == [3 * 3600, 2 * 3600, 60]


def test_wishes_that_cannot_be_read_hold_nobody_else_up_and_are_quiet_as_usual(
    world: World, service: PushService, reminding: Reminding
) -> None:
    subscribes(world.device("bilal"), service.browser())
    for name in ("amina", "bilal"):
        promises(world, name, f"of-{name}", 14)
    reminding.say(at(18, days=-1))

    async def spoil() -> None:
        async with world.server.store.writing() as tx:
            given = (world.organisation, world.id("amina"), '{"zone": "Mars/Olympus"}')
            await tx.run("INSERT INTO reminder_wishes VALUES (?, ?, ?)", *given)

    world.run(spoil())

    assert reminding.carry(at(3)) == at(7, 30)
    reminding.carry(at(7, 30))
    assert reminding.states() == ["accepted"] * 2


def test_what_is_over_by_the_time_a_push_leaves_is_not_counted(
    world: World, service: PushService, browser: Browser, reminding: Reminding
) -> None:
    for hour in (9, 17):
        promises(world, "amina", f"p-{hour}", hour)
    reminding.say(at(18, days=-1))

    reminding.carry(at(12))

    assert [push["notification"]["body"] for push in service.opened(browser)] == ["1 afspraak"]
