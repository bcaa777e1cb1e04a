"""Replays a day in an organisation of its own, and compares what the server then holds with the day's `expected`.

replay(file) → play by HTTP (road.py) ─→ take in from the desk what was parked since its worker lost access ──→ outcome ⇔ expected
"""

import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import click

from server.app import Server
from server.clock import new_id
from server.demo.day import Day, Played, play
from server.demo.expected import Arrived, Json, Left, differing, outcome
from server.demo.road import Road
from server.demo.seed import Setting
from server.exchange.load import read_row
from server.exchange.settle import Loaded
from server.settings import Settings
from server.store import desk
from server.store import records as sql
from server.store.history import history_of
from sync.wire import decode_edit

ANSWERS = (["erased"], ["parked", "revoked"])  # beside ok; `expected` says which edits get them


class Replayed(NamedTuple):
    """A day that was played: what was seen on its tablets, and what came out."""

    played: Played
    outcome: dict[str, Json]


async def replay(path: Path) -> int:
    """Play a day and compare; print what differs. Return the exit code."""
    day = Day(path)
    started = time.perf_counter()
    played, got = await play_out(day)
    seconds = time.perf_counter() - started
    acks = ", ".join(f"{n} {ack}" for ack, n in sorted(played.acks.items()))
    click.echo(f"{path.name}: {len(played.dots)} edits in {seconds:.1f} s; answers: {acks}")
    wrong = [(action, ack) for action, ack in played.not_ok if ack not in ANSWERS]
    for action, ack in wrong:
        click.echo(f"  {' '.join(ack)}: {action.at} {action.tablet} {action.worker} {action.name} {action.set}")
    differences = list(differing(day.doc["expected"], got))
    for line in differences:
        click.echo(f"  {line}")
    click.echo("every number of `expected` came out" if not differences else f"{len(differences)} numbers differ")
    return 1 if differences or wrong else 0


async def play_out(day: Day) -> Replayed:
    """Play a day on a server of its own and return what came out."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Settings(database_file=f"{folder}/day.sqlite", state_dir=folder))
        await server.start()
        try:
            setting = Setting(server, new_id())
            await setting.people(day)
            await setting.event(day)
            road = Road(server, setting.organisation)
            played = await play(day, road.call, revoke=road.revoke)
            await _take_in_revoked(server, setting.organisation)
            return Replayed(played, await _outcome(server, setting.organisation, day, played))
        finally:
            await server.stop()


async def _take_in_revoked(server: Server, organisation: str) -> None:
    async with server.store.reading() as tx:
        parked = await desk.parked(tx, organisation)
    for past in parked:
        if past.ack == "parked revoked":
            await server.take_parked(organisation, "server", past)


async def _outcome(server: Server, organisation: str, day: Day, played: Played) -> dict[str, Json]:
    ids = [day.id(name) for name in day.kinds]
    async with server.store.reading() as tx:
        rows = await sql.all_records(tx, organisation)
        erased = await sql.erased_of(tx, organisation, ids)
        past = await history_of(tx, organisation, ids)
    loaded = Loaded()
    history: dict[str, list[Arrived]] = {}
    for one in past:
        if one.body and one.is_applied and f"{one.a}:{one.n}" in played.dots:
            history.setdefault(one.record, []).append(Arrived(decode_edit(one.body), one.member, one.e))
    return outcome(Left(day, [read_row(row, loaded) for row in rows], erased), played, history)
