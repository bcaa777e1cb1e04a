"""The rules marked ◆ in docs/protocol.md, each with a way to switch it off, and what the worlds look like that need it.

A rule of the tablet has a switch in pwa/src/device/rules.ts, or a bug is planted in a copy of the tablet's code; a rule of
the server is taken out of the running server.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

import pytest

from server import outside
from server.errors import Refusal
from server.exchange import commit, exchange, routes, settle
from server.store import history, records
from server.store.engine import Tx
from sync import access
from sync.edits import Edit
from sync.kinds import KINDS
from tests.support.scene import DEVICES

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Switch:
    """A rule that is off: on the tablets (``rules``), in their code (``bug``: file, old, new), or on the server."""

    rules: Mapping[str, bool] = field(default_factory=dict)
    marked: str = ""  # the words before its ◆; of a rule that has none of its own, nothing
    bug: tuple[str, str, str] | None = None
    server: Callable[[Patch], None] | None = None
    # Worlds that need the rule: how often what happens there, and who takes part.
    weights: Mapping[str, float] = field(default_factory=dict)
    who: tuple[str, ...] = tuple(DEVICES)

    def off(self) -> AbstractContextManager[None]:
        """Switch the server's part off for a while."""
        return _patched(self.server) if self.server else nullcontext()


@contextmanager
def _patched(take_out: Callable[[Patch], None]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        take_out(patch)
        yield


def _epochs_are_alike(patch: Patch) -> None:
    """Whoever has a cursor goes on from it, whatever numbering it is of."""
    read = exchange.read_pages

    async def read_on(*args: object, limit: int, reset: bool) -> object:
        return await read(*args, limit=limit, reset=False)

    patch.setattr(exchange, "read_pages", read_on)


def _ahead_goes_on(patch: Patch) -> None:
    """Whoever read further than a stream has come is told that there is nothing more."""
    read = exchange.read_pages

    async def read_on(
        tx: Tx, caller: settle.Caller, cursors: Mapping[str, int], *, limit: int, reset: bool
    ) -> tuple[list[bytes], list[str]]:
        rows = await records.streams(tx, caller.organisation, list(cursors))
        held_back = {name: min(at, rows[name][1]) if name in rows else at for name, at in cursors.items()}
        return await read(tx, caller, held_back, limit=limit, reset=reset)

    patch.setattr(exchange, "read_pages", read_on)


def _judged_anew(patch: Patch) -> None:
    """An edit that comes again is judged as if it were new; its line in the history stays as it is."""
    load, write = commit.load, history.write_history

    async def forget_answers(*args: object) -> settle.Loaded:
        loaded = await load(*args)
        loaded.answered.clear()
        return loaded

    async def write_new(tx: Tx, organisation: str, rows: Iterable[history.Past]) -> None:
        there = {(a, n) for a, n in await tx.fetch("SELECT a, n FROM edit WHERE organisation = ?", organisation)}
        await write(tx, organisation, [past for past in rows if (past.a, past.n) not in there])

    patch.setattr(commit, "load", forget_answers)
    patch.setattr(history, "write_history", write_new)


def _moves_from_now(patch: Patch) -> None:
    """A move is judged against the state as it is now, not as its author saw it."""
    judge = access.judge_known

    def judge_now(
        actor: access.Actor, before: access.Known | None, edit: Edit, after: access.Known, **more: object
    ) -> access.Verdict:
        verdict = judge(actor, before, edit, after, **more)
        now = before.view.get("state") if before else None
        moves = KINDS[edit.kind].next.get(now, ()) if isinstance(now, str) else None
        is_move = "state" in edit.set and moves is not None and KINDS[edit.kind].first
        return "not_possible" if verdict is None and is_move and edit.set["state"] not in (now, *moves) else verdict

    patch.setattr(settle, "judge_known", judge_now)


def _erased_not_told_to_all(patch: Patch) -> None:
    """Only the streams that had a record hear that it is erased."""
    leave = commit._Entries.leave
    patch.setattr(commit._Entries, "leave", lambda self, id, streams, why: leave(self, id, set(streams) - {"org"}, why))


def _its_record_lives_on(patch: Patch) -> None:
    """An edit that names an erased card is dropped, and the record it belongs to is left alone."""
    decide = settle.settle

    def forget_records(*args: object, **more: object) -> settle.Settled:
        settled = decide(*args, **more)
        settled.erase_records.clear()
        return settled

    patch.setattr(commit, "settle", forget_records)


def _nothing_outside(patch: Patch) -> None:
    """Nothing is written down outside the database of what was erased."""
    patch.setattr(outside.Outside, "note", lambda self, what, organisation, ids: None)


def _revoked_is_deaf(patch: Patch) -> None:
    """A revoked device is shut out at once, whatever it holds."""
    caller_of = routes.caller_of

    def refuse(user: object) -> settle.Caller:
        caller = caller_of(user)
        if caller.revoked:
            raise Refusal("revoked")
        return caller

    patch.setattr(routes, "caller_of", refuse)


_PUT_BACK = {"image": 6.0, "put_back_soon": 12.0, "call": 60.0, "erase": 0.0, "revoke": 0.0}
_RESTORED = {"back_up": 6.0, "restore": 4.0, "snapshot": 8.0, "crash": 10.0}
_ERASED = {"erase": 5.0, "change_team": 8.0}
_MOVED = {"move": 40.0, "write": 30.0, "erase": 0.0}

SWITCHES: dict[str, Switch] = {
    "a new author at every start": Switch(
        {"freshAuthor": False}, weights={"snapshot": 10, "crash": 16}, marked="new at every start of the app"
    ),
    "over names what the named waiting edits named": Switch(
        {"overClosure": False}, marked="that\nedit's `over[f]` too, and so on"
    ),
    "withdrawn is shown before any stamp": Switch(
        bug=("sync/apply.ts", "  if (absorbs !== ", "  if (false && absorbs !== "),
        weights=_MOVED,
        marked="is shown before any stamp",
    ),
    "a record goes when no stream is left": Switch(
        {"membership": False},
        weights={"move": 30, "erase": 0},
        who=("sofie", "griet"),
        marked="the record is dropped when none is left",
    ),
    "a restored server is read from 0": Switch(
        server=_epochs_are_alike, weights=_RESTORED, marked="its cursor is ahead of the counter"
    ),
    "what was read further is read from 0": Switch(
        server=_ahead_goes_on, weights=_PUT_BACK, marked="its cursor is ahead of the counter"
    ),
    "older rounds go": Switch(
        {"rounds": False}, weights={**_RESTORED, **_ERASED}, marked="entries of\nolder rounds go"
    ),
    "an edit that comes again gets its first answer": Switch(
        server=_judged_anew, weights={"change_team": 12}, marked="An edit that comes again gets its **first** answer"
    ),
    "answered edits are folded until a complete reply": Switch(
        {"foldUntilComplete": False}, marked="go on being folded until a complete reply is stored"
    ),
    "late replies are thrown away": Switch(
        {"lateReplies": False}, weights={"deliver_late": 20}, marked="else it is thrown away whole"
    ),
    "moves are judged against what their author saw": Switch(
        server=_moves_from_now, weights=_MOVED, marked="never against the present state"
    ),
    "later than what is on the screen": Switch(
        {"shownStamp": False},
        weights={"write": 70, "crash": 16, "snapshot": 0, "set_clock": 8, "erase": 0},
        marked="later than every version of the record on the screen (this does not move `last`)",
    ),
    "a new epoch makes kept edits wait again": Switch(
        {"offerAgain": False}, weights=_RESTORED, marked="becomes waiting again, before the others"
    ),
    "erased is told to everybody": Switch(
        server=_erased_not_told_to_all,
        weights=_ERASED,
        marked="goes into every stream that had the record **and into `org`**",
    ),
    "erased is forgotten at once": Switch({"eraseAtOnce": False}, weights=_ERASED),
    "what names an erased card is erased with it": Switch(
        server=_its_record_lives_on, weights=_ERASED, marked="**and the record it belongs to is erased**"
    ),
    "erasures are noted outside the database": Switch(
        server=_nothing_outside, weights={**_RESTORED, **_ERASED}, marked="run again before a restored server opens"
    ),
    "a revoked device is still read": Switch(
        server=_revoked_is_deaf, weights={"revoke": 6}, marked="A revoked device's calls are still read"
    ),
}
