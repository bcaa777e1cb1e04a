"""The wall of a zone and what is quiet on it, over changes of the clocks."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.reminders.due import Walls
from server.reminders.rules import Rules
from server.reminders.zone import Quiet, day_of, ms_of, weekday_of
from tests.support.rules import BRUSSELS, DAY_MS, HOUR_MS, ZONES, at, rules, starts, wall


@settings(deadline=None)
@given(st.sampled_from(ZONES), starts, st.integers(0, 14 * 1440))
def test_the_wall_of_a_moment_leads_back_to_it(zone: str, start: int, minutes: int) -> None:
    ms = start + minutes * 60_000
    day, minute = day_of(zone, ms)

    assert ms in (ms_of(zone, day, minute), ms_of(zone, day, minute, 1))


# Quiet until 02:30, on the night in which two o'clock becomes three: it ends with the hour that is left out.
@example(Rules(quiet_from="04:00", quiet_until="02:30", quiet_days=[]), at("2026-03-28 04:00"))
# Loud from 01:45 to 02:30, where the clocks go back from two to half past one: the quiet begins with what comes twice.
@example(
    Rules(quiet_from="02:30", quiet_until="01:45", quiet_days=[], zone="Australia/Lord_Howe"),
    at("2027-04-04 01:20", "Australia/Lord_Howe"),
)
# Loud from midnight to half past, where the clocks go back from one to midnight: it is loud a second time.
@example(
    Rules(quiet_from="00:30", quiet_until="00:00", quiet_days=[], zone="America/Havana"),
    at("2026-11-01 00:30", "America/Havana"),
)
@settings(deadline=None)
@given(rules, starts)
def test_what_comes_after_or_before_the_quiet_is_not_quiet(rules: Rules, start: int) -> None:
    quiet = Walls(rules).quiet
    later, earlier = quiet.after(start), quiet.before(start)

    assert earlier <= start <= later
    assert not quiet.is_quiet(later)
    assert not quiet.is_quiet(earlier)
    assert quiet.is_quiet(start) is (later != start)
    # Nothing between is left out.
    assert all(quiet.is_quiet(ms) for ms in range(start, later, 15 * 60_000))
    assert all(quiet.is_quiet(ms) for ms in range(start, earlier, -15 * 60_000))
    begins = quiet.begins(later)
    assert later < begins
    assert not any(quiet.is_quiet(ms) for ms in range(later, min(begins, later + DAY_MS), 60_000))
    assert quiet.is_quiet(begins) or begins == later + DAY_MS


@pytest.mark.parametrize("zone", ZONES)
def test_quiet_hours_over_a_whole_year_end_as_the_wall_says(zone: str) -> None:
    quiet, ms = Quiet(zone, 22 * 60, 7 * 60), at("2026-01-01 12:00", zone)
    for _ in range(364):
        ms = quiet.after(ms + 11 * HOUR_MS)
        assert wall(ms, zone).endswith("07:00")
        ms = ms_of(zone, day_of(zone, ms)[0], 12 * 60)


def test_one_loud_minute_of_a_week_is_found_beyond_the_last_year_too() -> None:
    quiet = Quiet(BRUSSELS, 0, 23 * 60 + 59, frozenset({1, 3, 4, 5, 6, 7}))
    beyond = ms_of(BRUSSELS, 10**7)  # the last day that there is; what comes after it is counted on

    for ms in (beyond, beyond + 30 * DAY_MS, beyond + 20 * 366 * DAY_MS):
        later = quiet.after(ms)
        day, minute = day_of(BRUSSELS, later)
        assert ms < later <= ms + 8 * DAY_MS
        assert (weekday_of(day), minute) == (2, 23 * 60 + 59)
