"""Transport keys: what tablets seal their edits to, and what opens the boxes here (docs/protocol.md, Sealed edits).

    <state folder>/transport-keys/<id>.json      a file a key, never changed: when it was made, and its private half

The newest is the one that is announced. One that was followed by another opens for 30 days more; then its file is
deleted, and nobody opens anything that was sealed to it. Files, not rows: a stolen database opens no box.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import msgspec
import structlog
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from msgspec import Struct
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey
from pyhpke.exceptions import PyHPKEError

from sync.sealed import INFO, SESSION, Letter, SealedEdit, TransportKey, bound, parts, signed, signed_session

KEPT_MS = 30 * 86_400_000
_ECDSA = ECDSA(SHA256())
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_HPKE = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
# A session lasts a tablet's day: what it costs to open one, and to check who signed it, is kept.
SESSIONS_MAX = 4096
ENC_CHARS, SIGNATURE_CHARS, NONCE_BYTES = 43, 86, 12
log = structlog.get_logger("onthaal")


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    private: str
    made_at: int


def as_text(raw: bytes) -> str:
    """Return bytes as base64url without padding."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def as_bytes(text: str) -> bytes | None:
    """Return the bytes of base64url without padding, or None where it is none."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (BadBase64, ValueError):
        return None


def key_id(public: bytes) -> str:
    """Return the id of a transport key."""
    return as_text(sha256(public).digest())[:11]


def member_public(text: str) -> bytes | None:
    """Return a member's public key as it is stored, or None where a text is no uncompressed point of P-256."""
    public = as_bytes(text)
    if public is None or len(public) != 65:
        return None
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public)
    except ValueError:
        return None
    return public


def is_signed(key: EllipticCurvePublicKey, signature: str, content: bytes) -> bool:
    """Return whether the holder of a member key signed this (ECDSA with SHA-256, as WebCrypto writes it, in base64url)."""
    raw = as_bytes(signature)
    if raw is None or len(raw) != 64:
        return False
    try:
        key.verify(encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:])), content, _ECDSA)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=1024)
def load_member_key(public: bytes) -> EllipticCurvePublicKey:
    """Return a member's public key. Raises ``ValueError`` where it is no point of P-256."""
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public)


def is_of(public: bytes, letter: Letter, sealed: SealedEdit) -> bool:
    """Return whether the holder of a member key wrote a letter: they signed its session, or, before sessions, its edit."""
    enc, _ = parts(sealed.box)
    if not enc:
        return is_signed(load_member_key(public), letter.sig, signed(letter.edit))
    return len(letter.sig) == SIGNATURE_CHARS and _is_session_of(public, letter.sig, sealed.key, enc)


@lru_cache(maxsize=SESSIONS_MAX)
def _is_session_of(public: bytes, signature: str, key: str, enc: str) -> bool:
    return is_signed(load_member_key(public), signature, signed_session(key, enc))


def open_box(sealed: SealedEdit, private: X25519PrivateKey) -> bytes | None:
    """Return what is in a box, or None where it was not sealed to this key, or not under these clear names."""
    enc, content = parts(sealed.box)
    box = as_bytes(content)
    if box is None:
        return None
    try:
        if not enc:
            # The public way of the same library takes no additional data; RFC 9180's vectors watch over this one.
            return openssl.hpke._decrypt_with_aad(SUITE, box, private, INFO.encode(), bound(sealed))
        session = _session(private, enc) if len(enc) == ENC_CHARS else None
        return session.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], bound(sealed)) if session else None
    except (InvalidTag, ValueError):
        return None


@lru_cache(maxsize=SESSIONS_MAX)
def _session(private: X25519PrivateKey, enc: str) -> AESGCM | None:
    """Return what opens the boxes of a session, or None where it was not opened to this key."""
    try:
        context = _HPKE.create_recipient_context(
            as_bytes(enc) or b"", KEMKey.from_pyca_cryptography_key(private), info=SESSION.encode()
        )
        return AESGCM(context.export(SESSION.encode(), 32))
    except (PyHPKEError, ValueError):
        return None


class _Key(Struct, frozen=True):
    id: str
    made_at: int
    private: X25519PrivateKey


class TransportKeys:
    """The keys in a folder. Several processes may share it: what one adds or deletes, the others see at the next call."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = 0
        self._keys: dict[str, _Key] = {}

    def start(self, *, now_ms: int) -> None:
        """Make a key where there is none, and delete what is too old."""
        if not self._read():
            self.rotate(now_ms=now_ms)
        self.sweep(now_ms=now_ms)

    def current(self) -> TransportKey:
        """Return the key to announce. Raises ``LookupError`` before the first ``start``."""
        keys = self._read()
        if not keys:
            raise LookupError("no transport key: was the server started?")
        newest = max(keys.values(), key=lambda key: (key.made_at, key.id))
        return TransportKey(newest.id, as_text(newest.private.public_key().public_bytes_raw()))

    def of(self, ids: Iterable[str]) -> dict[str, X25519PrivateKey]:
        """Return those of these keys that still open, by id."""
        keys, wanted = self._read(), set(ids)
        if not wanted <= keys.keys():
            self._seen = 0  # it may have come in the same moment in which the folder was read
            keys = self._read()
        return {id: keys[id].private for id in wanted & keys.keys()}

    def rotate(self, *, now_ms: int) -> str:
        """Make a key that is announced from now on; return its id."""
        keys = self._read()
        private = X25519PrivateKey.generate()
        id = key_id(private.public_key().public_bytes_raw())
        # Later than all there are, whatever the clock says: it must be the newest.
        made_at = max([now_ms, *(key.made_at + 1 for key in keys.values())])
        self._write(id, _File(as_text(private.private_bytes_raw()), made_at))
        return id

    def sweep(self, *, now_ms: int) -> list[str]:
        """Delete keys that were followed by another more than 30 days ago; return their ids."""
        keys = sorted(self._read().values(), key=lambda key: (key.made_at, key.id))
        old = [key.id for key, next in pairwise(keys) if next.made_at + KEPT_MS < now_ms]
        for id in old:
            self._path(id).unlink(missing_ok=True)
        return old

    def _path(self, id: str) -> Path:
        return self._folder / f"{id}.json"

    def _write(self, id: str, content: _File) -> None:
        """Write a file at once and for good: a key that was announced must not be lost with the power."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._folder / f"{id}.new"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.encode(content))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path(id))
        folder = os.open(self._folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        self._seen = 0

    def _read(self) -> dict[str, _Key]:
        """Return the keys, read again where a file came or went."""
        if not self._folder.exists():
            return {}
        changed = self._folder.stat().st_mtime_ns
        if changed != self._seen:
            found = [self._load(path) for path in self._folder.glob("*.json")]
            self._keys = {key.id: key for key in found if key is not None}
            # A file that is being copied in cannot be read yet: look again.
            self._seen = 0 if None in found else changed
        return self._keys

    def _load(self, path: Path) -> _Key | None:
        try:
            content = msgspec.json.decode(path.read_bytes(), type=_File)
            private = X25519PrivateKey.from_private_bytes(as_bytes(content.private) or b"")
        except (OSError, msgspec.MsgspecError, ValueError):
            log.error("transport_key", file=path.name)
            return None
        return _Key(key_id(private.public_key().public_bytes_raw()), content.made_at, private)
