"""The moves of ``state``: each is judged against what its author saw, never against the present state.

The second of two honest offline moves is a conflict, not an offence.

Vectors: sync/vectors/access.json.  Twin: pwa/src/sync/moves.ts.
"""

from collections.abc import Callable
from typing import TypeAlias

from sync.apply import ABSORBING
from sync.edits import Edit, Value
from sync.kinds import KINDS, NOT_MET_MAX

Seen: TypeAlias = Callable[[str], Edit | None]  # the edit of a dot that the server holds, parked ones not

assert ABSORBING == "withdrawn"  # the moves in sync/kinds.py let every open state go there


def move_is_legal(edit: Edit, seen: Seen) -> bool:
    """Return whether an edit's ``state`` may follow what its author saw; with nothing seen, whether a record may begin so."""
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
