"""Calendars (RFC 5545): promises as entries that say no more than a count, unless somebody chose more.

    feed(entries, …) → the text of a calendar; times in UTC, so that no rule of a zone travels and none is out of date

Pure. Thunderbird, Google's and Apple's calendars take it; `icalendar` reads it in the tests.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256

from msgspec import Struct

from server.reminders.due import AS_ALWAYS, before_of
from server.reminders.rules import Rules
from server.reminders.zone import MINUTE_MS, day_of, minute_of, ms_of
from server.store.reminders import TaskRow

OCTETS_MAX = 75  # of a line, as RFC 5545 folds it
_COUNTS = {
    "nl": ("Onthaal: {n} afspraak", "Onthaal: {n} afspraken"),
    "fr": ("Onthaal : {n} suivi", "Onthaal : {n} suivis"),
    "en": ("Onthaal: {n} follow-up", "Onthaal: {n} follow-ups"),
}
_KINDS = {
    "nl": {"call": "bellen", "meeting": "gesprek", "letter_check": "brief nakijken", "walk_along": "meegaan"},
    "fr": {"call": "appel", "meeting": "rendez-vous", "letter_check": "relire une lettre", "walk_along": "accompagner"},
    "en": {"call": "call", "meeting": "meeting", "letter_check": "check a letter", "walk_along": "walk along"},
}


class Entry(Struct, frozen=True):
    """What happens at one moment: an hour in ms, or a day (an ordinal). ``owns``: when the follow-ups themselves remind."""

    at: int
    day: int
    whats: tuple[str, ...]
    owns: tuple[str, ...] = ()


def entries_of(tasks: Iterable[TaskRow]) -> list[Entry]:
    """Return promises by their moments, in order."""
    moments: dict[tuple[int, int], list[TaskRow]] = {}
    for task in tasks:
        moments.setdefault((task.over_at, task.day), []).append(task)
    return [
        Entry(at, day, tuple(task.what for task in there), tuple(task.own for task in there if task.own))
        for (at, day), there in sorted(moments.items())
    ]


def feed(entries: Sequence[Entry], rules: Rules, *, shows: str, secret: str, host: str, now_ms: int) -> str:
    """Return a calendar. ``secret``: what makes its entries' ids say nothing to whoever does not have it."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Onthaal//Reminders//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        "X-WR-CALNAME:Onthaal", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H",
    ]  # fmt: skip
    for entry in entries:
        lines += _event(entry, rules, shows=shows, secret=secret, host=host, now_ms=now_ms)
    return "".join(f"{folded}\r\n" for line in (*lines, "END:VCALENDAR") for folded in _folded(line))


def _event(entry: Entry, rules: Rules, *, shows: str, secret: str, host: str, now_ms: int) -> list[str]:
    uid = sha256(f"{secret} {entry.at} {entry.day}".encode()).hexdigest()[:32]
    if entry.day:
        when = [f"DTSTART;VALUE=DATE:{date.fromordinal(entry.day):%Y%m%d}"]
    else:
        when = [f"DTSTART:{_utc(entry.at)}", "DURATION:PT30M"]
    text = _escaped(summary(entry, rules.language, shows))
    alarms = _alarms(entry, rules)
    return [
        "BEGIN:VEVENT", f"UID:{uid}@{host}", f"DTSTAMP:{_utc(now_ms)}", *when, f"SUMMARY:{text}", "CLASS:PRIVATE",
        *(line for one in alarms
          for line in ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{text}", f"TRIGGER:-{one}", "END:VALARM")),
        "END:VEVENT",
    ]  # fmt: skip


def _alarms(entry: Entry, rules: Rules) -> list[str]:
    """Return how long before its hour, or before its day begins, an entry rings: as its person is reminded, quiet hours aside."""
    if not rules.is_on:
        return []
    day = entry.day or day_of(rules.zone, entry.at)[0]
    starts = ms_of(rules.zone, day) if entry.day else entry.at
    rings: set[int] = set()
    owns = (own for own in entry.owns if own and own != AS_ALWAYS)
    for days, ms in map(before_of, (*rules.before, *owns)):
        if days:
            rings.add(starts - ms_of(rules.zone, day - days, minute_of(rules.evening_at)))
        elif not entry.day:
            rings.add(ms)
    return [f"PT{ring // MINUTE_MS}M" for ring in sorted(rings, reverse=True)]


def summary(entry: Entry, language: str, shows: str) -> str:
    """Return what an entry is called."""
    count = len(entry.whats)
    line = _COUNTS[language][count != 1].format(n=count)
    known = sorted({_KINDS[language][what] for what in entry.whats if what in _KINDS[language]})
    return f"{line} ({', '.join(known)})" if shows == "kind" and known else line


def _utc(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """Return a line in parts of at most 75 octets, none within a character; all but the first begin with a space."""
    parts, part = [], ""
    for char in line:
        if len((part + char).encode()) > OCTETS_MAX:
            parts.append(part)
            part = " "
        part += char
    return [*parts, part]
