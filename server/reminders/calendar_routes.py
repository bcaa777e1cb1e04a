"""Calendars: a private feed by a secret link, and one meeting to add."""

from contextlib import suppress
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, delete, get, head, post
from litestar.params import FromPath, JSONBody

from server.answers import allows
from server.bodies import StrictDTO
from server.callers import signed_in
from server.clock import new_token, now_ms
from server.errors import Refusal
from server.reminders.answers import Feed, NewFeed
from server.reminders.calendar import Entry, entries_of, feed
from server.reminders.deciding import rulebook
from server.reminders.reading import coded_record
from server.reminders.whom import task_facts
from server.store import pushes
from server.store import records as records_sql
from server.store import reminders as sql
from server.store.engine import Busy
from server.store.people import Device
from sync.access import Actor, known, streams_of

MEDIA = "text/calendar"  # the charset is added
DAY_MS = 86_400_000
PAST_MS = 14 * DAY_MS  # what is over stays in the feed for so long
FAR_MS = 1 << 60
# Nobody else's page, and no cache on the way, may keep what a feed says.
HEADERS = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
_streams = msgspec.json.Decoder(frozenset[str])


@get("/api/reminders/calendar", summary="Whether one has a calendar feed")
async def calendar(request: Request[Any, Any, Any]) -> Feed:
    """Return since when there is a feed; its link was told when it was made."""
    device = signed_in(request.user)
    async with request.app.state.store.reading() as tx:
        found = await pushes.feed_of(tx, device.organisation, device.member)
    return Feed(found[1], found[0]) if found else Feed(None, "count")


@post(
    "/api/reminders/calendar", status_code=201, dto=StrictDTO[NewFeed], return_dto=None, summary="Make a calendar feed"
)
async def make_calendar(data: JSONBody[NewFeed], request: Request[Any, Any, Any]) -> Feed:
    """Return the secret link of a new feed; the one before ends."""
    device, state, now, secret = signed_in(request.user), request.app.state, now_ms(), new_token()
    async with state.store.writing() as tx:
        given = (_hash(secret), device.organisation, device.member, data.shows)
        await pushes.set_feed(tx, *given, now_ms=now)
    return Feed(now, data.shows, f"{state.settings.public_url.rstrip('/')}/calendar/{secret}.ics")


@delete("/api/reminders/calendar", status_code=200, summary="End one's calendar feed")
async def end_calendar(request: Request[Any, Any, Any]) -> Feed:
    """End the feed; its link leads nowhere any more."""
    device = signed_in(request.user)
    async with request.app.state.store.writing() as tx:
        await pushes.drop_feed(tx, device.organisation, device.member)
    return Feed(None, "count")


@get("/calendar/{name:str}", media_type=MEDIA, summary="A calendar feed, by its secret link")
async def read_calendar(name: FromPath[str], request: Request[Any, Any, Any]) -> Response[str]:
    """Return the promises of whoever the link belongs to, by their moments."""
    state, now = request.app.state, now_ms()
    text, read_on = await _feed(request, name, now)
    if read_on != (today := now // DAY_MS):
        with suppress(Busy):  # the next read notes it
            async with state.store.writing() as tx:
                await pushes.note_read(tx, _secret_hash(name), today)
    return Response(text, media_type=MEDIA, headers=HEADERS)


@head("/calendar/{name:str}", status_code=200, media_type=MEDIA, include_in_schema=False)
async def ask_calendar(name: FromPath[str], request: Request[Any, Any, Any]) -> Response[None]:
    """Answer as the feed would, and do not count it as read: whoever asks whether it is there was reminded of nothing."""
    text, _ = await _feed(request, name, now_ms())
    return Response(None, media_type=MEDIA, headers=HEADERS | {"Content-Length": str(len(text.encode()))})


async def _feed(request: Request[Any, Any, Any], name: str, now: int) -> tuple[str, int]:
    """Return a feed, and the day it was last read on. Refuses what is no link of one."""
    async with request.app.state.store.reading() as tx:
        found = await pushes.feed(tx, _secret_hash(name)) if name.endswith(".ics") else None
        if found is None:
            raise Refusal("not_found")
        organisation, member, shows, read_on = found
        rules = (await rulebook(tx, organisation)).walls(member).rules
        tasks = await sql.open_tasks(tx, organisation, member, upto=FAR_MS)
    entries = entries_of(task for task in tasks if task.over_at > now - PAST_MS and not task.waits)
    secret = _secret_hash(name)
    return feed(entries, rules, shows=shows, secret=secret, host=_host(request), now_ms=now), read_on


def _secret_hash(name: str) -> str:
    return _hash(name.removesuffix(".ics"))


@get("/api/reminders/meetings/{record_id:str}", media_type=MEDIA, summary="One meeting, to add to a calendar")
async def meeting(record_id: FromPath[str], request: Request[Any, Any, Any]) -> Response[str]:
    """Return one follow-up with a time as a calendar; to whom may see it."""
    device, now = signed_in(request.user), now_ms()
    async with request.app.state.store.reading() as tx:
        rows = await records_sql.records(tx, device.organisation, [record_id])
        row = rows[0] if rows else None
        facts = task_facts(coded_record(row[6])) if row and row[1] == "follow_up" else None
        events = await records_sql.records(tx, device.organisation, [facts.event]) if facts else ()
        if (
            row is None
            or facts is None
            or facts.waits
            or not events
            or not _sees(device, events[0][6], _streams.decode(row[9]))
        ):
            raise Refusal("not_found")
        rules = (await rulebook(tx, device.organisation)).walls(device.member).rules
        chosen = await pushes.feed_of(tx, device.organisation, device.member)
    entry = Entry(facts.at, facts.on, (facts.what,), (facts.own,))
    shows = chosen[0] if chosen else "count"
    text = feed([entry], rules, shows=shows, secret=record_id, host=_host(request), now_ms=now)
    return Response(text, media_type=MEDIA, headers={"Content-Disposition": 'attachment; filename="onthaal.ics"'})


def _hash(secret: str) -> str:
    """Return what is stored of a link."""
    return sha256(secret.encode()).hexdigest()


def _sees(device: Device, event: bytes, streams: frozenset[str]) -> bool:
    actor = Actor(device.member, device.role, device.service)
    return not streams.isdisjoint(streams_of(actor, [known(coded_record(event))]))


def _host(request: Request[Any, Any, Any]) -> str:
    return urlsplit(request.app.state.settings.public_url).hostname or "onthaal"


HANDLERS = (
    allows("/api/reminders/calendar", "GET", "POST", "DELETE"),
    allows("/calendar/{name:str}", "GET", "HEAD"),
    calendar, make_calendar, end_calendar, read_calendar, ask_calendar, meeting,
)  # fmt: skip
