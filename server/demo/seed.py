"""Replays a day against its `expected`, and seeds and serves the demo organisation.

The demo: the day of Bockstael twice, times moved. Once complete, eight weeks ago; once today, open, played until 15:00.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click
import msgspec

from server.acts import make_invitation, run
from server.app import Server
from server.clock import new_id, now_ms
from server.demo.day import BRUSSELS, DAYS, Day, Played, play
from server.demo.expected import Left, conflicts_of, left_of
from server.exchange.exchange import exchange
from server.exchange.load import read_row
from server.exchange.settle import Caller, Loaded
from server.people.passwords import hash_password
from server.settings import Settings
from server.store import people as people_sql
from server.store import records as sql
from sync.edits import Edit, Value
from sync.stamp import from_ms
from sync.wire import decode_edit

DAY_MS = 86_400_000
WEEKS_AGO = 56
STOPS_AT = "15:00"
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
        """Play the day through `exchange`, the code behind POST /api/sync."""
        roles = {
            day.id(w["id"]): (w["role"], day.id(w["service"]) if "service" in w else None) for w in day.doc["workers"]
        }
        server = self.server

        async def call(tablet: str, member: str, body: bytes, at: int) -> bytes:
            role, service = roles[member]
            caller = Caller(self.organisation, member, f"{tablet}/{member}", role, service)
            return await exchange(
                body,
                caller=caller,
                store=server.store,
                epoch=server.epoch,
                poke=server.hub.poke,
                note=server.note,
                now_ms=at,
            )

        return await play(day, call, until_ms=until_ms)


def _service_values(service: Mapping[str, Value | dict[str, Value]]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, value in service.items():
        if isinstance(value, dict):
            values |= {f"{name}/{key}": one for key, one in value.items()}
        elif name != "id":
            values[name] = value
    return values


async def replay(path: Path) -> int:
    """Play a day and compare; print what differs. Return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_file=f"{folder}/day.sqlite", state_dir=folder)
        server = Server(settings)
        await server.start()
        try:
            differences, played, seconds = await compare(server, Day(path))
        finally:
            await server.stop()
    acks = ", ".join(f"{n} {ack}" for ack, n in sorted(played.acks.items()))
    click.echo(f"{path.name}: {len(played.dots)} actions in {seconds:.1f} s; answers: {acks}")
    for action, ack in played.not_ok:
        click.echo(f"  {' '.join(ack)}: {action.at} {action.tablet} {action.worker} {action.name} {action.set}")
    for line in differences:
        click.echo(f"  {line}")
    click.echo("every number of `expected` came out" if not differences else f"{len(differences)} numbers differ")
    return 1 if differences or played.not_ok else 0


async def compare(server: Server, day: Day) -> tuple[list[str], Played, float]:
    """Play a day in an own organisation and return what differs from its `expected`."""
    setting = Setting(server, new_id())
    await setting.people(day)
    await setting.event(day)
    started = time.perf_counter()
    played = await setting.play(day)
    seconds = time.perf_counter() - started
    expected = day.doc["expected"]
    async with server.store.reading() as tx:
        rows = await sql.all_records(tx, setting.organisation)
        erased = await sql.erased_of(tx, setting.organisation, [day.id(name) for name in day.kinds])
        past = await sql.history_of(tx, setting.organisation, [day.id(name) for name in day.kinds])
    loaded = Loaded()
    left = Left(day, [read_row(row, loaded) for row in rows], erased)
    got = left_of(left, played)
    history: dict[str, list[Edit]] = {}
    for one in past:
        if one.body and f"{one.a}:{one.n}" in played.dots:
            history.setdefault(one.record, []).append(decode_edit(one.body))
    differences = [
        f"{name}: expected {json.dumps(expected[name])[:300]} got {json.dumps(got[name])[:300]}"
        for name in got
        if got[name] != expected[name]
    ]
    differences += _differing_conflicts(list(conflicts_of(history, played)), expected["conflicts"])
    differences += _differing_erasures(left, expected["erased"])
    return differences, played, seconds


def _differing_conflicts(got: Sequence[Mapping[str, object]], expected: Sequence[Mapping[str, object]]) -> list[str]:
    def brief(pair: Mapping[str, object]) -> str:
        sides = pair["sides"]
        assert isinstance(sides, list)
        return f"{pair['record']} {pair['field']} " + " | ".join(
            f"{s['at']} {s['tablet']} {s['worker']}" for s in sides
        )

    mine, theirs = {brief(pair) for pair in got}, {brief(pair) for pair in expected}
    return [f"conflict not expected: {c}" for c in sorted(mine - theirs)] + [
        f"conflict missing: {c}" for c in sorted(theirs - mine)
    ]


def _differing_erasures(left: Left, expected: list[dict[str, list[str]]]) -> list[str]:
    tombstones = {name for erasure in expected for name in erasure["tombstones"]}
    issues = {name for erasure in expected for name in erasure["issues_without_card"]}
    found = []
    if left.erased - issues != tombstones:
        found.append(f"tombstones: expected {sorted(tombstones)} got {sorted(left.erased - issues)}")
    for name in issues:
        if left.views.get(name, {}).get("card") or left.views.get(name, {}).get("own_words") or name not in left.views:
            found.append(f"{name} should stay without card and words")
    return found


# ── the demo ──────────────────────────────────────────────────────────────────────────────────────────


class Seeded(msgspec.Struct):
    """What the demo knows of itself, beside its database."""

    organisation: str
    members: dict[str, str]
    day: str


def serve_demo(settings: Settings) -> None:
    """Seed once, then serve and print fresh links; a second start keeps what was entered."""
    note = Path(settings.state_dir) / "demo.json"

    async def prepare() -> list[str]:
        server = Server(settings)
        await server.start()
        try:
            if not note.exists():
                click.echo("Making the demo organisation: a day of eight weeks ago, and today until 15:00 …")
                seeded = await seed(server)
                note.write_bytes(msgspec.json.encode(seeded))
            seeded = msgspec.json.decode(note.read_bytes(), type=Seeded)
            port = settings.port
            links = []
            for role, host in (("generalist", "localhost"), ("service_worker", "127.0.0.1")):
                member = seeded.members[role]
                links.append(
                    await make_invitation(server, member, host=f"http://{host}:{port}", valid_ms=12 * 3600_000)
                )
            return links
        finally:
            await server.stop()

    generalist, service = asyncio.run(prepare())
    click.echo(
        f"\n  Onthaal runs. Three people, three windows:\n\n"
        f"  coordinator     http://localhost:{settings.port}/desk\n"
        f"                  {EMAIL}  ·  {PASSWORD}\n"
        f"  generalist      {generalist}\n"
        f"  service worker  {service}\n\n"
        f"  The links work once, for twelve hours; `make run` prints fresh ones. Stop with Ctrl+C.\n"
    )
    run(settings, Server(settings))


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
    now = Day(path, later_days=later, salt=setting.organisation, people=past)
    await setting.event(now)
    stops = datetime.combine(today, datetime.strptime(STOPS_AT, "%H:%M").time(), BRUSSELS)
    await setting.play(now, until_ms=int(stops.timestamp() * 1000))
    roles = {w["role"]: past.id(w["id"]) for w in reversed(past.doc["workers"])}
    return Seeded(setting.organisation, roles, today.isoformat())
