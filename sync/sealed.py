"""Sealed edits: what a tablet sends of an edit that only the server may read (docs/protocol.md, Sealed edits).

    Edit ──signed by its member, sealed to the server's transport key──→ SealedEdit ──opened──→ Letter ──decoded──→ Edit

The clear names say which edit it is, so that it can be answered, carried by anybody and erased without being opened;
they are bound to the box (``bound``). Only what travels stands here: keys and ciphers are the device's and the server's.

Vectors: sync/vectors/wire.json.  Twin: pwa/src/sync/sealed.ts.
"""

import json

import msgspec
from msgspec import Struct

INFO = "onthaal/edit/v1"
# Any edit of 32 KiB fits: in the letter each of its quotes is escaped once more (at most doubled), base64 adds a third.
BOX_CHARS_MAX = 88 * 1024


class SealedEdit(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One sealed edit as it travels. ``key`` is the transport key it was sealed to; ``box`` is base64url without padding."""

    a: str
    n: int
    id: str
    key: str
    box: str
    event: str = ""


class Letter(Struct, frozen=True, forbid_unknown_fields=True):
    """What is in a box: the edit's JSON text, its member, and the member's signature over ``signed(edit)``."""

    edit: str
    member: str
    sig: str


class TransportKey(Struct, frozen=True):
    """The server's public key of now: X25519, base64url."""

    id: str
    public: str


_letter = msgspec.json.Decoder(Letter)


def bound(sealed: SealedEdit) -> bytes:
    """Return the additional data of a box: its clear names, as JSON without spaces."""
    return json.dumps([sealed.a, sealed.n, sealed.event, sealed.id, sealed.key], separators=(",", ":")).encode()


def signed(edit: str) -> bytes:
    """Return what a member signs of an edit's JSON text."""
    return f"{INFO}\n{edit}".encode()


def decode_letter(raw: bytes) -> Letter | None:
    """Return what was in a box, or None where it is no letter."""
    try:
        return _letter.decode(raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None
