"""Opens sealed edits (station 5): box → letter → signature → an edit of the member who signed it.

    SealedEdit ─transport key─→ Letter ─a key of its member─→ Opened(edit's text, author) ─┬─→ settled like any other
                                                                                          └─→ Unopened(why): kept whole

Pure CPU: in a thread, so that others are served meanwhile, and before any transaction. The author comes from the
signature alone, of the box's session; the token only says who carries.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from msgspec import Struct

from server.exchange.settle import Caller
from server.keys import TransportKeys, is_of, open_box
from server.store import sealed as sql
from server.store.engine import Store
from server.store.sealed import MemberKey
from sync import wire
from sync.edits import Edit
from sync.errors import BadEdit, RefusedCode
from sync.sealed import Letter, SealedEdit, decode_letter

NO_KEY, NOT_OPENED, OTHER_NAMES, NOT_SIGNED = "no_key", "not_opened", "other_names", "not_signed"
NO_EDIT = Edit("", 0, "", "", "", {})
_Keys: TypeAlias = Mapping[
    str, Sequence[tuple[bytes, Caller]]
]  # by member: their public keys, and whom each makes the author


class Unopened(Struct, frozen=True):
    """A box that stays closed: its transport key is not here, it was tampered with, or nobody known signed it."""

    why: str


class Opened(Struct, frozen=True):
    """An edit with its author, who signed it; ``fault`` says why what was signed is no edit."""

    edit: Edit
    author: Caller
    fault: RefusedCode | None = None


async def open_all(
    boxes: Sequence[SealedEdit], *, carrier: Caller, keys: TransportKeys, store: Store
) -> list[Opened | Unopened]:
    """Return what is in every box, in their order. What a revoked carrier brings is of revoked authors."""
    private = keys.of(box.key for box in boxes)
    letters = await asyncio.to_thread(lambda: [_letter(box, private) for box in boxes])
    members = {letter.member for letter in letters if isinstance(letter, Letter)}
    async with store.reading() as tx:
        known = await sql.member_keys(tx, carrier.organisation, sorted(members)) if members else []
    return await asyncio.to_thread(_verify_all, boxes, letters, known, carrier)


def _letter(sealed: SealedEdit, private: Mapping[str, X25519PrivateKey]) -> Letter | Unopened:
    key = private.get(sealed.key)
    if key is None:
        return Unopened(NO_KEY)
    raw = open_box(sealed, key)
    letter = decode_letter(raw) if raw is not None else None
    # U+0000 in what becomes a question to the database is no member.
    return letter if letter is not None and "\0" not in letter.member else Unopened(NOT_OPENED)


def _verify_all(
    boxes: Sequence[SealedEdit], letters: Sequence[Letter | Unopened], known: Sequence[MemberKey], carrier: Caller
) -> list[Opened | Unopened]:
    keys: dict[str, list[tuple[bytes, Caller]]] = {}
    for one in known:
        is_revoked = one.revoked or carrier.revoked
        author = Caller(carrier.organisation, one.member, one.device, one.role, one.service, is_revoked)
        keys.setdefault(one.member, []).append((one.public, author))
    return [
        letter if isinstance(letter, Unopened) else _opened(box, letter, keys)
        for box, letter in zip(boxes, letters, strict=True)
    ]


def _opened(sealed: SealedEdit, letter: Letter, keys: _Keys) -> Opened | Unopened:
    author = next((author for public, author in keys.get(letter.member, ()) if is_of(public, letter, sealed)), None)
    if author is None:
        return Unopened(NOT_SIGNED)
    try:
        edit = wire.decode_edit(letter.edit.encode())
    except BadEdit as error:
        return Opened(NO_EDIT, author, error.code)
    if (edit.a, edit.n, edit.event, edit.id) != (sealed.a, sealed.n, sealed.event, sealed.id):
        return Unopened(OTHER_NAMES)
    return Opened(edit, author)
