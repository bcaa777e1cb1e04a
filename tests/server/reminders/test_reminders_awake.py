"""The two that work by themselves are woken by what changes: nobody waits for the look of every five minutes."""

import asyncio
import time

import pytest

from server.clock import now_ms
from server.reminders.scheduler import GATHER_S
from tests.support.push import PushService, asks, subscribes
from tests.support.tuesday import instant, promises
from tests.support.world import World

HOUR_MS = 3_600_000
SOON_S = 30
# Whoever is given a promise is told at once: with no moment before it, and no quiet, at whatever hour this runs.
AT_ONCE = {"before": [], "quiet_from": "00:00", "quiet_until": "00:00", "quiet_days": [], "digest": False}


@pytest.fixture
def world(world: World) -> World:
    asks(world.device("griet"), "PUT", "/api/reminders/organisation", AT_ONCE)
    return world


def gives(world: World) -> None:
    """Give Amina a promise for the next hour."""
    promises(
        world, "griet", "p-1", 14, assignee=f"member:{world.device('amina').member}", at=instant(now_ms() + HOUR_MS)
    )


def is_seen(world: World) -> None:
    """Wait until it was read, and looked at in vain."""
    ends = time.monotonic() + SOON_S
    while not world.rows("SELECT 1 FROM reminder_task WHERE wake_at > 0"):
        assert time.monotonic() < ends, "nobody read it"
        world.run(asyncio.sleep(0.05))


def rests(world: World) -> None:
    """Let pass what was changed before: what is seen along with that proves nothing."""
    world.run(asyncio.sleep(4 * GATHER_S))


def is_told(world: World, service: PushService) -> None:
    async def came() -> None:
        async with asyncio.timeout(SOON_S):
            await service.gets(1)

    world.run(came())


def test_a_promise_is_told_as_soon_as_it_was_given(world: World, service: PushService) -> None:
    subscribes(world.device("amina"), service.browser())
    rests(world)

    gives(world)

    is_told(world, service)


def test_who_turns_reminders_on_is_told_as_soon_as_their_device_is_known(world: World, service: PushService) -> None:
    gives(world)
    is_seen(world)

    subscribes(world.device("amina"), service.browser())

    is_told(world, service)


def test_who_wants_reminders_again_is_told_as_soon_as_that_is_kept(world: World, service: PushService) -> None:
    amina = world.device("amina")
    subscribes(amina, service.browser())
    asks(amina, "PUT", "/api/reminders/preferences", {"is_on": False})
    gives(world)
    is_seen(world)

    asks(amina, "PUT", "/api/reminders/preferences", {"is_on": True})

    is_told(world, service)


def test_a_test_arrives_while_somebody_waits_for_it(world: World, service: PushService) -> None:
    subscribes(world.device("amina"), service.browser())
    rests(world)

    asks(world.device("amina"), "POST", "/api/reminders/test")

    is_told(world, service)
