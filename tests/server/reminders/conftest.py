"""A world that reminds: a push service that others wrote, and looks at the moments that a test names."""

from collections.abc import Callable, Iterator

import pytest

from server.settings import Settings
from tests.support.push import Browser, PushService, Reminding, free_port, reminded, subscribes
from tests.support.world import World


@pytest.fixture
def service() -> PushService:
    return PushService(free_port())


@pytest.fixture
def world(worlds: Callable[[Settings], World], settings: Settings, service: PushService) -> Iterator[World]:
    yield from reminded(worlds, settings, service)


@pytest.fixture
def browser(world: World, service: PushService) -> Browser:
    """Amina's: reminders are turned on."""
    browser = service.browser()
    subscribes(world.device("amina"), browser)
    return browser


@pytest.fixture
def reminding(world: World) -> Reminding:
    return Reminding(world)
