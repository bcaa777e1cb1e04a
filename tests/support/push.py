"""A push service of the tests' own, browsers that subscribe to it, and a clock that is set by hand.

service = PushService(…)         answers as it is told: statuses, silence, redirects, floods; keeps what came
browser = service.browser()      its keys; opens what was encrypted for it (RFC 8291)
reminding = Reminding(world)     the server's own parts, looking and carrying when the test says so
"""

import asyncio
import json
import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

import http_ece
import httpx
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import structs

from server.keys import as_text
from server.reminders.delivery import Delivery
from server.reminders.parts import new_reminder_id
from server.reminders.scheduler import Scheduler
from server.settings import Settings
from tests.support.device import Device
from tests.support.world import World

Answer = Callable[[web.Request], Any]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def reminded(worlds: Callable[[Settings], World], settings: Settings, service: "PushService") -> Iterator[World]:
    """Yield a world whose server may push to a service of the tests, which runs as long; no digest comes between."""
    world = worlds(structs.replace(settings, push_extra_origins=service.origin)).organise()
    world.run(service.start())
    asks(world.device("griet"), "PUT", "/api/reminders/organisation", {"digest": False})
    yield world
    world.run(service.stop())


class Browser:
    """One browser's subscription, and what it opens."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._private = generate_private_key(SECP256R1())
        self._auth = os.urandom(16)

    def subscription(self, key: str, language: str | None = None) -> dict[str, Any]:
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "endpoint": self.endpoint, "p256dh": as_text(point), "auth": as_text(self._auth), "key": key,
            "language": language,
        }  # fmt: skip

    def opens(self, body: bytes) -> dict[str, Any]:
        plain = http_ece.decrypt(body, private_key=self._private, auth_secret=self._auth, version="aes128gcm")
        return json.loads(plain)  # type: ignore[no-any-return] -- the test looks at its members


class PushService:
    """An HTTP server on this machine. ``answer``: what it says to a push; ``came``: (path, headers, body) of each."""

    def __init__(self, port: int) -> None:
        self.port, self.origin = port, f"http://127.0.0.1:{port}"
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        self.answer: Answer = lambda _: web.Response(status=201)
        self._n = 0
        self._more = asyncio.Event()

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self.came.append((request.path, dict(request.headers), await request.read()))
        self._more.set()
        answer = self.answer(request)
        response = await answer if asyncio.iscoroutine(answer) else answer
        assert isinstance(response, web.StreamResponse)
        return response

    async def gets(self, count: int) -> None:
        """Wait until so many pushes came."""
        async with asyncio.timeout(120):
            while len(self.came) < count:
                self._more.clear()
                await self._more.wait()

    def says(self, status: int, **headers: str) -> None:
        self.answer = lambda _: web.Response(
            status=status, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )

    def browser(self) -> Browser:
        self._n += 1
        return Browser(f"{self.origin}/push/{self._n}")

    def opened(self, browser: Browser) -> list[dict[str, Any]]:
        return [browser.opens(body) for path, _, body in self.came if browser.endpoint.endswith(path)]


class Reminding:
    """Looks and carries at the moments the test names; the server's own are stopped."""

    def __init__(self, world: World) -> None:
        self.world, self.now = world, 0
        parts, store = world.server.reminders, world.server.store
        world.run(parts.stop())
        self.scheduler = Scheduler(store, world.server.hub, now_ms=lambda: self.now, new_id=new_reminder_id)
        self.delivery = Delivery(store, parts.sender, "https://onthaal.example", now_ms=lambda: self.now)

    def look(self, now: int) -> int:
        """Look at a moment, and carry what waits then; return when to look next."""
        self.now = now
        wake = self.world.run(self.scheduler.look(now))
        self.world.run(self.delivery.carry())
        return wake

    def say(self, now: int) -> None:
        """Look, and carry nothing."""
        self.now = now
        self.world.run(self.scheduler.look(now))

    def carry(self, now: int) -> int:
        self.now = now
        return self.world.run(self.delivery.carry())

    def states(self) -> list[str]:
        return [row[0] for row in self.world.rows("SELECT state FROM push_delivery ORDER BY id")]


def asks(device: Device, method: str, path: str, body: object = None) -> httpx.Response:
    return device.world.call(method, path, headers=device.headers, json_body=body)


def subscribes(device: Device, browser: Browser, language: str | None = None) -> None:
    key = asks(device, "GET", "/api/reminders/preferences").json()["push_key"]
    answer = asks(device, "PUT", "/api/reminders/subscription", browser.subscription(key, language))
    assert answer.status_code == 200, answer.text
