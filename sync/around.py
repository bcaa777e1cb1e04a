"""What surrounds a record: the others that it names, and those that name it.

    known(record)            → Known      a record as others see it
    links(kind, shown)       → ids        what a record names
    Around.get / .naming                  look-ups; `around` never fetches

Who may see a record (sync/audiences.py), who may change it (sync/rights.py) and what must fit together
(sync/constraints.py) all look here, and nowhere else.

Vectors: sync/vectors/access.json.  Twin: pwa/src/sync/around.ts.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from sync.apply import view, winner
from sync.edits import Record, Value

NOT_LIVE = frozenset({None, "draft", "rejected", "cancelled", "expired", "withdrawn", "entered_in_error"})
FIELD_ROLES = frozenset({"generalist", "service_worker", "researcher", "bar"})  # who talk with visitors
LISTENERS = frozenset({"researcher", "bar"})
UNCLOSED = frozenset({None, "draft", "open"})

# Per kind the fields by which audiences and rules reach other records.
LINKS: dict[str, tuple[str, ...]] = {
    "visit": ("card",),
    "issue": ("card", "visit"),
    "referral": ("card", "issue", "to_table", "consent"),
    "follow_up": ("card", "topic"),
    "contact": ("card", "consent"),
    "consent": ("card",),
    "demand": ("topic",),
    "remark": ("about",),
    "erasure": ("card",),
}


class Known(Struct, frozen=True):
    """A record as others see it: its shown values. ``moved`` is the stamp of its shown ``state``."""

    kind: str
    id: str
    event: str
    author: str
    view: dict[str, Value]
    erased: bool = False
    moved: str = ""


def known(record: Record) -> Known:
    """Return what others look up of a record."""
    states = record.live.get("state")
    moved = winner("state", states).e if states else ""
    return Known(record.kind, record.id, record.event, record.author, view(record), record.erased, moved)


class Around(Protocol):
    """What surrounds a record; pure look-ups in what was loaded before."""

    def get(self, id: str) -> Known | None:
        """Return a record of the organisation, or None."""

    def naming(self, id: str) -> Iterable[Known]:
        """Return the records that name ``id`` in one of their ``LINKS``."""

    def listeners(self, event: Known) -> Sequence[str]:
        """Return ``listeners`` of an event; asked for every issue of it, so worth remembering."""


class Actor(Struct, frozen=True):
    """Who acts: from the token, never from the body. ``server``: the server's own edits of members."""

    member: str
    role: str
    service: str | None = None
    server: bool = False


def links(kind: str, shown: dict[str, Value]) -> list[str]:
    """Return the ids that a record names."""
    return [value for name in LINKS.get(kind, ()) if isinstance(value := shown.get(name), str)]


def named(around: Around, record: Known, name: str) -> Known | None:
    """Return the record that a field of this one names."""
    value = record.view.get(name)
    return around.get(value) if isinstance(value, str) else None


def is_live(referral: Known) -> bool:
    """Return whether somebody has been handed on and is not back."""
    return referral.view.get("state") not in NOT_LIVE


def service_of(referral: Known, around: Around) -> str | None:
    """Return the service a referral goes to: its own, or that of its table."""
    table = named(around, referral, "to_table")
    service = table.view.get("service") if table and table.kind == "presence" else referral.view.get("to_service")
    return service if isinstance(service, str) else None


def services_naming(record: Known, around: Around) -> Iterator[str]:
    """Yield the services of the live referrals that name a record."""
    for other in around.naming(record.id):
        if other.kind == "referral" and is_live(other):
            if service := service_of(other, around):
                yield f"service:{service}"


def hangs_on_card(shown: dict[str, Value], around: Around) -> bool:
    """Return whether an issue hangs on a card, by itself or through its talk."""
    visit = shown.get("visit")
    talk = around.get(visit) if isinstance(visit, str) else None
    return bool(shown.get("card") or (talk and talk.view.get("card")))


def team(event: Known) -> list[str]:
    """Return the members of an event's team."""
    return [name[5:] for name, value in event.view.items() if name.startswith("team/") and value is True]


def listeners(event: Known, around: Around) -> list[str]:
    """Return the members of an event's team who listen to residents: researchers and BARs."""
    return [id for id in team(event) if (person := around.get(id)) and person.view.get("role") in LISTENERS]


def is_closed(event: Known) -> bool:
    """Return whether an event is over for its team."""
    return event.view.get("state") not in UNCLOSED
