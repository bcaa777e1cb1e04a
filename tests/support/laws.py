"""What must hold in every simulated world: after a write, after a reply, and when everything has come to rest.

No second implementation is asked: a tablet that went through all that must show what a fresh one of the same member
shows; every edit that was kept must be in the server's history; every record must be the fold of its history; and every
record must be in the streams that its audience says when everything there is stands around it.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from server.exchange.check import differences
from server.exchange.load import read_row
from server.exchange.settle import Loaded
from server.store import records as sql
from server.store.history import Past, history_of
from sync.access import audience
from sync.apply import apply
from sync.digest import record_digest
from sync.edits import Record
from sync.wire import decode_edit

if TYPE_CHECKING:
    from tests.support.scene import Scene


class Broken(AssertionError):
    """A law does not hold."""


class Failed(Broken):
    """The server broke at a call: a fault of ours in any world, and no proof of what a rule is good for."""


Answer = Mapping[str, Any]


def after_write(world: "Scene", name: str, tab: int, edit: Answer) -> None:
    """Who writes sees what they wrote: it comes after everything that was on the screen. A withdrawal stands above it."""
    fields = world.tablets("live", name, tab=tab, id=edit["id"])["fields"]
    if any(is_hidden for *_, is_hidden in world.tablets("dump", name, tab=tab)["outbox"]):
        return
    for field in edit["set"]:
        first = fields.get(field, [["", None]])[0]
        if first[0] != dot_of(edit) and first[1] != "withdrawn":
            raise Broken(f"{name} does not see what it wrote: {edit['id']} {field} {dot_of(edit)}, but {first}")


def after_answers(world: "Scene", name: str, edits: list[Answer], acks: list[tuple[str, ...]]) -> None:
    """An edit that comes again gets its first answer; a move that was legal from what its author saw is no offence."""
    for edit, ack in zip(edits, acks, strict=True):
        dot = dot_of(edit)
        if ack == ("parked", "clone"):
            raise Broken(f"{name} uses the number of {dot} twice")
        if ack[0] in ("refused", "erased"):  # no answers that are kept
            continue
        if (first := world.answered.get(dot)) is not None:
            if ack != (("repeat",) if first == ("ok",) else first):
                raise Broken(f"{name}: {dot} was answered {first}, and again {ack}")
            continue
        world.answered[dot] = ("ok",) if ack == ("repeat",) else ack
        if ack == ("parked", "not_possible") and dot in world.honest and world.holds(edit["over"].get("state", [])):
            raise Broken(f"{name}: an honest move is parked: {edit}")


def after_reply(world: "Scene", name: str, tab: int, outcome: Answer) -> None:
    """Nothing typed vanishes; nothing erased stays; digests always agree."""
    if outcome["kind"] != "stored":
        return
    if outcome["repaired"] or outcome["differing"]:
        raise Broken(f"{name}: a digest differs, {outcome}")
    if absent := world.tablets("absent", name, tab=tab)["dots"]:
        raise Broken(f"{name}: kept, and not on the screen: {absent}")
    if outcome["erased"]:
        there = world.tablets("shown", name, tab=tab)["records"]
        left = [id for id in outcome["erased"] if id in there and there[id]["author"]]
        if left:
            raise Broken(f"{name}: erased, and still there: {left}")


def nothing_is_served_that_is_not_theirs(world: "Scene", name: str, reply: Answer) -> None:
    """Nobody is sent what was erased once, a revoked tablet nothing, whatever copy the database was restored from."""
    if name in world.revoked and reply["streams"]:
        raise Broken(f"{name} was revoked, and is sent {list(reply['streams'])}")
    for stream, page in reply["streams"].items():
        for record in page.get("records", ()):
            if record["kind"] == "contact" and not re.search("/(member|service):", stream):
                raise Broken(f"{name} is sent contact data by {stream}")
            if record["id"] in world.erased and not record.get("erased"):
                raise Broken(f"{name} is sent {record['id']}, which was erased")


def at_rest(world: "Scene") -> None:
    """Everything that must hold after healing."""
    _tablets_show_what_a_fresh_one_shows(world)
    _nothing_kept_is_missing(world)
    _nothing_erased_stays_on_a_tablet(world)
    _who_saw_a_value_has_beaten_it(world)
    _a_withdrawal_is_shown(world)
    _records_are_their_history(world)
    if lines := world.world.run(differences(world.world.server.store)):
        raise Broken(f"the server does not agree with itself: {lines}")


def _tablets_show_what_a_fresh_one_shows(world: "Scene") -> None:
    for name in list(world.devices):
        dump = world.tablets("dump", name)
        world.refused |= {dot for dot, *_ in dump["refused"]}
        if waiting := [row for row in dump["outbox"] if row[1] == ""]:
            raise Broken(f"{name} still waits: {waiting}")
        old, new = world.tablets("shown", name)["records"], world.fresh(name)
        for id in sorted({*old, *new}):
            if old.get(id) != new.get(id):
                raise Broken(f"{name} shows of {id}: {old.get(id)}\n  a fresh tablet: {new.get(id)}")


def _nothing_kept_is_missing(world: "Scene") -> None:
    arrived, erased = world.history(), world.erased_now()
    for dot, (name, edit) in world.kept.items():
        if dot in world.refused or dot in arrived or edit["id"] in erased or _names(edit, erased):
            continue
        raise Broken(f"{name} kept {dot}, and nobody has it: {edit}")


def _nothing_erased_stays_on_a_tablet(world: "Scene") -> None:
    """No words about an erased record lie in an outbox or among what was kept, not even with somebody who lost the event."""
    erased = world.erased_now()
    for name in world.devices:
        dump = world.tablets("dump", name)
        dots = [row[0] for store in ("outbox", "kept") for row in dump[store]]
        if left := [dot for dot in dots if dot in world.kept and world.kept[dot][1]["id"] in erased]:
            raise Broken(f"{name} still holds {left} about what was erased")


def _who_saw_a_value_has_beaten_it(world: "Scene") -> None:
    """No version is live that the author of another live version had seen and replaced."""
    for id, fields in _at_the_desk(world):
        for field, versions in fields.items():
            dots = {dot for dot, _ in versions}
            for dot in dots:
                if both := world.saw.get((dot, field), set()) & dots:
                    raise Broken(f"{id} {field}: {dot} had seen {both}, and they live")


def _a_withdrawal_is_shown(world: "Scene") -> None:
    """What a person took back is taken back, though somebody moved it on at the same time."""
    for id, fields in _at_the_desk(world):
        states = [value for _, value in fields.get("state", ())]
        if "withdrawn" in states and states[0] != "withdrawn":
            raise Broken(f"{id} was withdrawn and is shown as {states[0]}")


def _at_the_desk(world: "Scene") -> list[tuple[str, dict[str, list[list[Any]]]]]:
    if "griet" not in world.devices:
        return []
    kinds = ("issue", "visit", "referral", "follow_up", "consent", "tally")
    ids = [id for kind in kinds for id in world.changes.ids.get(kind, ())]
    return [(id, world.tablets("live", "griet", id=id)["fields"]) for id in ids]


def _records_are_their_history(world: "Scene") -> None:
    """Every record is the fold of its applied edits, in the streams of its audience, with its digest."""
    loaded, streams, digests, history = world.world.run(_everything(world))
    for record in loaded.records.values():
        if not record.erased and record.id in history:
            folded: Record | None = None
            for past in sorted(history[record.id], key=lambda one: (one.a, one.n)):
                folded = apply(folded, decode_edit(past.body), by=past.member, e=past.e)
            if folded is None or _content(folded) != _content(record):
                raise Broken(f"{record.id} is not what its history says:\n{record}\n{folded}")
        shown = loaded.get(record.id)
        assert shown is not None
        if streams[record.id] != audience(shown, loaded):
            raise Broken(f"{record.id} is in {set(streams[record.id])}, its audience is {set(audience(shown, loaded))}")
        if digests[record.id] != record_digest(record):
            raise Broken(f"{record.id}: its digest is another one")


async def _everything(
    world: "Scene",
) -> tuple[Loaded, dict[str, frozenset[str]], dict[str, int], dict[str, list[Past]]]:
    loaded, organisation, history = Loaded(), world.world.organisation, dict[str, list[Past]]()
    async with world.world.server.store.reading() as tx:
        for row in await sql.all_records(tx, organisation):
            loaded.put(read_row(row, loaded))
        for past in await history_of(tx, organisation, list(loaded.records)):
            if past.is_applied and past.body:
                history.setdefault(past.record, []).append(past)
    return loaded, loaded.streams, loaded.digests, history


def _content(record: Record) -> tuple[object, ...]:
    """Return what a record holds, in whatever order its versions came."""
    live = {name: frozenset((v.a, v.n, v.by, v.e, str(v.value)) for v in vs) for name, vs in record.live.items()}
    return record.kind, record.event, record.author, record.born, live, record.past


def dot_of(edit: Answer) -> str:
    """Return the name of an edit."""
    return f"{edit['a']}:{edit['n']}"


def _names(edit: Answer, ids: set[str]) -> bool:
    return any(isinstance(value, str) and value in ids for value in edit["set"].values())
