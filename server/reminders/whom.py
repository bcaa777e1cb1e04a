"""Whom a follow-up reminds: whoever took it on, as far as they may still see it; the coordinators where nobody did.

    task_facts(record)               → what a follow-up says about time and person, of coded fields alone
    whom(facts, event, members)      → members to remind

Pure. Who may see what is decided by sync/access.py; here is only asked.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from server.store.people import Member
from sync.access import Actor, Known, streams_of
from sync.apply import winner
from sync.edits import Record, Version
from sync.stamp import ms_of

REMINDED = frozenset({"proposed", "planned"})
WAITING = frozenset({"moved", "not_met"})  # their hour is an old one until they are planned again
YEARS = range(1971, 9000)
BY_US = frozenset({"member", "service"})
_SET_TOGETHER = ("at", "on", "assignee")


class Facts(Struct, frozen=True):
    """What a follow-up says. ``at``: ms, or ``on``: the ordinal of a day; ``by`` set the latest of them, at ``known``.

    ``waits``: for another day; the one it says is the old one.
    """

    event: str
    author: str
    what: str
    at: int
    on: int
    own: str
    assignee: str
    who_acts: str
    known: int
    by: str
    waits: bool


def task_facts(record: Record) -> Facts | None:
    """Return what a follow-up says, ``None`` where it reminds nobody."""
    shown = {name: winner(name, versions) for name, versions in record.live.items()}
    state = _text(shown, "state")
    if record.erased or state not in REMINDED | WAITING:
        return None
    at, on = _instant(_text(shown, "at")), _day(_text(shown, "on"))
    if at is None and on is None:
        return None
    latest = max((shown[name] for name in _SET_TOGETHER if name in shown), key=lambda version: version.e)
    return Facts(
        record.event, record.author, _text(shown, "what"), at or 0, 0 if at is not None else on or 0,
        _text(shown, "remind_before"), _text(shown, "assignee"), _text(shown, "who_acts"), ms_of(latest.e), latest.by,
        state in WAITING,
    )  # fmt: skip


def _text(shown: dict[str, Version], name: str) -> str:
    value = shown[name].value if name in shown else None
    return value if isinstance(value, str) else ""


def _instant(text: str) -> int | None:
    at = _read(text)
    return None if at is None else int(at.timestamp() * 1000)


def _day(text: str) -> int | None:
    at = _read(text)
    return None if at is None else at.toordinal()


def _read(text: str) -> datetime | None:
    """Return a moment in years that every calendar has: the door lets any of four digits through."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.year in YEARS else None


class People:
    """The members of an organisation, and what each of them sees of an event."""

    def __init__(self, members: Iterable[Member]) -> None:
        self._active = [one for one in members if one.active]
        self._streams: dict[tuple[str, str], frozenset[str]] = {}
        self._seeing: dict[tuple[str, str], Sequence[str]] = {}

    def whom(self, facts: Facts, event: Known | None) -> Sequence[str]:
        """Return the members to remind, in no order."""
        if event is None:
            return ()
        if facts.assignee:
            return self._who_sees(event, facts.assignee) or self._who_sees(event, "desk")
        author = [facts.author] if self._sees(facts.author, event) else []
        if facts.who_acts in BY_US or not author:
            return [*author, *(one for one in self._who_sees(event, "desk") if one != facts.author)]
        return author

    def _who_sees(self, event: Known, part: str) -> Sequence[str]:
        key = (event.id, part)
        if key not in self._seeing:
            stream = f"event:{event.id}/{part}"
            self._seeing[key] = [one.id for one in self._active if stream in self._streams_of(one, event)]
        return self._seeing[key]

    def _sees(self, member: str, event: Known) -> bool:
        return member in self._who_sees(event, f"member:{member}")

    def _streams_of(self, member: Member, event: Known) -> frozenset[str]:
        key = (event.id, member.id)
        if key not in self._streams:
            actor = Actor(member.id, member.role, member.service)
            self._streams[key] = frozenset(streams_of(actor, [event]))
        return self._streams[key]
