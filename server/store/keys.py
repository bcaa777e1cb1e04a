"""What lies in the database is sealed: private fields, and the bodies of edits, each under the key of its card.

    master key (keyfile.py) ──wraps──→ key of a card, or of what hangs on none ──seals──→ record.private, edit.body, clone.body

``root_of`` says under whose key something lies. Erasing a card destroys its key: what an old copy of the database or a
backup still holds of it can be opened no more once the master key was renewed. AES-256-GCM, a random 96-bit nonce, and
table, organisation and name as associated data: no sealed value can be put in another's place.
"""

import os
from collections.abc import Iterable, Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.store.held import HeldPages
from server.store.keyfile import KeyFile, NoKey

NONCE = 12
CARDS_MAX = 20_000  # keys held in memory; the oldest go first, and are read again
AT_ONCE = 1000  # how many rows are opened after their keys were read: far fewer than are held
OPENED = 8192  # opened values held: fifty devices that read the same day open it once


def root_of(id: str, *views: Mapping[str, object]) -> str:
    """Return under whose key a record lies: its card's, else its talk's, else its own; ``views`` newest first."""
    for name in ("card", "visit"):
        for view in views:
            if isinstance(found := view.get(name), str):
                return found
    return id


class Keys:
    """The keys of one server: master keys from the key file, and those of cards as they are met."""

    def __init__(self) -> None:
        self._cards: dict[tuple[str, str], AESGCM] = {}
        self._wrapped: dict[tuple[str, str], bytes] = {}  # as each was read: what differs is another key
        self._masters: dict[str, AESGCM] = {}
        self.pages = HeldPages()  # what was opened with them
        self.current = ""  # the master key that wraps what is new

    def use(self, file: KeyFile) -> None:
        """Take a key file; nothing can be sealed or opened before."""
        self._masters = {id: AESGCM(file.key(id)) for id in file.keys}
        self.current = file.current

    def missing(self, organisation: str, roots: Iterable[str]) -> set[str]:
        """Return the roots whose keys are not in memory; those that are stay there longest."""
        return {root for root in roots if root and not self._holds((organisation, root))}

    def _holds(self, place: tuple[str, str]) -> bool:
        key = self._cards.pop(place, None)
        if key is None:
            return False
        self._cards[place] = key  # last again: what is asked for now must not go for what is read with it
        return True

    def wrap(self, organisation: str, root: str, key: bytes) -> bytes:
        """Return a card's key as it is stored, under the current master key."""
        nonce = os.urandom(NONCE)
        return nonce + self._masters[self.current].encrypt(nonce, key, f"card_key|{organisation}|{root}".encode())

    def unwrap(self, organisation: str, root: str, master: str, wrapped: bytes) -> bytes:
        """Return a card's key. Raises ``NoKey``."""
        if master not in self._masters:
            raise NoKey(f"the key file has no key {master!r}: it is not the one this database was written with")
        try:
            aad = f"card_key|{organisation}|{root}".encode()
            return self._masters[master].decrypt(wrapped[:NONCE], wrapped[NONCE:], aad)
        except InvalidTag:
            raise NoKey("the key file does not open this database") from None

    def take(self, organisation: str, root: str, master: str, wrapped: bytes) -> None:
        """Keep a card's key in memory, as the database has it. Raises ``NoKey``."""
        place = organisation, root
        if self._wrapped.get(place) == wrapped and self._holds(place):
            return
        if len(self._cards) >= CARDS_MAX:
            oldest = next(iter(self._cards))
            del self._cards[oldest], self._wrapped[oldest]
        self._cards[place] = AESGCM(self.unwrap(organisation, root, master, wrapped))
        self._wrapped[place] = wrapped

    def forget(self, organisation: str, roots: Iterable[str]) -> None:
        """Drop keys that were destroyed."""
        for root in roots:
            self._cards.pop((organisation, root), None)
            self._wrapped.pop((organisation, root), None)
        _opened.cache_clear()
        self.pages.clear()

    def clear(self) -> None:
        """Drop all keys; they are read again when they are needed."""
        self._cards.clear()
        self._wrapped.clear()

    def seal(self, table: str, organisation: str, root: str, name: str, content: bytes) -> bytes:
        """Return a value as it is stored; the root's key is in memory."""
        nonce = os.urandom(NONCE)
        return nonce + self._cards[organisation, root].encrypt(nonce, content, _place(table, organisation, name))

    def open(self, table: str, organisation: str, root: str, name: str, stored: bytes) -> bytes:
        """Return a stored value; '' as root: it is in clear. Raises ``NoKey`` where it is not what was put there."""
        if not root:
            return stored
        if (organisation, root) not in self._cards:
            raise NoKey(f"the key of {root} is not there")
        return _opened(self._cards[organisation, root], _place(table, organisation, name), stored)


def _place(table: str, organisation: str, name: str) -> bytes:
    return f"{table}|{organisation}|{name}".encode()


@lru_cache(OPENED)
def _opened(key: AESGCM, place: bytes, stored: bytes) -> bytes:
    try:
        return key.decrypt(stored[:NONCE], stored[NONCE:], place)
    except InvalidTag:
        raise NoKey(f"a sealed value is not the one that was put at {place.decode()}") from None
