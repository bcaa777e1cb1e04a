"""What nobody heard is not said: odd records, devices that come later, outboxes that waited, wishes that change."""

from collections.abc import Callable, Iterator

import msgspec
import pytest

from server.settings import Settings
from tests.support.push import PushService, Reminding, asks, free_port, subscribes
from tests.support.tuesday import at, promises
from tests.support.world import World


@pytest.fixture
def service() -> PushService:
    return PushService(free_port())


@pytest.fixture
def world(worlds: Callable[[Settings], World], settings: Settings, service: PushService) -> Iterator[World]:
    world = worlds(msgspec.structs.replace(settings, push_extra_origins=service.origin)).organise()
    world.run(service.start())
    asks(world.device("griet"), "PUT", "/api/reminders/organisation", {"digest": False})
    yield world
    world.run(service.stop())


@pytest.fixture
def reminding(world: World) -> Reminding:
    return Reminding(world)


def test_what_is_odd_about_one_of_them_silences_nobody_else(
    world: World, service: PushService, reminding: Reminding
) -> None:
    browser = service.browser()
    subscribes(world.device("amina"), browser)
    promises(world, "amina", "p-0001", 14, at="0001-01-01T00:00:00Z")
    promises(world, "amina", "p-9999", 14, at="9999-12-31T23:59:00Z")
    promises(world, "amina", "p-1", 14)

    async def spoil() -> None:
        """What an older server kept: of a zone that is gone, in an organisation of its own, and of a colleague."""
        async with world.server.store.writing() as tx:
            for id, made_at in (("before-all", 0), ("behind-all", at(0))):
                await tx.run("INSERT INTO organisation (id, name, created_at) VALUES (?, 'odd', ?)", id, made_at)
                await tx.run("INSERT INTO reminder_wishes VALUES (?, '', '{\"zone\": \"Mars/Olympus\"}')", id)
                await tx.run(
                    "INSERT INTO reminder_task VALUES (?, 'x', 'm', 'e', 'call', ?, 0, '', 0, 0, 0, 0)", id, at(14)
                )
            task = (world.organisation, world.id("bilal"), at(14))
            await tx.run("INSERT INTO reminder_task VALUES (?, 'y', ?, 'e', 'call', ?, 0, 'odd', 0, 0, 0, 0)", *task)

    world.run(spoil())

    assert reminding.look(at(18, days=-1)) == at(18, 1, days=-1)  # the odd ones again in a minute, and not at once

    [push] = service.opened(browser)
    assert push["notification"]["body"] == "1 afspraak"
