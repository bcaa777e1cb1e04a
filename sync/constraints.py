"""What must fit together in a record after an edit, and with the records around it.

    fits(before, edit, after, around)  → whether every rule between fields holds

A rule looks only at what the edit touches: an old fault must not hold up a new sentence.

Vectors: sync/vectors/access.json.  Twin: pwa/src/sync/constraints.ts.
"""

from collections.abc import Callable
from typing import TypeAlias

from sync.around import Around, Known, hangs_on_card, is_live, named, service_of
from sync.edits import Edit, Value
from sync.ids import card_id, erasure_id, is_card_number, tally_id
from sync.themes import THEMES

_Rule: TypeAlias = Callable[[Known | None, Edit, Known, Around], bool]


def fits(before: Known | None, edit: Edit, after: Known, around: Around) -> bool:
    """Return whether the record ``after`` an edit holds together; a deleted one need not."""
    rule = _RULES.get(edit.kind)
    return rule is None or after.view.get("deleted") is True or rule(before, edit, after, around)


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
    issue = named(around, after, "issue")
    if issue and _is_residence(issue.view) and shown.get("card"):
        return False
    shares = bool(shown.get("shared_note")) or any(
        n.startswith("shared_fields/") and v is True for n, v in shown.items()
    )
    if shown.get("mode") == "self" or (shown.get("mode") == "walked_over" and not shares):
        return True
    consent = named(around, after, "consent")
    given = consent is not None and consent.view.get(f"purposes/refer_to:{service}") == "given"
    return given and consent is not None and not consent.view.get("withdrawn_at")


def _contact_rule(before: Known | None, edit: Edit, after: Known, around: Around) -> bool:
    if before is not None and not _touches(edit, "consent"):
        return True
    consent = named(around, after, "consent")
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
    about = named(around, after, "about")
    return about is not None and about.event == after.event and about.kind != "remark" and bool(after.view.get("text"))


def _erasure_rule(before: Known | None, edit: Edit, after: Known, around: Around) -> bool:
    card = named(around, after, "card")
    if card is None or card.kind != "card" or card.event != after.event:
        return False
    return after.id == _uuid5(erasure_id, card.id)


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
