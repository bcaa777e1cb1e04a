"""Two acts of the server's that go the road of an edit: the desk takes a parked edit in; a restored copy erases again."""

from collections.abc import Sequence

from server.errors import Refusal
from server.exchange.boxes import Poke
from server.exchange.commit import write
from server.exchange.load import load, load_around
from server.exchange.settle import Loaded, Settled, names_erased, take
from server.exchange.together import Note
from server.store import audit, desk
from server.store import records as sql
from server.store.engine import Store
from server.store.history import Past
from sync.apply import apply
from sync.checks import check_edit
from sync.wire import decode_edit


async def take_parked(
    organisation: str, by: str, past: Past, *, store: Store, poke: Poke, note: Note, now_ms: int
) -> str:
    """Apply a parked edit as it was written, with its own author and stamp; return "ok" or "erased".

    Raises ``Refusal`` where this server does not know what it says, or somebody else dealt with it meanwhile.
    """
    edit = decode_edit(past.body)
    if check_edit(edit):
        # Of a field that is not in the list nobody knows whether it is private, and how it must lie.
        raise Refusal("not_yet_known")
    async with store.writing() as tx:
        await sql.lock_scopes(tx, organisation, [edit.event, ""] if edit.event else [""])
        loaded = await load(tx, organisation, edit.event, [edit])
        settled = Settled()
        is_erased = edit.id in loaded.erased or names_erased(edit, loaded, settled)
        if not await desk.settle_parked(tx, organisation, past.a, past.n, taken=not is_erased):
            raise Refusal("not_found")
        if is_erased:
            line = audit.Line(by, "parked_dropped", past.record, "erased")
            await audit.add(tx, organisation, line, now_ms=now_ms)
            return "erased"
        record = loaded.records.get(edit.id)
        take(edit, apply(record, edit, by=past.member, e=past.e), loaded, settled)
        committed = await write(tx, edit.event, loaded, settled, organisation=organisation, now_ms=now_ms)
        if committed.erased:
            note(organisation, committed.erased)
        line = audit.Line(by, "parked_taken", past.record, past.ack.removeprefix("parked "))
        await audit.add(tx, organisation, line, now_ms=now_ms)
        for card in settled.erase_cards:
            await audit.add(tx, organisation, audit.Line(past.member, "erased", card), now_ms=now_ms)
    await poke(organisation, committed.positions)
    return "ok"


async def erase_again(organisation: str, ids: Sequence[str], *, store: Store, now_ms: int) -> None:
    """Erase what a restored copy brought back; nothing happens where nothing came back."""
    async with store.writing() as tx:
        known = await sql.erased_of(tx, organisation, ids)
        back = [id for id in ids if id not in known]
        if not back:
            return
        rows = await sql.records(tx, organisation, back)
        await sql.lock_scopes(tx, organisation, [*sorted({row[2] for row in rows if row[2]}), ""])
        loaded = Loaded()
        settled = Settled(erase_records={row[0] for row in rows})
        loaded.erased |= known
        await load_around(tx, organisation, loaded, back)
        await write(tx, "", loaded, settled, organisation=organisation, now_ms=now_ms)
        await sql.blank(tx, organisation, back, at=now_ms)
