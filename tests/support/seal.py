"""Seals edits as a tablet's vault does, in Python; and the tablet's own code doing it, over stdio."""

import json
import os
import subprocess
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey

from server.keys import SUITE, as_bytes, as_text
from sync.edits import Edit
from sync.sealed import INFO, SESSION, SealedEdit, TransportKey, bound, signed, signed_session
from sync.wire import encode_edit

ROOT = Path(__file__).resolve().parents[2]
_HPKE = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)


def encode(sealed: SealedEdit) -> bytes:
    """Return a sealed edit as it travels."""
    return msgspec.json.encode(sealed)


@dataclass(frozen=True)
class Vault:
    """A member's key on one device, and the transport key that was told to it; in one session while it lives.

    ``has_sessions`` is not true of a tablet of before them: each edit has an HPKE of its own, and is signed by itself.
    """

    member: str
    transport: TransportKey
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    has_sessions: bool = True

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def member_key(self) -> str:
        """What is given at enrolment."""
        return as_text(self.public)

    def told(self, transport: TransportKey) -> "Vault":
        """Return the same vault after it heard of another transport key."""
        return replace(self, transport=transport)

    def next_day(self) -> "Vault":
        """Return the same vault in another session."""
        return replace(self)

    @cached_property
    def _session(self) -> tuple[str, AESGCM]:
        key = KEMKey.from_pyca_cryptography_key(self._recipient)
        enc, context = _HPKE.create_sender_context(key, info=SESSION.encode())
        return as_text(enc), AESGCM(context.export(SESSION.encode(), 32))

    @property
    def _recipient(self) -> X25519PublicKey:
        return X25519PublicKey.from_public_bytes(as_bytes(self.transport.public) or b"")

    def sign(self, text: str) -> str:
        """Return the signature of an edit's text: of before sessions."""
        return self._signature(signed(text))

    @cached_property
    def session_signature(self) -> str:
        """The member's signature of the session: made once."""
        return self._signature(signed_session(self.transport.id, self._session[0]))

    def _signature(self, content: bytes) -> str:
        r, s = decode_dss_signature(self.key.sign(content, ec.ECDSA(SHA256())))
        return as_text(r.to_bytes(32) + s.to_bytes(32))

    def seals(self, edit: Edit, /, **letter: str) -> SealedEdit:
        """Return an edit sealed; ``letter`` replaces what an honest letter would hold."""
        text = encode_edit(edit).decode()
        signature = self.session_signature if self.has_sessions else self.sign(letter.get("edit", text))
        content = {"edit": text, "member": self.member, "sig": signature, **letter}
        return self.closes(edit, json.dumps(content).encode())

    def closes(self, names: Edit, plain: bytes) -> SealedEdit:
        """Return any bytes in a box under the names of an edit."""
        sealed = SealedEdit(names.a, names.n, names.id, self.transport.id, "", names.event)
        if not self.has_sessions:
            box = as_text(openssl.hpke._encrypt_with_aad(SUITE, plain, self._recipient, INFO.encode(), bound(sealed)))
        else:
            (enc, key), nonce = self._session, os.urandom(12)
            box = f"{enc}.{as_text(nonce + key.encrypt(nonce, plain, bound(sealed)))}"
        return msgspec.structs.replace(sealed, box=box)


class Sealer:
    """The tablet's own code (pwa/scripts/seal_stdio.ts) in one Node process."""

    def __init__(self) -> None:
        command = [str(ROOT / ".venv" / "bin" / "node"), str(ROOT / "pwa" / "scripts" / "seal_stdio.ts")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    def __call__(self, **asked: object) -> Any:  # noqa: ANN401 -- a line of JSON
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def end(self) -> None:
        self._process.communicate(timeout=10)
