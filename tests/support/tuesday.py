"""A Tuesday ahead, and promises for it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from server.clock import now_ms
from tests.support.world import World

BRUSSELS = ZoneInfo("Europe/Brussels")
# A Tuesday some weeks from now, so that nothing a test writes now is past then.
TUESDAY = datetime.fromtimestamp(now_ms() / 1000, BRUSSELS).replace(hour=0, minute=0, second=0, microsecond=0)
TUESDAY += timedelta(days=28 - (TUESDAY.weekday() - 1) % 7)


def at(hour: int, minute: int = 0, days: int = 0) -> int:
    return int((TUESDAY + timedelta(days=days)).replace(hour=hour, minute=minute).timestamp() * 1000)


def instant(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def promises(world: World, who: str, name: str, hour: int, **values: object) -> str:
    """Write a promise of somebody for that Tuesday, and send it; return its id."""
    device = world.device(who)
    card, fields = world.card("fox", "79")
    device.writes(card, "card", **fields)
    given = {
        "card": card, "what": "meeting", "who_acts": "member", "assignee": f"member:{device.member}",
        "at": instant(at(hour)), "state": "planned", "promised": "Mevrouw-Peeters-0470", "place": "Peeters-thuis",
    } | values  # fmt: skip
    device.writes(name, "follow_up", **{key: value for key, value in given.items() if value is not None})
    assert {ack[0] for ack in device.syncs().acks} == {"ok"}
    return world.id(name)
