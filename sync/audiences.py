"""Who may see what: pure, decided here alone, on both sides.

    audience(known, around)  → streams          who may see a record
    streams_of(actor, …)     → streams          what a device gets
    hanging(known, around)   → records          what must be judged again when a record changes

Vectors: sync/vectors/access.json.  Twin: pwa/src/sync/audiences.ts.
"""

from collections.abc import Callable, Iterable, Iterator

from sync.around import (
    FIELD_ROLES,
    Actor,
    Around,
    Known,
    hangs_on_card,
    is_closed,
    is_live,
    named,
    service_of,
    services_naming,
)

OPEN_FOLLOW_UP = frozenset({"proposed", "planned", "moved", "not_met"})
HIDDEN_TOPIC = frozenset({None, "heard", "blocked_by_risk"})


def audience(record: Known, around: Around) -> frozenset[str]:
    """Return the streams whose devices may see a record."""
    if not record.event:
        return frozenset({"org"})
    stream = f"event:{record.event}"
    if record.kind in ("event", "presence", "tally"):
        return frozenset({stream})
    if record.kind == "card":
        return frozenset({f"{stream}/cards"})
    if record.erased:
        return frozenset({f"{stream}/desk"})
    if record.kind == "remark":
        about = named(around, record, "about")
        return (
            audience(about, around) if about and about.event == record.event and about.kind != "remark" else frozenset()
        )
    return frozenset(f"{stream}/{part}" for part in _PARTS[record.kind](record, around))


def streams_of(actor: Actor, events: Iterable[Known]) -> set[str]:
    """Return the streams of a member's devices, given the events of the organisation."""
    streams = {"org"}
    for event in events:
        stream = f"event:{event.id}"
        if event.view.get("state") == "archived":
            continue
        if actor.role == "coordinator":
            streams |= {stream, f"{stream}/cards", f"{stream}/desk", f"{stream}/member:{actor.member}"}
        elif event.view.get(f"team/{actor.member}") is True and actor.role != "admin":
            streams |= {stream, f"{stream}/member:{actor.member}"}
            if actor.role in FIELD_ROLES:
                streams.add(f"{stream}/cards")
            if actor.service:
                streams.add(f"{stream}/service:{actor.service}")
            if actor.role == "resident":
                streams.add(f"{stream}/residents")
    return streams


def hanging(record: Known, around: Around) -> Iterator[Known]:
    """Yield the records whose audience hangs directly on this one; those of an event are its scope's affair."""
    for other in around.naming(record.id):
        if other.kind in ("remark", "demand") or (record.kind, other.kind) in _HANGING:
            yield other
    if record.kind == "referral":
        for name in ("issue", "consent"):
            if target := named(around, record, name):
                yield target
    if record.kind in ("referral", "follow_up"):
        card = record.view.get("card")
        if isinstance(card, str):
            yield from (other for other in around.naming(card) if other.kind == "contact")


_HANGING = {("presence", "referral"), ("visit", "issue")}


def _author(record: Known) -> str:
    return f"member:{record.author}"


def _visit_parts(record: Known, around: Around) -> Iterator[str]:
    yield "desk"
    yield _author(record)


def _issue_parts(record: Known, around: Around) -> Iterator[str]:
    yield "desk"
    event = around.get(record.event)
    # After closing, too, while the coordinator has a question about it: whom else to ask (decision 0010)?
    if event is None or not is_closed(event) or record.view.get("review") == "question":
        yield _author(record)
    yield from services_naming(record, around)
    if event and not hangs_on_card(record.view, around):
        yield from (f"member:{member}" for member in around.listeners(event))


def _referral_parts(record: Known, around: Around) -> Iterator[str]:
    yield "desk"
    yield _author(record)
    # A draft is not handed over yet; what a person withdraws is recalled (decision 0010).
    service = service_of(record, around)
    if service and record.view.get("state") not in (None, "draft", "withdrawn"):
        yield f"service:{service}"


def _follow_up_parts(record: Known, around: Around) -> Iterator[str]:
    yield "desk"
    yield _author(record)
    yield from _assignee(record)
    if record.view.get("topic"):
        yield "residents"


def _assignee(follow_up: Known) -> Iterator[str]:
    """Yield the stream of who acts. Records from before checks.py looked at it may hold any text: "desk" is nobody."""
    assignee = follow_up.view.get("assignee")
    if isinstance(assignee, str) and assignee.startswith(("member:", "service:")):
        yield assignee


def _consent_parts(record: Known, around: Around) -> Iterator[str]:
    yield "desk"
    yield _author(record)
    yield from services_naming(record, around)


def _contact_parts(record: Known, around: Around) -> Iterator[str]:
    yield _author(record)
    card = record.view.get("card")
    for other in around.naming(card) if isinstance(card, str) else ():
        # Who took the number says who is to call: nobody opens it by a promise of their own (decision 0027).
        if other.kind == "follow_up" and other.author == record.author and other.view.get("state") in OPEN_FOLLOW_UP:
            yield from _assignee(other)
        if other.kind == "referral" and is_live(other) and other.view.get("shared_fields/value") is True:
            if service := service_of(other, around):
                yield f"service:{service}"


def _topic_parts(record: Known, around: Around) -> Iterator[str]:
    yield "desk"
    topic = record if record.kind == "topic" else named(around, record, "topic")
    event = around.get(record.event)
    if event:
        yield from (f"member:{member}" for member in around.listeners(event))
    if topic and topic.view.get("state") not in HIDDEN_TOPIC:
        yield "residents"


_PARTS: dict[str, Callable[[Known, Around], Iterator[str]]] = {
    "visit": _visit_parts,
    "issue": _issue_parts,
    "referral": _referral_parts,
    "follow_up": _follow_up_parts,
    "consent": _consent_parts,
    "contact": _contact_parts,
    "topic": _topic_parts,
    "demand": _topic_parts,
    "erasure": _visit_parts,
}
