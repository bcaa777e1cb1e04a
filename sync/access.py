"""Who may do what, and who may see what: the door to both. Pure, decided here alone, on both sides.

    audience(known, around)  → streams          who may see a record                      sync/audiences.py
    streams_of(actor, …)     → streams          what a device gets                        sync/audiences.py
    hanging(known, around)   → records          what must be judged again after a change  sync/audiences.py
    judge(actor, edit, …)    → None | code      whether an edit may be applied:
                                                its author's right                        sync/rights.py
                                                then the move of its state                sync/moves.py
                                                then what must fit together               sync/constraints.py

All of them look at other records through ``Around`` (sync/around.py). Who has not the right is answered
``not_allowed``, what cannot be ``not_possible``: in both cases the edit is parked, never lost.

Vectors: sync/vectors/access.json.  Twin: pwa/src/sync/access.ts.
"""

from typing import Literal, TypeAlias

from sync.around import LINKS, Actor, Around, Known, known, links, listeners
from sync.audiences import audience, hanging, streams_of
from sync.constraints import fits
from sync.edits import Edit, Record
from sync.kinds import KINDS
from sync.moves import Seen, move_is_legal
from sync.rights import may

__all__ = [
    "LINKS", "Actor", "Around", "Known", "Seen", "Verdict",
    "audience", "hanging", "judge", "judge_known", "known", "links", "listeners", "streams_of",
]  # fmt: skip

Verdict: TypeAlias = Literal["not_allowed", "not_possible"] | None


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
    if not may(actor, before, edit, after, event, e, around):
        return "not_allowed"
    if "state" in edit.set and KINDS[edit.kind].first and not move_is_legal(edit, seen):
        return "not_possible"
    return None if fits(before, edit, after, around) else "not_possible"
