"""Who may do what: by role × kind × field × state.

    may(actor, before, edit, after, event, …)  → whether an edit is this actor's to make

Vectors: sync/vectors/access.json.  Twin: pwa/src/sync/rights.ts.
"""

from collections.abc import Callable

from msgspec import Struct

from sync.around import FIELD_ROLES, LISTENERS, Actor, Around, Known, is_closed, service_of, services_naming
from sync.audiences import audience, streams_of
from sync.edits import Edit


def may(
    actor: Actor, before: Known | None, edit: Edit, after: Known, event: Known | None, e: str, around: Around
) -> bool:
    """Return whether an actor may make an edit; ``event`` is that of the edit, ``e`` its corrected stamp."""
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
        # What was written before the event closed and arrives later is honest.
        return case.new or not is_closed(case.event) or case.e <= case.event.moved
    if case.actor.role == "service_worker":
        handed = f"service:{case.actor.service}" in services_naming(case.record, case.around)
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
