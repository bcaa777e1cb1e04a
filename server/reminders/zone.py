"""The wall's time of a zone and the server's: what falls on which day, what is quiet, across changes of the clocks.

    day_of(zone, ms)              → the day there (ordinal), and the minute of it
    ms_of(zone, day, minute)      → the moment; in the hour that does not exist the one after it, of two the first
    Quiet.after(ms) / .before(ms) → the next, or the last, moment that is not quiet
    Quiet.begins(ms)              → how long a moment that is not quiet lasts

Pure: no clock is asked, and no moment is too odd: beyond the years that `datetime` has, its first and last offset
hold. Offsets of a quarter of an hour are remembered, since zones change at quarters.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import chain
from zoneinfo import ZoneInfo

from msgspec import Struct

MINUTE_MS = 60_000
QUARTER_MS = 15 * MINUTE_MS
DAY_MINUTES = 24 * 60
DAY_MS = DAY_MINUTES * MINUTE_MS
_FIRST_DAY = date(1970, 1, 1).toordinal()
_LAST_DAY = date(9990, 1, 1).toordinal()
_FIRST_QUARTER = (2 - _FIRST_DAY) * DAY_MINUTES // 15
_LAST_QUARTER = (_LAST_DAY - _FIRST_DAY) * DAY_MINUTES // 15


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=65_536)
def _offset_ms(zone: str, quarter: int) -> int:
    held = min(max(quarter, _FIRST_QUARTER), _LAST_QUARTER)
    at = datetime.fromtimestamp(held * QUARTER_MS / 1000, UTC).astimezone(_zone(zone))
    return round((at.utcoffset() or timedelta()).total_seconds() * 1000)


def day_of(zone: str, ms: int) -> tuple[int, int]:
    """Return the day (an ordinal of ``date``) and the minute of the day that the wall shows."""
    minutes = (ms + _offset_ms(zone, ms // QUARTER_MS)) // MINUTE_MS
    return _FIRST_DAY + minutes // DAY_MINUTES, minutes % DAY_MINUTES


@lru_cache(maxsize=65_536)
def ms_of(zone: str, day: int, minute: int = 0, fold: int = 0) -> int:
    """Return the moment at which the wall shows this minute of a day; ``fold``: of two, the second."""
    on = date.fromordinal(min(max(day, 2), _LAST_DAY))
    wall = datetime(on.year, on.month, on.day, minute // 60, minute % 60, tzinfo=_zone(zone), fold=fold)
    return round(wall.timestamp()) * 1000


def minute_of(wall: str) -> int:
    """Return the minute of the day in ``18:00``."""
    return int(wall[:2]) * 60 + int(wall[3:])


def weekday_of(day: int) -> int:
    """Return 1 for a Monday, 7 for a Sunday."""
    return (day - 1) % 7 + 1


class Quiet(Struct, frozen=True):
    """Hours of every day and whole days on which nobody is disturbed. ``start == end``: no hours."""

    zone: str
    start: int
    end: int
    days: frozenset[int] = frozenset()

    def is_quiet(self, ms: int) -> bool:
        """Return whether a moment is quiet."""
        day, minute = day_of(self.zone, ms)
        return weekday_of(day) in self.days or self._hours(day, minute) is not None

    def after(self, ms: int) -> int:
        """Return this moment, or the first one after it that is not quiet."""
        while (end := self._end(ms)) is not None:
            ms = end
        return ms

    def before(self, ms: int) -> int:
        """Return this moment, or the last whole minute before it that is not quiet."""
        while (start := self._start(ms)) is not None:
            ms = start - MINUTE_MS
        return ms

    def begins(self, ms: int) -> int:
        """Return the first quiet moment after one that is not quiet; a day later where none comes until then."""
        today = day_of(self.zone, ms)[0]
        starts = (
            ms_of(self.zone, day, minute, fold)
            for day in (today, today + 1, today + 2) for minute in (0, self.start) for fold in (0, 1)
        )  # fmt: skip
        # Where the clocks change the wall may jump into it.
        changes = _changes(self.zone, ms, ms + DAY_MS)
        first = min((one for one in chain(starts, changes) if one > ms and self.is_quiet(one)), default=ms + DAY_MS)
        return min(first, ms + DAY_MS)

    def _hours(self, day: int, minute: int) -> tuple[int, int] | None:
        """Return the days on which the quiet hours around a minute begin and end."""
        if self.start < self.end:
            return (day, day) if self.start <= minute < self.end else None
        if self.start == self.end:
            return None
        if minute >= self.start:
            return day, day + 1
        return (day - 1, day) if minute < self.end else None

    def _end(self, ms: int) -> int | None:
        day, minute = day_of(self.zone, ms)
        hours = self._hours(day, minute)
        if weekday_of(day) in self.days:
            hours, end = (day, day + 1), 0
        else:
            end = self.end
        if hours is None:
            return None
        # In the hour that comes twice its first end may lie behind us; in the one that is left out it ends with the gap.
        ends = _ends(self.zone, hours[1], end)
        # Beyond the days that `datetime` has the wall goes on by itself: what is loud there may be shorter than a quarter.
        by_wall = (ms // MINUTE_MS + (end - minute - 1) % DAY_MINUTES + 1) * MINUTE_MS
        ended = next((one for one in ends if one > ms), min(by_wall, (ms // QUARTER_MS + 1) * QUARTER_MS))
        # Clocks may also go back, or forward, out of it.
        return min((one for one in _changes(self.zone, ms, ended) if not self.is_quiet(one)), default=ended)

    def _start(self, ms: int) -> int | None:
        day, minute = day_of(self.zone, ms)
        hours = self._hours(day, minute)
        if weekday_of(day) in self.days:
            hours, start = (day, day + 1), 0
        else:
            start = self.start
        if hours is None:
            return None
        begun = next((one for one in _starts(self.zone, hours[0], start) if one <= ms), ms)
        # Where clocks go back over the end of the quiet it begins a second time.
        again = (one for one in _changes(self.zone, begun, ms) if not self.is_quiet(one - MINUTE_MS))
        return max(again, default=begun)


def _changes(zone: str, after: int, upto: int) -> list[int]:
    """Return when the clocks change between two moments that are no two changes apart."""
    first, last = after // QUARTER_MS, upto // QUARTER_MS
    if _offset_ms(zone, first) == _offset_ms(zone, last):
        return []
    quarters = range(first + 1, last + 1)
    return [one * QUARTER_MS for one in quarters if _offset_ms(zone, one) != _offset_ms(zone, one - 1)]


@lru_cache(maxsize=4096)
def _ends(zone: str, day: int, minute: int) -> tuple[int, ...]:
    *ends, last = sorted(ms_of(zone, day, minute, fold) for fold in (0, 1))
    return (*ends, last) if day_of(zone, last)[1] == minute else tuple(ends)


@lru_cache(maxsize=4096)
def _starts(zone: str, day: int, minute: int) -> tuple[int, ...]:
    first, *begins = sorted((ms_of(zone, day, minute, fold) for fold in (0, 1)), reverse=True)
    return (first, *begins) if day_of(zone, first)[1] == minute else (first,)
