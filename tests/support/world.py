"""A server with an organisation, an event and its team, and the devices of whoever takes part.

    world.device("amina").writes("talk-1", "visit", channel="tent", …);  reply = world.device("amina").syncs()

Everything goes through HTTP (in this process, by the application's own interface); a device is the replay's tablet.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, TypeVar

import httpx
from litestar import Litestar

from server.acts import make_organisation
from server.app import Server, build_app
from server.clock import new_id, new_token, now_ms
from server.people.sign_in import SESSION_MS, hash_token
from server.settings import Settings
from server.store import history, records
from server.store import people as people_sql
from server.store import sealed as sealed_sql
from sync.edits import Edit, Value
from sync.ids import card_id, damm_digit
from sync.stamp import from_ms
from tests.support.device import Device, Reply, author_of, name_id
from tests.support.seal import Vault

__all__ = ["Device", "Reply", "World", "author_of", "name_id"]
_T = TypeVar("_T")
PASSWORD = "een lang wachtwoord voor Griet"
EMAIL = "griet@picol.example"
URL = "http://localhost:8000"
TEAM = {
    "amina": ("generalist", None),
    "bilal": ("generalist", None),
    "sofie": ("service_worker", "housing-service"),
    "tom": ("service_worker", "debt-service"),
    "rita": ("researcher", None),
    "rachid": ("resident", None),
    "luc": ("logistics", None),
}
# Of the other roles somebody too, where every role is asked: ``join`` them.
ALL_ROLES = TEAM | {"bea": ("bar", None), "adil": ("admin", None)}


_idle: dict[bool, list[Litestar]] = {}


class World:
    """One server and its people. ``organise`` makes them; a world around an existing database does not need it."""

    def __init__(self, settings: Settings, *, runner: asyncio.Runner | None = None, name: str = "picol") -> None:
        self.settings, self.name = settings, name
        self.runner = runner or asyncio.Runner()
        self.server = Server(settings)
        # Of worlds that have ended the routes are used again: making them takes half of what a world takes.
        idle = _idle.setdefault(settings.is_production, [])
        self.app = build_app(settings, self.server, routes=idle.pop() if idle else None)
        self.organisation, self.coordinator, self.event = "", "", name_id(f"{name} event")
        self.devices: dict[str, Device] = {}
        self._n = 0

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Return what a coroutine returns."""
        return self.runner.run(work)

    def start(self) -> "World":
        self._started, self._ended = asyncio.Event(), asyncio.Event()
        self._life = self.runner.get_loop().create_task(self._live())
        self.run(self._until_started())
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        # It keeps no cookies: who calls says so with each request.
        jar = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
        self.http = httpx.AsyncClient(transport=transport, base_url=URL, cookies=jar)
        return self

    def take_over(self, old: "World") -> None:
        """Go on where another server of the same people stopped: after a restart, or on a restored copy."""
        self.organisation, self.coordinator, self.devices = old.organisation, old.coordinator, old.devices
        # Numbers that a lost copy knew are never used again.
        self._n = old._n + 1000
        for device in self.devices.values():
            device.world = self

    def stop(self) -> None:
        if not self._ended.is_set():
            self.run(self._end())

    async def _live(self) -> None:
        async with self.app.lifespan():
            self._started.set()
            await self._ended.wait()

    async def _until_started(self) -> None:
        started = asyncio.create_task(self._started.wait())
        await asyncio.wait({started, self._life}, return_when=asyncio.FIRST_COMPLETED)
        started.cancel()
        if self._life.done():
            self._life.result()

    async def _end(self) -> None:
        await self.http.aclose()
        self._ended.set()
        await self._life
        _idle[self.settings.is_production].append(self.app)

    # ── people ────────────────────────────────────────────────────────────────────────────────────────

    def organise(self) -> "World":
        """Make the organisation, its coordinator Griet, its services, its team, and an open event with all of them."""
        self.organisation, self.coordinator = self.run(
            make_organisation(
                self.server, self.name, "Griet", EMAIL if self.name == "picol" else f"{self.name}@x.example", PASSWORD
            )
        )
        self.device("griet", member=self.coordinator, role="coordinator")
        for service in ("housing-service", "debt-service"):
            self.edit_as_griet("service", self.id(service), "", {"name": service})
        for name, (role, service) in TEAM.items():
            self.join(name, role, service)
        team: dict[str, Value] = {f"team/{self.id(name)}": True for name in TEAM}
        self.edit_as_griet("event", self.event, self.event, {"name": "Bockstael", "state": "open", **team})
        for table, service in (("housing-table", "housing-service"), ("debt-table", "debt-service")):
            values: dict[str, Value] = {"service": self.id(service), "table_label": table, "state": "free"}
            self.edit_as_griet("presence", self.id(table), self.event, values)
        return self

    def id(self, name: str) -> str:
        """Return the id of a local name of this world."""
        return name_id(f"{self.name} {name}")

    def join(self, name: str, role: str, service: str | None = None) -> str:
        """Add a member; return its id."""
        member = self.id(name)
        person = people_sql.Member(
            self.organisation, member, name, role, self.id(service) if service else None, None, True
        )

        async def add() -> None:
            async with self.server.store.writing() as tx:
                await people_sql.add_member(tx, person, None, now_ms=now_ms())
            values: dict[str, Value] = {"display_name": name, "role": role, "active": True, "service": person.service}
            await self.server.write_member(self.organisation, self.coordinator, member, values)

        self.run(add())
        return member

    def device(self, name: str, *, member: str = "", role: str = "", tablet: str = "") -> "Device":
        """Return the device of a member; another ``tablet`` is another device of theirs."""
        key = f"{name}/{tablet}"
        if key not in self.devices:
            self.devices[key] = self._new_device(name, key, member or self.id(name), role)
        return self.devices[key]

    def _new_device(self, name: str, key: str, member: str, role: str) -> "Device":
        token, device, is_session = new_token(), new_id(), role == "coordinator"

        async def add() -> None:
            async with self.server.store.writing() as tx:
                found = await people_sql.member(tx, self.organisation, member)
                assert found is not None
                await people_sql.add_device(
                    tx, device, found, hash_token(token), key, is_session=is_session,
                    verified_at=now_ms() if is_session else 0, expires_at=now_ms() + SESSION_MS, now_ms=now_ms(),
                )  # fmt: skip

        self.run(add())
        return Device(self, member, token, device, author_of(f"{self.name} {key} {id(self)}"), is_session=is_session)

    def vault(self, device: "Device") -> Vault:
        """Return the vault of a device's member: its key is registered, as at enrolment."""
        vault = Vault(device.member, self.server.transport.current())

        async def add() -> None:
            async with self.server.store.writing() as tx:
                await sealed_sql.add_member_key(
                    tx, self.organisation, device.member, device.id, vault.public, now_ms=now_ms()
                )

        self.run(add())
        return vault

    def edit_as_griet(self, kind: str, id: str, event: str, values: Mapping[str, Value]) -> None:
        """Write as the coordinator, on the server itself."""
        self._n += 1
        edit = Edit(author_of(f"{self.name} griet"), self._n, from_ms(now_ms()), kind, id, dict(values), event)
        acks = self.run(self.server.write_as(self.organisation, self.coordinator, "coordinator", event, [edit]))
        assert acks == [["ok"]], acks

    # ── what the tests look at ────────────────────────────────────────────────────────────────────────

    def rows(self, sql: str, *args: object) -> list[tuple[Any, ...]]:
        """Return rows of the database."""

        async def fetch() -> list[tuple[Any, ...]]:
            async with self.server.store.reading() as tx:
                return [tuple(row) for row in await tx.fetch(sql, *args)]

        return self.run(fetch())

    def spoils(self, sql: str, *args: object) -> None:
        """Change the database past the server, as a fault of ours would."""

        async def run() -> None:
            async with self.server.store.writing() as tx:
                await tx.run(sql, *args)

        self.run(run())

    def words(self) -> list[bytes]:
        """Return all that lies in the database and can be read with its key file: records, history, clones."""

        async def read() -> list[bytes]:
            async with self.server.store.reading() as tx:
                found = [part for row in await records.all_records(tx, self.organisation) for part in row[6:8]]
                pasts = await tx.fetch(f"SELECT {history.PAST} FROM edit WHERE organisation = ?", self.organisation)
                found += [past.body for past in await history.past_of(tx, self.organisation, pasts)]
                for a, n in await tx.fetch("SELECT a, n FROM clone WHERE organisation = ?", self.organisation):
                    found += await history.clones_of(tx, self.organisation, a, n)
                return found

        return self.run(read())

    def clones(self, a: str, n: int) -> list[bytes]:
        """Return the other contents kept for a number."""

        async def read() -> list[bytes]:
            async with self.server.store.reading() as tx:
                return await history.clones_of(tx, self.organisation, a, n)

        return self.run(read())

    def stored(self) -> tuple[int, ...]:
        """Return how many records, edits, entries and links there are."""
        return tuple(self.rows(f"SELECT count(*) FROM {table}")[0][0] for table in ("record", "edit", "entry", "link"))

    def call(
        self,
        method: str,
        path: str,
        *,
        token: str = "",
        headers: Mapping[str, str] | None = None,
        json_body: object = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """Return the answer of one HTTP request."""
        sent = {**({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
        return self.run(self.http.request(method, path, headers=sent, json=json_body, content=content))

    def card(self, animal: str, tens: str, event: str = "") -> tuple[str, dict[str, Value]]:
        """Return the id and the fields of a card, of another event than the world's where one is named."""
        number = tens + damm_digit(tens)
        return card_id(event or self.event, animal, number), {"animal": animal, "number": number, "state": "given"}
