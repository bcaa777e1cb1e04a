"""When somebody is reminded: what the organisation set, over it what the person set.

    rules_of(organisation's wishes, person's wishes) → Rules      nothing set: the defaults below

Pure. A wish of ``None`` is none: what lies below it holds.
"""

from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec
from msgspec import Meta, Struct

Language: TypeAlias = Literal["nl", "fr", "en"]
# Of a day and more: the evening so many days before. Of hours and minutes: so long before the hour.
Before: TypeAlias = Annotated[str, Meta(pattern=r"^P([1-9][0-9]?D|T[1-9][0-9]{0,2}[HM])$")]
Wall: TypeAlias = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday: TypeAlias = Annotated[int, Meta(ge=1, le=7)]


class Rules(Struct, frozen=True):
    """The rules in force for somebody. ``quiet_days``: 1 is Monday. ``digest``: a line in the morning, if there is anything."""

    is_on: bool = True
    before: list[Before] = msgspec.field(default_factory=lambda: ["P1D", "PT2H"])
    evening_at: Wall = "18:00"
    quiet_from: Wall = "21:00"
    quiet_until: Wall = "07:30"
    quiet_days: list[Weekday] = msgspec.field(default_factory=lambda: [7])
    per_day: int = 4
    digest: bool = True
    digest_at: Wall = "07:30"
    language: Language = "nl"
    zone: str = "Europe/Brussels"


class Wishes(Struct, frozen=True, forbid_unknown_fields=True):
    """What was set, by a person or for the organisation."""

    is_on: bool | None = None
    before: Annotated[list[Before], Meta(max_length=4)] | None = None
    evening_at: Wall | None = None
    quiet_from: Wall | None = None
    quiet_until: Wall | None = None
    quiet_days: Annotated[list[Weekday], Meta(max_length=6)] | None = None
    per_day: Annotated[int, Meta(ge=1, le=20)] | None = None
    digest: bool | None = None
    digest_at: Wall | None = None
    language: Language | None = None
    zone: Annotated[str, Meta(max_length=64)] | None = None


def rules_of(*wishes: Wishes) -> Rules:
    """Return the rules in force, given wishes from the most general to the most particular."""
    rules = Rules()
    for one in wishes:
        said = {name: value for name in one.__struct_fields__ if (value := getattr(one, name)) is not None}
        rules = msgspec.structs.replace(rules, **said)
    return rules


def is_possible(wishes: Wishes) -> bool:
    """Return whether wishes leave a moment to be reminded at, in a zone that there is."""
    if len(set(wishes.quiet_days or ())) > 6:
        return False
    try:
        return wishes.zone is None or (wishes.zone in available_timezones() and ZoneInfo(wishes.zone) is not None)
    except (ZoneInfoNotFoundError, ValueError):
        return False
