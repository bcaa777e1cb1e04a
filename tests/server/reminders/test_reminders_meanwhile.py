"""What changes in the moment of deciding: it is decided about again, and not overwritten by what was read before."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from server.store import pushes
from server.store.engine import Tx
from tests.support.push import PushService, Reminding, asks, subscribes
from tests.support.tuesday import at, instant, promises
from tests.support.world import World

WAIT_S = 0.5  # whoever must wait for the deciding has not come back by then


@pytest.fixture
def meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let something happen in the midst of the next deciding: after the tasks were read, before what came of them is stored."""

    def during(decide: Callable[[], object], happens: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        before, started = pushes.pushed_since, list[asyncio.Task[Any]]()

        async def pushed_since(tx: Tx, organisation: str, members: list[str], *, since_ms: int) -> dict[str, list[int]]:
            if not started:
                started.append(asyncio.create_task(happens()))
                await asyncio.wait(started, timeout=WAIT_S)
            return await before(tx, organisation, members, since_ms=since_ms)

        async def end() -> None:
            await started[0]

        with monkeypatch.context() as patched:
            patched.setattr(pushes, "pushed_since", pushed_since)
            decide()
        world.run(end())

    return during


def test_who_turns_reminders_on_in_that_moment_hears_of_what_is_due(
    world: World, service: PushService, reminding: Reminding, meanwhile: Callable[..., None]
) -> None:
    amina, browser = world.device("amina"), service.browser()
    promises(world, "amina", "p-1", 14)
    reminding.say(at(12, days=-2))
    given = browser.subscription(asks(amina, "GET", "/api/reminders/preferences").json()["push_key"])

    def subscribe() -> Coroutine[Any, Any, object]:
        return world.http.request("PUT", "/api/reminders/subscription", json=given, headers=amina.headers)

    meanwhile(lambda: reminding.say(at(18, days=-1)), subscribe)
    reminding.look(at(18, 1, days=-1))

    assert [push["notification"]["body"] for push in service.opened(browser)] == ["1 afspraak"]


def test_other_wishes_of_that_moment_hold(
    world: World, service: PushService, reminding: Reminding, meanwhile: Callable[..., None]
) -> None:
    amina = world.device("amina")
    subscribes(amina, service.browser())
    promises(world, "amina", "p-1", 14)
    reminding.say(at(12, days=-2))

    def wish() -> Coroutine[Any, Any, object]:
        wishes = {"before": ["P1D", "PT3H"]}
        return world.http.request("PUT", "/api/reminders/preferences", json=wishes, headers=amina.headers)

    meanwhile(lambda: reminding.say(at(18, days=-1)), wish)

    assert reminding.look(at(18, 1, days=-1)) == at(11)


def test_what_no_device_took_in_that_moment_is_said_to_the_next_one(
    world: World, service: PushService, reminding: Reminding, meanwhile: Callable[..., None]
) -> None:
    amina, browser = world.device("amina"), service.browser()
    subscribes(amina, service.browser())
    promises(world, "amina", "tomorrow", 14)
    promises(world, "amina", "tonight", 20, at=instant(at(20, 20, days=-1)))
    reminding.say(at(18, days=-1))
    service.says(403)

    meanwhile(lambda: reminding.say(at(18, 20, days=-1)), reminding.delivery.carry)
    service.says(201)
    subscribes(amina, browser)
    reminding.look(at(18, 30, days=-1))

    assert [push["notification"]["body"] for push in service.opened(browser)] == ["2 afspraken"]
