"""Whether the server lives, and whether its database answers; where it does not, tablets are told to come back."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack

import msgspec

from server.settings import Settings
from server.store.engine import Store
from server.store.migrations import migrate
from tests.support.postgres import postgres
from tests.support.world import World


def test_health_says_whether_the_database_answers(world: World) -> None:
    assert world.call("GET", "/health/live").json() == {"status": "live"}
    assert world.call("GET", "/health/ready").json() == {"status": "ready"}


async def _migrated(url: str) -> None:
    store = Store(url=url)
    await store.open()
    await migrate(store)
    await store.close()


def test_while_postgresql_is_away_the_server_lives_is_not_ready_and_tells_tablets_to_come_back(
    worlds: Callable[[Settings], World], sqlite_settings: Settings
) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(postgres()) + "postgres"
        asyncio.run(_migrated(url))
        world = worlds(msgspec.structs.replace(sqlite_settings, database_url=url)).organise()
        amina = world.device("amina")
        assert amina.sends([amina.edit(1, "talk-1", channel="tent")]).acks == [("ok",)]

        stack.close()

        reply = amina.sends([amina.edit(2, "talk-2", channel="tent")])
        assert (reply.status, reply.code, reply.headers["retry-after"]) == (503, "busy", "2")
        ready = world.call("GET", "/health/ready")
        assert (ready.status_code, ready.json()["code"]) == (503, "busy")
        assert world.call("GET", "/health/live").status_code == 200
