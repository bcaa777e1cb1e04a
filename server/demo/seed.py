"""Seeds and serves the demo organisation.

The demo: the day of Bockstael twice, times moved. Once complete, eight weeks ago; once today, open, played until 15:00.
Before that hour the day of today is moved by half hours until its 15:00 has been: nothing of it is still to come.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import click
import msgspec

from server.acts import make_invitation, run
from server.app import Server
from server.clock import new_id, now_ms
from server.demo import codes
from server.demo.day import BRUSSELS, DAYS, NOT_EARLIER, Day, Played, play
from server.exchange.exchange import exchange
from server.exchange.settle import Caller
from server.people.passwords import hash_password
from server.settings import Settings
from server.store import people as people_sql
from sync.edits import Edit, Value
from sync.stamp import from_ms

DAY_MS = 86_400_000
WEEKS_AGO = 56
LINK_MS = 12 * 3_600_000
STOPS_AT = "15:00"
HALF_HOUR = timedelta(minutes=30)
PASSWORD = "koffie op het plein"
EMAIL = "griet@demo.onthaal.example"


class Setting:
    """The organisation of a day: its members, services and event, made before the day begins."""

    def __init__(self, server: Server, organisation: str, *, names: Day | None = None) -> None:
        self.server, self.organisation = server, organisation
        self.names = names  # whose ids members and services have; the day's own where it stands alone

    async def people(self, day: Day) -> None:
        """Make members and services, once per organisation."""
        at = day.starts_ms - DAY_MS
        coordinator = next(w["id"] for w in day.doc["workers"] if w["role"] == "coordinator")
        hashed = await hash_password(PASSWORD)
        async with self.server.store.writing() as tx:
            # Where an earlier start was interrupted, on a database that is not thrown away like a file, somebody has it.
            await people_sql.free_email(tx, EMAIL)
            await people_sql.add_organisation(tx, self.organisation, "Picol vzw (demo)", now_ms=at)
            for worker in day.doc["workers"]:
                is_first = worker["id"] == coordinator
                service = day.id(worker["service"]) if "service" in worker else None
                person = people_sql.Member(
                    self.organisation, day.id(worker["id"]), worker["display_name"], worker["role"], service,
                    EMAIL if is_first else None, True,
                )  # fmt: skip
                await people_sql.add_member(tx, person, hashed if is_first else None, now_ms=at)
        for n, worker in enumerate(day.doc["workers"]):
            values: dict[str, Value] = {
                "display_name": worker["display_name"], "role": worker["role"], "active": True,
                **{f"languages/{language}": True for language in worker["languages"]},
                **{f"areas/{area}": True for area in worker.get("areas", ())},
            }  # fmt: skip
            if "service" in worker:
                values["service"] = day.id(worker["service"])
            await self.server.write_member(self.organisation, day.id(coordinator), day.id(worker["id"]), values, at + n)
        services = [(day.id(s["id"]), _service_values(s)) for s in day.doc["services"]]
        await self._write(day.id(coordinator), "", "service", services, at)
        about: dict[str, Value] = {"name": "Picol vzw (demo)", "visitor_word/nl": "bezoeker", "visitor_word/en": "visitor",
                                   "visitor_word/fr": "habitant·e"}  # fmt: skip
        await self._write(day.id(coordinator), "", "organisation", [(self.organisation, about)], at)

    async def event(self, day: Day) -> None:
        """Make the event, as a draft, with its team."""
        coordinator = next(w["id"] for w in day.doc["workers"] if w["role"] == "coordinator")
        await self._write(
            day.id(coordinator), day.event, "event", [(day.event, day.event_values())], day.starts_ms - DAY_MS
        )

    async def _write(
        self, member: str, event: str, kind: str, records: list[tuple[str, dict[str, Value]]], at: int
    ) -> None:
        edits = []
        for record, values in records:
            self.server.n += 1
            edits.append(Edit(self.server.author, self.server.n, from_ms(at), kind, record, values, event))
        acks = await self.server.write_as(self.organisation, member, "coordinator", event, edits, now=at)
        assert all(ack == ["ok"] for ack in acks), acks

    async def play(self, day: Day, *, until_ms: int | None = None) -> Played:
        """Play the day through `exchange`, the code behind POST /api/sync: what it leaves are records, and no tablets."""
        roles = {
            day.id(w["id"]): (w["role"], day.id(w["service"]) if "service" in w else None) for w in day.doc["workers"]
        }
        server = self.server
        left: set[str] = set()

        async def revoke(member: str, by: str, at: int) -> None:
            left.add(member)
            await server.write_member(self.organisation, by, member, {"active": False}, at)

        async def call(tablet: str, member: str, body: bytes, at: int) -> bytes:
            role, service = roles[member]
            caller = Caller(self.organisation, member, f"{tablet}/{member}", role, service, member in left)
            return await exchange(body, caller=caller, settler=server.settler, keys=server.transport, now_ms=at)

        return await play(day, call, until_ms=until_ms, revoke=revoke)


def _service_values(service: Mapping[str, Value | dict[str, Value]]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, value in service.items():
        if isinstance(value, dict):
            values |= {f"{name}/{key}": one for key, one in value.items()}
        elif name != "id":
            values[name] = value
    return values


def earlier(stops: datetime, now: datetime) -> timedelta:
    """Return by how many half hours a day that stops at ``stops`` has to be moved, so that none of it is still to come."""
    return max(NOT_EARLIER, -((now - stops) // HALF_HOUR) * HALF_HOUR)


class Seeded(msgspec.Struct):
    """What the demo knows of itself, beside its database."""

    organisation: str
    members: dict[str, str]
    day: str
    secret: str = ""  # of the coordinator's codes


def serve_demo(settings: Settings, *, with_code: bool = False) -> None:
    """Seed once, then serve and print fresh links; a second start keeps what was entered.

    ``with_code``: the coordinator also needs a code, as a real one would; without, the long password is enough.
    """
    settings = at_its_port(settings)
    if not _is_seeded(settings):
        click.echo("Making the demo organisation (about ten seconds): a day of eight weeks ago, and today …")
        _seed_whole(settings)
    secret = asyncio.run(_secret(settings)) if with_code else _seeded(settings).secret
    coordinator, generalist, service = asyncio.run(_links(settings))
    worker, table = _at_the_table()
    said = (
        f"\n  Onthaal runs. Three people, three windows:\n\n"
        f"  coordinator     {coordinator}\n"
        f"                  or {EMAIL}  ·  {PASSWORD}\n{codes.in_words(secret)}"
        f"  generalist      {generalist}\n"
        f"  service worker  {service}\n"
        f"                  {worker} sits at {table}; hand somebody over to that table, and it arrives there\n\n"
        f"  The links work once, for twelve hours; `make run` prints fresh ones. Stop with Ctrl+C.\n"
    )
    run(settings, Server(settings), announce=lambda: click.echo(said))


def _at_the_table() -> tuple[str, str]:
    """Return who the link of the service worker is for, and the table of today's event where that is."""
    doc = json.loads((DAYS / "bockstael.json").read_text(encoding="utf-8"))
    worker = next(w for w in doc["workers"] if w["role"] == "service_worker")
    tables = (a["set"] for a in doc["actions"] if a.get("kind") == "presence")
    label = next(t["table_label"] for t in tables if t.get("service") == worker["service"])
    name = next(s["name"] for s in doc["services"] if s["id"] == worker["service"])
    return worker["display_name"], f"{label}, {name}"


def at_its_port(settings: Settings) -> Settings:
    """Return settings whose public address is the port that is served, unless one was set: passkeys belong to it."""
    if settings.public_url != Settings().public_url:
        return settings
    return msgspec.structs.replace(settings, public_url=f"http://localhost:{settings.port}")


def say_code(settings: Settings) -> None:
    """Print the coordinator's code of now. Raises ``ClickException``."""
    if not _is_seeded(settings) or not _seeded(settings).secret:
        raise click.ClickException("the demo has no codes: start it with `make run`")
    click.echo(codes.in_words(_seeded(settings).secret).strip())


async def _secret(settings: Settings) -> str:
    """Return the secret of the coordinator's codes, which are set up if they are not."""
    seeded, server = _seeded(settings), Server(settings)
    if seeded.secret:
        return seeded.secret
    await server.start()
    try:
        secret = await codes.set_codes_up(server, codes.Owner(seeded.organisation, seeded.members["coordinator"]))
    finally:
        await server.stop()
    _note(settings).write_bytes(msgspec.json.encode(msgspec.structs.replace(seeded, secret=secret)))
    return secret


def _seeded(settings: Settings) -> Seeded:
    return msgspec.json.decode(_note(settings).read_bytes(), type=Seeded)


def _note(settings: Settings) -> Path:
    return Path(settings.state_dir) / "demo.json"


def _is_seeded(settings: Settings) -> bool:
    return _note(settings).exists() and (settings.database_url != "" or Path(settings.database_file).exists())


def _seed_whole(settings: Settings) -> None:
    """Seed; a database file gets its name only when all is in it, so that an interrupted start leaves no half demo."""
    file, made = Path(settings.database_file), settings
    if not settings.database_url and not file.exists():
        made = msgspec.structs.replace(settings, database_file=f"{file}.new")
        for end in ("", "-wal", "-shm"):
            Path(made.database_file + end).unlink(missing_ok=True)
    seeded = asyncio.run(_seed_into(made))
    _note(settings).write_bytes(msgspec.json.encode(seeded))
    if made is not settings:
        Path(made.database_file).replace(file)


async def _seed_into(settings: Settings) -> Seeded:
    server = Server(settings)
    await server.start()
    try:
        return await seed(server)
    finally:
        await server.stop()


async def _links(settings: Settings) -> list[str]:
    """Return fresh links; those of the two tablets have two origins, so that both fit on one screen."""
    server = Server(settings)
    await server.start()
    try:
        members = _seeded(settings).members
        hosts = (("coordinator", "localhost"), ("generalist", "localhost"), ("service_worker", "127.0.0.1"))
        return [
            await make_invitation(server, members[role], host=f"http://{host}:{settings.port}", valid_ms=LINK_MS)
            for role, host in hosts
        ]
    finally:
        await server.stop()


async def seed(server: Server) -> Seeded:
    """Make the demo organisation with its two days."""
    path = DAYS / "bockstael.json"
    today = datetime.now(BRUSSELS).date()
    first = datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["event"]["dates"]["from"]).date()
    later = (today - first).days
    setting = Setting(server, new_id())
    past = Day(path, later_days=later - WEEKS_AGO, salt=setting.organisation)
    await setting.people(past)
    await setting.event(past)
    await setting.play(past, until_ms=now_ms())
    stops = datetime.combine(today, datetime.strptime(STOPS_AT, "%H:%M").time(), BRUSSELS)
    moved = earlier(stops, datetime.now(BRUSSELS))
    now = Day(path, later_days=later, earlier=moved, salt=setting.organisation, people=past)
    await setting.event(now)
    await setting.play(now, until_ms=int((stops - moved).timestamp() * 1000))
    roles = {w["role"]: past.id(w["id"]) for w in reversed(past.doc["workers"])}
    return Seeded(setting.organisation, roles, today.isoformat())
