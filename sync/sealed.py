"""Sealed edits: what a tablet sends of an edit that only the server may read (docs/protocol.md, Sealed edits).

    Edit ──in a letter of a session that its member signed, sealed to the server──→ SealedEdit ──opened──→ Letter ──→ Edit

The clear names say which edit it is, so that it can be answered, carried by anybody and erased without being opened;
they are bound to the box (``bound``). Only what travels stands here: keys and ciphers are the device's and the server's.

Vectors: sync/vectors/wire.json.  Twin: pwa/src/sync/sealed.ts.
"""

import msgspec
from msgspec import Struct

INFO = "onthaal/edit/v1"  # of a box of before sessions: HPKE's own ciphertext, and an edit that is signed by itself
SESSION = "onthaal/session/v1"
# Any edit of 32 KiB fits: in the letter each of its quotes is escaped once more (at most doubled), base64 adds a third.
BOX_CHARS_MAX = 88 * 1024


class SealedEdit(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One sealed edit as it travels. ``key`` is the transport key it was sealed to.

    ``box`` is base64url without padding: the session's ``enc``, a dot, and what the session's key sealed; of before
    sessions one piece, HPKE's own.
    """

    a: str
    n: int
    id: str
    key: str
    box: str
    event: str = ""


class Letter(Struct, frozen=True, forbid_unknown_fields=True):
    """What is in a box: the edit's JSON text, its member, and the member's signature.

    It signs the session (``signed_session``); in a box of before sessions the edit (``signed``).
    """

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
    return msgspec.json.encode([sealed.a, sealed.n, sealed.event, sealed.id, sealed.key])


def signed(edit: str) -> bytes:
    """Return what a member signs of an edit's JSON text."""
    return f"{INFO}\n{edit}".encode()


def parts(box: str) -> tuple[str, str]:
    """Return a box's ``enc`` and what the session's key sealed, both base64url; the first empty in a box of before sessions."""
    enc, _, content = box.rpartition(".")
    return enc, content


def signed_session(key: str, enc: str) -> bytes:
    """Return what a member signs of a session: to which transport key it was opened, and how."""
    return f"{SESSION}\n{key}\n{enc}".encode()


def decode_letter(raw: bytes) -> Letter | None:
    """Return what was in a box, or None where it is no letter."""
    try:
        return _letter.decode(raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None
