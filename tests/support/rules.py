"""Zones, moments by their wall, and rules of all kinds: what reminders are played over."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from server.reminders.rules import Rules

BRUSSELS = "Europe/Brussels"
DAY_MS, HOUR_MS = 86_400_000, 3_600_000
# With clocks that change by an hour, by half an hour, by none, at midnight, in the southern winter, in the Ramadan.
ZONES = (
    BRUSSELS, "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "America/New_York", "Pacific/Apia",
    "Africa/Casablanca", "Pacific/Chatham", "America/St_Johns", "UTC", "Asia/Beirut", "America/Havana",
)  # fmt: skip


def at(text: str, zone: str = BRUSSELS) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000


def wall(ms: int, zone: str = BRUSSELS) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


hours = st.integers(0, 23).map(lambda hour: f"{hour:02}:00") | st.sampled_from(["02:30", "00:30", "23:59", "01:45"])
durations = st.sampled_from(["P1D", "P2D", "PT2H", "PT30M", "PT26H", "P7D", "PT1M"])
# Around the changes of 2026 and 2027 in both halves of the world, and anywhere else.
starts = st.sampled_from(["2026-03-28", "2026-10-24", "2027-04-03", "2026-09-05", "2026-11-01", "2027-02-28"]).flatmap(
    lambda day: st.integers(-3 * 1440, 3 * 1440).map(lambda minutes: at(f"{day} 00:00") + minutes * 60_000)
)
rules = st.builds(
    Rules, before=st.lists(durations, max_size=4), evening_at=hours, quiet_from=hours, quiet_until=hours,
    quiet_days=st.lists(st.integers(1, 7), max_size=6, unique=True), per_day=st.integers(1, 4),
    digest=st.booleans(), digest_at=hours, zone=st.sampled_from(ZONES),
)  # fmt: skip
