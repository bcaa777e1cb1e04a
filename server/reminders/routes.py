"""One's own reminders: preferences, the device's subscription, a test, what a reminder was about."""

from typing import Any

import msgspec
from litestar import Request, delete, get, post, put
from litestar.params import FromPath, JSONBody

from server.answers import allows
from server.bodies import StrictDTO
from server.callers import coordinator, signed_in
from server.clock import now_ms
from server.errors import Refusal
from server.keys import as_bytes, member_public
from server.reminders.answers import Opened, Preferences, Subscription, Tested
from server.reminders.deciding import rulebook
from server.reminders.endpoints import Blocked
from server.reminders.parts import Reminders, new_reminder_id
from server.reminders.reading import DESKS
from server.reminders.rules import Wishes, is_possible, rules_of
from server.store import pushes
from server.store import reminders as sql
from server.store.engine import Tx
from server.store.people import Device
from server.store.reminders import Said

TEST_MS = 10 * 60_000  # after that a test proves nothing any more


async def _preferences(tx: Tx, device: Device, parts: Reminders) -> Preferences:
    book = await rulebook(tx, device.organisation)
    own = book.own(device.member)
    key = await pushes.key_of(tx, device.id)
    feed = await pushes.feed_of(tx, device.organisation, device.member)
    current = parts.keys.current()
    return Preferences(
        own, book.organisation, rules_of(book.organisation, own), current, key is not None,
        key is not None and key != current, feed[1] if feed else None,
    )  # fmt: skip


@get("/api/reminders/preferences", summary="When one is reminded")
async def preferences(request: Request[Any, Any, Any]) -> Preferences:
    """Return what the caller set, what the organisation set, and what comes of both."""
    device, state = signed_in(request.user), request.app.state
    async with state.store.reading() as tx:
        return await _preferences(tx, device, state.reminders)


@put("/api/reminders/preferences", dto=StrictDTO[Wishes], return_dto=None, summary="Set when one is reminded")
async def set_preferences(data: JSONBody[Wishes], request: Request[Any, Any, Any]) -> Preferences:
    """Replace what the caller set."""
    return await _set(request, signed_in(request.user), data, of=signed_in(request.user).member)


@put("/api/reminders/organisation", dto=StrictDTO[Wishes], return_dto=None, summary="Set when everybody is reminded")
async def set_organisation(data: JSONBody[Wishes], request: Request[Any, Any, Any]) -> Preferences:
    """Replace what holds for everybody who set nothing else."""
    return await _set(request, coordinator(request.user), data, of="")


async def _set(request: Request[Any, Any, Any], device: Device, wishes: Wishes, *, of: str) -> Preferences:
    state = request.app.state
    if not is_possible(wishes):
        raise Refusal("bad_value")
    async with state.store.writing() as tx:
        await sql.hold_tasks(tx, device.organisation)
        zone = (await rulebook(tx, device.organisation)).zone
        await sql.set_wishes(tx, device.organisation, of, msgspec.json.encode(wishes).decode())
        await sql.look_again(tx, device.organisation, of)
        if (await rulebook(tx, device.organisation)).zone != zone:
            await sql.read_again(tx, device.organisation, DESKS)  # a day there begins and ends at another moment
        found = await _preferences(tx, device, state.reminders)
    await state.reminders.something_changed(device.organisation)
    return found


@put("/api/reminders/subscription", dto=StrictDTO[Subscription], return_dto=None, summary="Remind on this device")
async def subscribe(data: JSONBody[Subscription], request: Request[Any, Any, Any]) -> Preferences:
    """Keep the subscription of the caller's device in place of the one before."""
    device, state, now = signed_in(request.user), request.app.state, now_ms()
    parts: Reminders = state.reminders
    try:
        parts.services.check(data.endpoint)
    except Blocked:
        raise Refusal("bad_value", "endpoint") from None
    if member_public(data.p256dh) is None or len(as_bytes(data.auth) or b"") != 16 or data.key != parts.keys.current():
        raise Refusal("bad_value", "keys")
    async with state.store.writing() as tx:
        await sql.hold_tasks(tx, device.organisation)
        language = data.language or (await rulebook(tx, device.organisation)).walls(device.member).rules.language
        given = (data.endpoint, data.p256dh, data.auth, data.key, language)
        await pushes.subscribe(tx, device.organisation, device.member, device.id, given, now_ms=now)
        await sql.look_again(tx, device.organisation, device.member)
        await pushes.hear_again(tx, device.organisation, device.member)
        found = await _preferences(tx, device, parts)
    await parts.something_changed(device.organisation)
    return found


@delete("/api/reminders/subscription", status_code=200, summary="Remind no more on this device")
async def unsubscribe(request: Request[Any, Any, Any]) -> Preferences:
    """Forget the subscription of the caller's device."""
    device, state = signed_in(request.user), request.app.state
    async with state.store.writing() as tx:
        await pushes.unsubscribe(tx, device.id)
        return await _preferences(tx, device, state.reminders)


@post("/api/reminders/test", status_code=202, summary="Send a test to one's own devices")
async def test(request: Request[Any, Any, Any]) -> Tested:
    """Send a notification that says it is a test."""
    device, state, now = signed_in(request.user), request.app.state, now_ms()
    await state.limits.check((state.limits.push_test, device.member), now_ms=now)
    said = Said(new_reminder_id(), device.member, "test", 1, 0, 0, now + TEST_MS)
    async with state.store.writing() as tx:
        await sql.add_said(tx, device.organisation, [said], now_ms=now)
        devices = await pushes.waiting_of(tx, said.id)
    await state.reminders.something_waits()
    return Tested(devices)


@get("/api/reminders/opened/{reminder_id:str}", summary="What a reminder was about")
async def opened(reminder_id: FromPath[str], request: Request[Any, Any, Any]) -> Opened:
    """Return the follow-ups of a reminder; only to whom it was sent."""
    device = signed_in(request.user)
    async with request.app.state.store.reading() as tx:
        found = await sql.said(tx, device.organisation, reminder_id)
        if not found or found[0][0] != device.member:
            raise Refusal("not_found")
        return Opened(found[0][1], await sql.still_open(tx, device.organisation, reminder_id, device.member))


# First, or Litestar makes one for the first handler alone.
HANDLERS = (
    allows("/api/reminders/preferences", "GET", "PUT"), allows("/api/reminders/subscription", "PUT", "DELETE"),
    preferences, set_preferences, set_organisation, subscribe, unsubscribe, test, opened,
)  # fmt: skip
