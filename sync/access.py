"""Who may do what, and who may see what: pure, decided here alone, on both sides.

    audience(known, around)  → streams          who may see a record
    streams_of(actor, …)     → streams          what a device gets
    judge(actor, edit, …)    → None | code      rights by role × kind × field × state, then moves, then rules
    hanging(known, around)   → records          what must be judged again when a record changes

`around` looks records up; it never fetches. Who has not the right is answered ``not_allowed``, what cannot be
(a move, a rule between fields) ``not_possible``: in both cases the edit is parked, never lost.

Vectors: sync/vectors/access.json.  Twin: pwa/src/sync/access.ts.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from sync.apply import ABSORBING, view, winner
from sync.edits import Edit, Record, Value
from sync.kinds import KINDS, NOT_MET_MAX, card_id, erasure_id, is_card_number, tally_id
from sync.themes import THEMES

Verdict: TypeAlias = Literal["not_allowed", "not_possible"] | None
Seen: TypeAlias = Callable[[str], Edit | None]  # the edit of a dot that the server holds, parked ones not

FIELD_ROLES = frozenset({"generalist", "service_worker", "researcher", "bar"})
LISTENERS = frozenset({"researcher", "bar"})
NOT_LIVE = frozenset({None, "draft", "rejected", "cancelled", "expired", "withdrawn", "entered_in_error"})
OPEN_FOLLOW_UP = frozenset({"proposed", "planned", "moved", "not_met"})
HIDDEN_TOPIC = frozenset({None, "heard", "blocked_by_risk"})


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


class Actor(Struct, frozen=True):
    """Who acts: from the token, never from the body. ``server``: the server's own edits of members."""

    member: str
    role: str
    service: str | None = None
    server: bool = False


# ── links ─────────────────────────────────────────────────────────────────────────────────────────────

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


def links(kind: str, shown: dict[str, Value]) -> list[str]:
    """Return the ids that a record names."""
    return [value for name in LINKS.get(kind, ()) if isinstance(value := shown.get(name), str)]


def hanging(record: Known, around: Around) -> Iterator[Known]:
    """Yield the records whose audience hangs directly on this one; those of an event are its scope's affair."""
    for other in around.naming(record.id):
        if other.kind in ("remark", "demand") or (record.kind, other.kind) in _HANGING:
            yield other
    if record.kind == "referral":
        for name in ("issue", "consent"):
            if target := _get(around, record, name):
                yield target
    if record.kind in ("referral", "follow_up"):
        card = record.view.get("card")
        if isinstance(card, str):
            yield from (other for other in around.naming(card) if other.kind == "contact")


_HANGING = {("presence", "referral"), ("visit", "issue")}


def _get(around: Around, record: Known, name: str) -> Known | None:
    value = record.view.get(name)
    return around.get(value) if isinstance(value, str) else None


# ── audiences ─────────────────────────────────────────────────────────────────────────────────────────


def audience(record: Known, around: Around) -> frozenset[str]:
    """Return the streams whose devices may see a record."""
    if not record.event:
        return frozenset({"org"})
    stream = f"event:{record.event}"
    if record.kind in ("event", "presence", "tally", "card"):
        return frozenset({stream})
    if record.erased:
        return frozenset({f"{stream}/desk"})
    if record.kind == "remark":
        about = _get(around, record, "about")
        return (
            audience(about, around) if about and about.event == record.event and about.kind != "remark" else frozenset()
        )
    return frozenset(f"{stream}/{part}" for part in _PARTS[record.kind](record, around))


def _author(record: Known) -> str:
    return f"member:{record.author}"


def _visit_parts(record: Known, around: Around) -> Iterator[str]:
    yield "desk"
    yield _author(record)


def _issue_parts(record: Known, around: Around) -> Iterator[str]:
    yield "desk"
    event = around.get(record.event)
    # After closing, too, while the coordinator has a question about it: whom else to ask (decision 0010)?
    if event is None or event.view.get("state") in (None, "draft", "open") or record.view.get("review") == "question":
        yield _author(record)
    yield from _services_naming(record, around)
    if event and not hangs_on_card(record.view, around):
        for member in team(event):
            person = around.get(member)
            if person and person.view.get("role") in LISTENERS:
                yield f"member:{member}"


def _referral_parts(record: Known, around: Around) -> Iterator[str]:
    yield "desk"
    yield _author(record)
    # A draft is not handed over yet; what a person withdraws is recalled (domain.md, States).
    service = service_of(record, around)
    if service and record.view.get("state") not in (None, "draft", "withdrawn"):
        yield f"service:{service}"


def _follow_up_parts(record: Known, around: Around) -> Iterator[str]:
    yield "desk"
    yield _author(record)
    assignee = record.view.get("assignee")
    if isinstance(assignee, str) and assignee.startswith(("member:", "service:")):
        yield assignee
    if record.view.get("topic"):
        yield "residents"


def _consent_parts(record: Known, around: Around) -> Iterator[str]:
    yield "desk"
    yield _author(record)
    yield from _services_naming(record, around)


def _contact_parts(record: Known, around: Around) -> Iterator[str]:
    yield _author(record)
    card = record.view.get("card")
    for other in around.naming(card) if isinstance(card, str) else ():
        assignee = other.view.get("assignee")
        if other.kind == "follow_up" and other.view.get("state") in OPEN_FOLLOW_UP and isinstance(assignee, str):
            yield assignee
        if other.kind == "referral" and is_live(other) and other.view.get("shared_fields/value") is True:
            if service := service_of(other, around):
                yield f"service:{service}"


def _topic_parts(record: Known, around: Around) -> Iterator[str]:
    yield "desk"
    topic = record if record.kind == "topic" else _get(around, record, "topic")
    event = around.get(record.event)
    for member in team(event) if event else ():
        person = around.get(member)
        if person and person.view.get("role") in LISTENERS:
            yield f"member:{member}"
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


def _services_naming(record: Known, around: Around) -> Iterator[str]:
    """Yield the services of the live referrals that name a record."""
    for other in around.naming(record.id):
        if other.kind == "referral" and is_live(other):
            if service := service_of(other, around):
                yield f"service:{service}"


def is_live(referral: Known) -> bool:
    """Return whether somebody has been handed on and is not back."""
    return referral.view.get("state") not in NOT_LIVE


def service_of(referral: Known, around: Around) -> str | None:
    """Return the service a referral goes to: its own, or that of its table."""
    table = _get(around, referral, "to_table")
    service = table.view.get("service") if table and table.kind == "presence" else referral.view.get("to_service")
    return service if isinstance(service, str) else None


def hangs_on_card(shown: dict[str, Value], around: Around) -> bool:
    """Return whether an issue hangs on a card, by itself or through its talk."""
    visit = shown.get("visit")
    talk = around.get(visit) if isinstance(visit, str) else None
    return bool(shown.get("card") or (talk and talk.view.get("card")))


def team(event: Known) -> list[str]:
    """Return the members of an event's team."""
    return [name[5:] for name, value in event.view.items() if name.startswith("team/") and value is True]


def streams_of(actor: Actor, events: Iterable[Known]) -> set[str]:
    """Return the streams of a member's devices, given the events of the organisation."""
    streams = {"org"}
    for event in events:
        stream = f"event:{event.id}"
        if event.view.get("state") == "archived":
            continue
        if actor.role == "coordinator":
            streams |= {stream, f"{stream}/desk", f"{stream}/member:{actor.member}"}
        elif event.view.get(f"team/{actor.member}") is True and actor.role != "admin":
            streams |= {stream, f"{stream}/member:{actor.member}"}
            if actor.service:
                streams.add(f"{stream}/service:{actor.service}")
            if actor.role == "resident":
                streams.add(f"{stream}/residents")
    return streams


# ── rights ────────────────────────────────────────────────────────────────────────────────────────────


def judge(
    actor: Actor, before: Record | None, edit: Edit, after: Record, *, e: str, around: Around, seen: Seen
) -> Verdict:
    """Return ``None`` where an edit may be applied, else why it is parked.

    ``after`` is the record with the edit applied, ``e`` its corrected stamp. Moves of ``state`` are judged against what
    the author saw (``over.state``), never against the present state: the second of two honest offline moves is
    a conflict, not an offence.
    """
    return judge_known(actor, known(before) if before else None, edit, known(after), e=e, around=around, seen=seen)


def judge_known(
    actor: Actor, before: Known | None, edit: Edit, after: Known, *, e: str, around: Around, seen: Seen
) -> Verdict:
    """Return what ``judge`` does, where others have looked at both records already."""
    event = around.get(edit.event) if edit.event else None
    if edit.event and event is None and edit.kind != "event":
        return "not_possible"
    if not _may(actor, before, edit, after, event, e, around):
        return "not_allowed"
    if "state" in edit.set and KINDS[edit.kind].first and not _move_is_legal(edit, seen):
        return "not_possible"
    rule = _RULES.get(edit.kind)
    return (
        "not_possible"
        if rule and after.view.get("deleted") is not True and not rule(before, edit, after, around)
        else None
    )


def _may(
    actor: Actor, before: Known | None, edit: Edit, after: Known, event: Known | None, e: str, around: Around
) -> bool:
    if actor.server or edit.kind == "member":
        return actor.server and edit.kind == "member"
    if edit.kind == "remark" and before is not None:
        return False  # never edited, only added
    if actor.role == "coordinator":
        return True
    if event is None or event.view.get(f"team/{actor.member}") is not True:
        return False
    right = _RIGHTS.get(edit.kind, {}).get("field" if actor.role in FIELD_ROLES else actor.role)
    if right is None:
        return False
    own = before is None or before.author == actor.member
    return right(_Case(actor, before or after, edit, event, e, around, own, before is None))


class _Case(Struct):
    actor: Actor
    record: Known
    edit: Edit
    event: Known
    e: str
    around: Around
    own: bool
    new: bool

    def only(self, *names: str) -> bool:
        """Whether the edit touches no other fields."""
        return all(name.partition("/")[0] in names for name in self.edit.set)


def _own(case: _Case) -> bool:
    return case.own


def _anybody(case: _Case) -> bool:
    return True


def _new(case: _Case) -> bool:
    return case.new


def _may_issue(case: _Case) -> bool:
    if "review" in case.edit.set and not (case.new and case.edit.set["review"] == "new"):
        return False
    if case.own:
        closed = case.event.view.get("state") not in (None, "draft", "open")
        # What was written before the event closed and arrives later is honest.
        return case.new or not closed or case.e <= case.event.moved
    if case.actor.role == "service_worker":
        handed = f"service:{case.actor.service}" in _services_naming(case.record, case.around)
        return handed and case.only("barriers", "level", "subtheme")
    return False


def _may_referral(case: _Case) -> bool:
    if case.edit.set.get("state") == "expired":
        return False  # our failure, said by the job or a coordinator
    if case.own:
        return True
    served = case.actor.service is not None and service_of(case.record, case.around) == case.actor.service
    return served and case.record.view.get("state") != "draft" and case.only("state", "state_reason")


def _may_follow_up(case: _Case) -> bool:
    mine = (f"member:{case.actor.member}", f"service:{case.actor.service}")
    return case.own or case.record.view.get("assignee") in mine


def _may_consent(case: _Case) -> bool:
    return case.own or case.only("withdrawn_at")  # as easy to take back as to give


def _may_presence(case: _Case) -> bool:
    if case.new:
        return False
    at_table = case.actor.service is not None and case.record.view.get("service") == case.actor.service
    return case.only("state", "until", *(("languages",) if at_table else ()))


def _may_topic(case: _Case) -> bool:
    if case.actor.role not in LISTENERS or not case.only("title", "themes", "issues", "state"):
        return False
    return "state" not in case.edit.set or (case.new and case.edit.set["state"] == "heard")


def _may_remark(case: _Case) -> bool:
    """Who may see a record may speak about it."""
    streams = streams_of(case.actor, [case.event])
    return case.new and not streams.isdisjoint(audience(case.record, case.around))


def _on_topic(case: _Case) -> bool:
    return bool(case.record.view.get("topic"))


def _counts_meals(case: _Case) -> bool:
    return case.own and case.record.view.get("what") in ("coffee", "meal", "child")


# kind → who → the right; "field" are the roles that talk with visitors. Coordinators may everything but members.
_RIGHTS: dict[str, dict[str, Callable[[_Case], bool]]] = {
    "presence": {"field": _may_presence},
    "tally": {"field": _own, "logistics": _counts_meals},
    "card": {"field": _anybody},
    "visit": {"field": _own},
    "issue": {"field": _may_issue},
    "referral": {"field": _may_referral},
    "follow_up": {"field": _may_follow_up, "resident": _on_topic},
    "contact": {"field": _own},
    "consent": {"field": _may_consent},
    "topic": {"field": _may_topic},
    "remark": {"field": _may_remark, "resident": _may_remark},
    "erasure": {"field": _new},
}

# ── moves ─────────────────────────────────────────────────────────────────────────────────────────────


def _move_is_legal(edit: Edit, seen: Seen) -> bool:
    new, declared = edit.set["state"], KINDS[edit.kind]
    dots = edit.over.get("state", [])
    if not dots:
        return new in declared.first
    named = [seen(dot) for dot in dots]
    if any(one is None or "state" not in one.set for one in named):
        return False
    return any(_is_move(one, new, seen) for one in named if one is not None)


def _is_move(old: Edit, new: Value, seen: Seen) -> bool:
    was = old.set["state"]
    if new == was:
        return True  # settled on one of the values, or said twice
    if old.kind == "topic" and was == "blocked_by_risk":
        before = [seen(dot) for dot in old.over.get("state", [])]
        return any(one is not None and one.set.get("state") == new for one in before)
    if new == "planned" and was == "not_met" and _count_not_met(old, seen) > NOT_MET_MAX:
        return False
    return isinstance(was, str) and new in KINDS[old.kind].next.get(was, ())


def _count_not_met(move: Edit, seen: Seen) -> int:
    """Count the times it was not met, along what each author saw."""
    count, todo, done = 0, [move], set[tuple[str, int]]()
    while todo:
        one = todo.pop()
        if (one.a, one.n) in done:
            continue
        done.add((one.a, one.n))
        count += one.set.get("state") == "not_met"
        todo += [earlier for dot in one.over.get("state", []) if (earlier := seen(dot)) is not None]
    return count


# ── rules between fields, on the record after the edit ────────────────────────────────────────────────

_Rule: TypeAlias = Callable[[Known | None, Edit, Known, Around], bool]


def _touches(edit: Edit, *names: str) -> bool:
    return any(name.partition("/")[0] in names for name in edit.set)


def _is_residence(shown: dict[str, Value]) -> bool:
    return shown.get("theme") == "RES" and shown.get("subtheme") != "RES.05"


def _issue_rule(before: Known | None, edit: Edit, after: Known, around: Around) -> bool:
    shown = after.view
    if before is None or _touches(edit, "theme", "subtheme", "own_words", "card", "visit"):
        subtheme = shown.get("subtheme")
        if isinstance(subtheme, str) and THEMES[subtheme].parent != shown.get("theme"):
            return False
        if not (shown.get("theme") or shown.get("own_words")):
            return False
        if _is_residence(shown) and hangs_on_card(shown, around):
            return False
    return not (shown.get("risk_flag") is True and shown.get("quote_consent") not in (None, "no"))


def _visit_rule(before: Known | None, edit: Edit, after: Known, around: Around) -> bool:
    issues = around.naming(after.id) if edit.set.get("card") else ()
    return not any(other.kind == "issue" and _is_residence(other.view) for other in issues)


def _follow_up_rule(before: Known | None, edit: Edit, after: Known, around: Around) -> bool:
    shown = after.view
    return bool(shown.get("card")) != bool(shown.get("topic")) and bool(shown.get("at")) != bool(shown.get("on"))


def _referral_rule(before: Known | None, edit: Edit, after: Known, around: Around) -> bool:
    shown, state = after.view, after.view.get("state")
    if _touches(edit, "state") and state in ("rejected", "failed") and not shown.get("state_reason"):
        return False
    asks = edit.set.get("state") == "requested" or _touches(
        edit, "mode", "to_service", "to_table", "shared_fields", "shared_note", "consent"
    )
    if not asks or not is_live(after):
        return True
    service = service_of(after, around)
    if service is None:
        return False
    issue = _get(around, after, "issue")
    if issue and _is_residence(issue.view) and shown.get("card"):
        return False
    shares = bool(shown.get("shared_note")) or any(
        n.startswith("shared_fields/") and v is True for n, v in shown.items()
    )
    if shown.get("mode") == "self" or (shown.get("mode") == "walked_over" and not shares):
        return True
    consent = _get(around, after, "consent")
    given = consent is not None and consent.view.get(f"purposes/refer_to:{service}") == "given"
    return given and consent is not None and not consent.view.get("withdrawn_at")


def _contact_rule(before: Known | None, edit: Edit, after: Known, around: Around) -> bool:
    if before is not None and not _touches(edit, "consent"):
        return True
    consent = _get(around, after, "consent")
    return consent is not None and consent.view.get("purposes/call_back") == "given"


def _topic_rule(before: Known | None, edit: Edit, after: Known, around: Around) -> bool:
    residents = after.view.get("decision/residents_n")
    return edit.set.get("state") != "chosen" or (isinstance(residents, int) and residents >= 1)


def _card_rule(before: Known | None, edit: Edit, after: Known, around: Around) -> bool:
    if edit.set.get("state") == "erased":
        return False  # an erasure is asked for by a record of its own
    if not _touches(edit, "animal", "number") and before is not None:
        return True
    animal, number = after.view.get("animal"), after.view.get("number")
    return is_card_number(number) and after.id == _uuid5(card_id, after.event, str(animal), str(number))


def _tally_rule(before: Known | None, edit: Edit, after: Known, around: Around) -> bool:
    shown, n = after.view, after.view.get("n")
    if not isinstance(n, int) or n < 0:
        return False
    if before is not None and not _touches(edit, "what", "slot", "device"):
        return True
    parts = (str(shown.get("what")), str(shown.get("slot")), str(shown.get("device")))
    return after.id == _uuid5(tally_id, after.event, *parts)


def _remark_rule(before: Known | None, edit: Edit, after: Known, around: Around) -> bool:
    about = _get(around, after, "about")
    return about is not None and about.event == after.event and about.kind != "remark" and bool(after.view.get("text"))


def _erasure_rule(before: Known | None, edit: Edit, after: Known, around: Around) -> bool:
    card = _get(around, after, "card")
    named = card is not None and card.kind == "card" and card.event == after.event
    return named and card is not None and after.id == _uuid5(erasure_id, card.id)


def _uuid5(make: Callable[..., str], *parts: str) -> str:
    try:
        return make(*parts)
    except ValueError:  # the event's id is no UUID
        return ""


_RULES: dict[str, _Rule] = {
    "visit": _visit_rule,
    "issue": _issue_rule,
    "referral": _referral_rule,
    "follow_up": _follow_up_rule,
    "contact": _contact_rule,
    "topic": _topic_rule,
    "card": _card_rule,
    "tally": _tally_rule,
    "remark": _remark_rule,
    "erasure": _erasure_rule,
}

assert ABSORBING == "withdrawn"  # the moves above let every open state go there
