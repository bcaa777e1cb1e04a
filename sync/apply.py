"""The one function that folds: record + edit → record. Then what a person sees of it.

    over: what the author saw         own earlier edits are always seen
              ↓                              ↓
    replaced[f][author] = up to which number the versions of f by author are replaced
              ↓
    live[f]  the versions nobody replaced    past[f]  replaced[f] of authors without a live version

`apply` is idempotent and all edits commute: late, repeated, in any order.
More than one live version with different values is a conflict: nobody's words are lost.

Source: version vectors per register, after Preguiça et al., "Dotted Version Vectors" (2010).
Vectors: sync/vectors/apply.json.  Twin: pwa/src/sync/apply.ts.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from sync.edits import NEVER_EARLIER, Dot, Edit, Record, Value, Version, dot_of, parse_dot, same_value

ABSORBING = "withdrawn"  # of a field `state`: among concurrent moves it wins whatever the time

_NONE: Mapping[str, int] = {}
_Content = TypeVar("_Content", tuple[Version, ...], dict[str, int])


def apply(record: Record | None, edit: Edit, *, by: str, e: str) -> Record:
    """Return the record with the edit of member ``by``, stamped ``e``, folded in; the given record stays as it was."""
    a, n, over = edit.a, edit.n, edit.over
    live: dict[str, tuple[Version, ...]] = {}
    past: dict[str, dict[str, int]] = {}
    author, born = by, (e, a, n)
    if record is not None:
        live, past = dict(record.live), dict(record.past)
        author, born = min((record.born, record.author), (born, by))[::-1]
    for name, value in edit.set.items():
        new = Version(a, n, by, e, value)
        if name in live or name in past or name in over:
            _fold_field(live, past, name, over.get(name, ()), new)
        else:
            live[name] = (new,)
    return Record(edit.kind, edit.id, edit.event, author, born, live, past, record is not None and record.erased)


def _fold_field(
    live: dict[str, tuple[Version, ...]],
    past: dict[str, dict[str, int]],
    name: str,
    over: Sequence[Dot],
    new: Version,
) -> None:
    versions = live.get(name, ())
    replaced = dict(past.get(name, _NONE))
    for v in versions:
        replaced[v.a] = max(replaced.get(v.a, 0), v.n - 1)
    for b, m in (*map(parse_dot, over), (new.a, new.n - 1)):
        replaced[b] = max(replaced.get(b, 0), m)
    is_new = new.n > replaced[new.a] and not any(v.a == new.a and v.n == new.n for v in versions)
    kept = [v for v in versions if v.n > replaced[v.a]]
    if is_new:
        kept.append(new)
    present = {v.a for v in kept}
    rest = {b: m for b, m in replaced.items() if b not in present}
    _put(live, name, tuple(kept))
    _put(past, name, rest)


def _put(table: dict[str, _Content], name: str, content: _Content) -> None:
    if content:
        table[name] = content
    else:
        table.pop(name, None)


def winner(name: str, versions: Sequence[Version]) -> Version:
    """Return the version of field ``name`` that is shown: greatest (stamp, a, n), but an absorbing value before any."""
    if len(versions) == 1:
        return versions[0]
    return max(versions, key=lambda v: (name == "state" and v.value == ABSORBING, v.e, v.a, v.n))


def view(record: Record) -> dict[str, Value]:
    """Return what a person sees: per field the value of the live version that is shown."""
    return {
        name: versions[0].value if len(versions) == 1 else winner(name, versions).value
        for name, versions in record.live.items()
    }


def conflicts(record: Record) -> dict[str, tuple[Version, ...]]:
    """Return per field the live versions, where there is more than one value."""
    return {
        name: versions
        for name, versions in record.live.items()
        if any(not same_value(v.value, versions[0].value) for v in versions[1:])
    }


def fold(record: Record | None, waiting: Sequence[Edit], *, by: str) -> Record | None:
    """Return the server's record with a device's own waiting edits folded over it, each stamped with its own ``h``."""
    if record is not None and waiting:
        # The server's author stands: it has seen edits that this device has not.
        record = Record(
            record.kind, record.id, record.event, record.author, NEVER_EARLIER, record.live, record.past, record.erased
        )
    for edit in waiting:
        record = apply(record, edit, by=by, e=edit.h)
    return record


def see(shown: Sequence[Version], name: str, waiting: Iterable[Edit], own: Iterable[str] = ()) -> list[Dot]:
    """Return what a new edit of field ``name`` writes in ``over``, sorted, one dot per author.

    ``shown`` are the versions on the author's screen: in a form the one shown, at the desk's conflict
    view all. For every waiting edit of the field that they name or that is one's own (author in
    ``own``), that edit's ``over`` too, and so on: or a refused edit in between would leave the
    old value alive.
    """
    edits = {(w.a, w.n): w for w in waiting if name in w.set}
    own_authors = set(own)
    seen: dict[str, int] = {}
    todo = [(v.a, v.n) for v in shown] + [dot for dot in edits if dot[0] in own_authors]
    done: set[tuple[str, int]] = set()
    while todo:
        dot = todo.pop()
        if dot in done:
            continue
        done.add(dot)
        seen[dot[0]] = max(seen.get(dot[0], 0), dot[1])
        # A dot stands for all earlier versions of the field by that author.
        for (a, n), edit in edits.items():
            if a == dot[0] and n <= dot[1]:
                todo.append((a, n))
                todo.extend(map(parse_dot, edit.over.get(name, ())))
    return [dot_of(a, n) for a, n in sorted(seen.items())]
