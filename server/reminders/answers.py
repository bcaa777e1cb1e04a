"""What the routes of reminders take and answer with."""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from server.reminders.rules import Language, Rules, Wishes

Kind: TypeAlias = Literal["follow_ups", "digest", "review", "test"]
Shows: TypeAlias = Literal["count", "kind"]  # of a calendar: "1 follow-up", or also meeting, call, …
Endpoint: TypeAlias = Annotated[str, Meta(min_length=12, max_length=2000)]
PublicKey: TypeAlias = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{87}$")]  # P-256, 65 bytes
Secret: TypeAlias = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{22}$")]  # 16 bytes


class Preferences(Struct, frozen=True):
    """``own`` is what this person set, ``organisation`` what holds for everybody, ``in_force`` what comes of it.

    ``push_key``: to subscribe with (``applicationServerKey``). ``subscribed``: this device is; ``renew``: with a key that
    was replaced, subscribe again. ``calendar``: since when there is a feed, in ms.
    """

    own: Wishes
    organisation: Wishes
    in_force: Rules
    push_key: str
    subscribed: bool
    renew: bool
    calendar: int | None


class Subscription(Struct, frozen=True, forbid_unknown_fields=True):
    """A browser's PushSubscription; ``key`` is the ``push_key`` it was made with."""

    endpoint: Endpoint
    p256dh: PublicKey
    auth: Secret
    key: PublicKey
    language: Language | None = None


class Tested(Struct, frozen=True):
    """To how many devices a test was sent off."""

    devices: int


class Sent(Struct, frozen=True):
    """A reminder that left, or is leaving: to whom, when, and what became of it on how many devices."""

    at: int
    member: str
    kind: Kind
    count: int
    devices: int
    accepted: int
    expired: int
    gave_up: int
    needless: int
    waiting: int


class Unreachable(Struct, frozen=True):
    """A member with open promises whom nothing reminds.

    They want no reminders, or no moment and no digest, or have neither a device that took its last push nor a calendar
    feed that is being read.
    """

    member: str
    promises: int
    next_at: int | None


class Opened(Struct, frozen=True):
    """What a reminder was about: open follow-ups of the one it was sent to, soonest first."""

    kind: Kind
    follow_ups: list[str]


class NewFeed(Struct, frozen=True, forbid_unknown_fields=True):
    shows: Shows = "count"


class Feed(Struct, frozen=True):
    """A calendar feed. ``link`` is told once, when it is made."""

    made_at: int | None
    shows: Shows
    link: str = ""
