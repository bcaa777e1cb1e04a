"""Who listens now, and how they hear that something changed (station 9).

One process: a set of listeners. Several on PostgreSQL: LISTEN/NOTIFY with the payload
``organisation stream:position``, one reconnecting connection a process. A lost notification costs latency, never
data: whoever is woken asks for everything after its cursors, and a reconnect wakes everybody.
"""

import asyncio
import json
import random
from collections.abc import Callable, Mapping
from contextlib import suppress

import asyncpg

CHANNEL = "onthaal_poke"
EVERYBODY = "*"
DELAY_S_MAX = 5.0
Watcher = Callable[[str, Mapping[str, int]], None]  # organisation, positions of streams that changed


class Listener:
    """One open connection. ``take`` returns what changed since it was last asked."""

    def __init__(self, organisation: str, device: str, streams: frozenset[str]) -> None:
        self.organisation, self.device, self.streams = organisation, device, streams
        self.changed: dict[str, int] = {}
        self.ended = False
        self.is_stale = False  # an event or a member changed: so may have who hears which streams
        self._awake = asyncio.Event()

    def tell(self, positions: Mapping[str, int]) -> None:
        """Note what changed, if it is this listener's."""
        mine = {name: at for name, at in positions.items() if name in self.streams or name == EVERYBODY}
        if mine:
            self.changed |= mine
            self._awake.set()

    def end(self) -> None:
        """The token ended: the connection is closed from here."""
        self.ended = True
        self._awake.set()

    async def take(self, timeout_s: float) -> dict[str, int] | None:
        """Return what changed; ``{}`` after a quiet time, ``None`` when the connection is to end."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), timeout_s)
        self._awake.clear()
        if self.ended:
            return None
        changed, self.changed = self.changed, {}
        self.is_stale = self.is_stale or EVERYBODY in changed
        return {} if not changed else {name: at for name, at in changed.items() if name != EVERYBODY} or {"org": 0}


class Hub:
    """The listeners of this process. ``url``: the PostgreSQL database by which processes hear of each other."""

    def __init__(self, url: str = "") -> None:
        self.url = url
        self.listeners: set[Listener] = set()
        self.watchers: list[Watcher] = []  # parts of this process that are told everything
        self._task: asyncio.Task[None] | None = None
        self._sender: asyncpg.Connection | None = None
        self._sending = asyncio.Lock()

    async def start(self) -> None:
        """Begin to hear other processes."""
        if self.url:
            self._task = asyncio.create_task(self._hear())

    async def stop(self) -> None:
        """Stop hearing and telling."""
        self.end_all()
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._sender and not self._sender.is_closed():
            self._sender.terminate()

    def end_all(self) -> None:
        """End every connection, so that a shutdown is not held up by tablets that listen."""
        for listener in self.listeners:
            listener.end()

    async def poke(self, organisation: str, positions: Mapping[str, int]) -> None:
        """Tell listeners here and in other processes; called after the commit."""
        if not positions:
            return
        self._tell(organisation, positions)
        if self.url:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._notify(organisation, positions)

    def _tell(self, organisation: str, positions: Mapping[str, int]) -> None:
        for listener in self.listeners:
            if listener.organisation == organisation:
                listener.tell(positions)
        for watcher in self.watchers:
            watcher(organisation, positions)

    def end_device(self, device: str) -> None:
        """Close the connections of a device that was revoked or signed out."""
        for listener in self.listeners:
            if listener.device == device:
                listener.end()

    async def _notify(self, organisation: str, positions: Mapping[str, int]) -> None:
        async with self._sending:
            if self._sender is None or self._sender.is_closed():
                self._sender = await asyncpg.connect(self.url, timeout=5)
            for stream, at in positions.items():
                await self._sender.execute("SELECT pg_notify($1, $2)", CHANNEL, f"{organisation} {stream}:{at}")

    async def _hear(self) -> None:
        delay_s = 0.2
        while True:
            connection: asyncpg.Connection | None = None
            try:
                connection = await asyncpg.connect(
                    self.url, timeout=5, server_settings={"application_name": "onthaal-poke"}
                )
                lost = asyncio.Event()
                connection.add_termination_listener(lambda *_, lost=lost: lost.set())
                await connection.add_listener(CHANNEL, self._heard)
                for listener in self.listeners:
                    listener.tell({EVERYBODY: 0})
                for watcher in self.watchers:
                    watcher("", {EVERYBODY: 0})
                delay_s = 0.2
                while not lost.is_set():
                    with suppress(TimeoutError):
                        await asyncio.wait_for(lost.wait(), 15)
                        continue
                    await connection.fetchval("SELECT 1", timeout=5)  # finds a half-open connection
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                pass
            finally:
                if connection and not connection.is_closed():
                    connection.terminate()
            await asyncio.sleep(delay_s + random.random() * delay_s)
            delay_s = min(delay_s * 2, DELAY_S_MAX)

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        organisation, _, rest = str(payload).partition(" ")
        stream, _, at = rest.rpartition(":")
        self._tell(organisation, {stream: int(at)})


def as_event(changed: Mapping[str, int]) -> bytes:
    """Return a server-sent event; a comment keeps a quiet connection open."""
    return b"event: changed\ndata: " + json.dumps(changed).encode() + b"\n\n" if changed else b": quiet\n\n"
