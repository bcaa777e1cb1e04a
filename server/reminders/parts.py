"""The parts of reminders in a running server: who decides, who carries, and by which keys."""

import asyncio
from base64 import urlsafe_b64encode
from contextlib import suppress

from server.clock import new_bytes, now_ms
from server.poke.hub import Hub
from server.reminders.delivery import WAITING, Delivery
from server.reminders.endpoints import services_of
from server.reminders.pushkeys import NAME, PushKeys
from server.reminders.scheduler import CHANGED, Scheduler
from server.reminders.sender import Sender
from server.settings import Settings
from server.store.engine import Store


def new_reminder_id() -> str:
    """Return 16 bytes of chance as 22 characters of base64url: an id, a page's address, and a push's Topic."""
    return urlsafe_b64encode(new_bytes(16)).decode().rstrip("=")


class Reminders:
    """Starts and stops the two that work by themselves."""

    def __init__(self, settings: Settings, store: Store, hub: Hub) -> None:
        self.keys = PushKeys(settings.key_path.with_name(NAME))
        self.services = services_of(settings.push_services, settings.push_extra_origins)
        self.sender = Sender(self.keys, self.services, settings.push_contact or _contact_of(settings.public_url))
        self.scheduler = Scheduler(store, hub, now_ms=now_ms, new_id=new_reminder_id)
        self.delivery = Delivery(store, self.sender, settings.public_url.rstrip("/"), now_ms=now_ms)
        self._hub = hub
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to look and to carry."""
        self.keys.start()
        self._hub.watchers += [self.scheduler.hear, self.delivery.hear]
        self._tasks = [
            asyncio.create_task(self.scheduler.run(self.something_waits)),
            asyncio.create_task(self.delivery.run()),
        ]

    async def stop(self) -> None:
        """Stop; what is under way is carried again by whoever comes next."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        await self.sender.close()

    async def something_waits(self) -> None:
        """Wake the carriers of all processes."""
        await self._hub.poke("", {WAITING: 0})

    async def something_changed(self, organisation: str) -> None:
        """Wake whoever decides: a wish or a subscription is another."""
        await self._hub.poke(organisation, {CHANGED: 0})


def _contact_of(public_url: str) -> str:
    """Return whom a push service may turn to: our page, where it has a public name."""
    host = public_url.removeprefix("https://").partition("/")[0].partition(":")[0]
    return f"https://{host}" if public_url.startswith("https://") else "mailto:onthaal@localhost"
