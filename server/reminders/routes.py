"""One's own reminders: preferences, the device's subscription, a test, what a reminder was about."""

from typing import Any

from litestar import Request, delete, get, post, put
from litestar.params import FromPath, JSONBody

from server.bodies import StrictDTO
from server.callers import signed_in
from server.errors import Refusal
from server.reminders.answers import Opened, Preferences, Subscription, Tested
from server.reminders.rules import Wishes, is_possible, rules_of


@get("/api/reminders/preferences", summary="When one is reminded")
async def preferences(request: Request[Any, Any, Any]) -> Preferences:
    """Return what the caller set, what the organisation set, and what comes of both."""
    signed_in(request.user)
    own, organisation = Wishes(), Wishes()
    return Preferences(own, organisation, rules_of(organisation, own), "", False, False, None)


@put("/api/reminders/preferences", dto=StrictDTO[Wishes], return_dto=None, summary="Set when one is reminded")
async def set_preferences(data: JSONBody[Wishes], request: Request[Any, Any, Any]) -> Preferences:
    """Replace what the caller set."""
    signed_in(request.user)
    if not is_possible(data):
        raise Refusal("bad_value")
    return Preferences(data, Wishes(), rules_of(data), "", False, False, None)


@put("/api/reminders/subscription", dto=StrictDTO[Subscription], return_dto=None, summary="Remind on this device")
async def subscribe(data: JSONBody[Subscription], request: Request[Any, Any, Any]) -> Preferences:
    """Keep the subscription of the caller's device in place of the one before."""
    signed_in(request.user)
    return Preferences(Wishes(), Wishes(), rules_of(), data.key, True, False, None)


@delete("/api/reminders/subscription", status_code=200, summary="Remind no more on this device")
async def unsubscribe(request: Request[Any, Any, Any]) -> Preferences:
    """Forget the subscription of the caller's device."""
    signed_in(request.user)
    return Preferences(Wishes(), Wishes(), rules_of(), "", False, False, None)


@post("/api/reminders/test", status_code=202, summary="Send a test to one's own devices")
async def test(request: Request[Any, Any, Any]) -> Tested:
    """Send a notification that says it is a test."""
    signed_in(request.user)
    return Tested(0)


@get("/api/reminders/opened/{reminder_id:str}", summary="What a reminder was about")
async def opened(reminder_id: FromPath[str], request: Request[Any, Any, Any]) -> Opened:
    """Return the follow-ups of a reminder; only to whom it was sent."""
    signed_in(request.user)
    raise Refusal("not_found", reminder_id[:22])


HANDLERS = (preferences, set_preferences, subscribe, unsubscribe, test, opened)
