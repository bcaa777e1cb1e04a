"""Seals edits as a tablet's vault does, in Python; and the tablet's own code doing it, over stdio."""

import json
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.keys import SUITE, as_bytes, as_text
from sync.edits import Edit
from sync.sealed import INFO, SealedEdit, TransportKey, bound, signed
from sync.wire import encode_edit

ROOT = Path(__file__).resolve().parents[2]


def encode(sealed: SealedEdit) -> bytes:
    """Return a sealed edit as it travels."""
    return msgspec.json.encode(sealed)


@dataclass(frozen=True)
class Vault:
    """A member's key on one device, and the transport key that was told to it."""

    member: str
    transport: TransportKey
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

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

    def sign(self, text: str) -> str:
        r, s = decode_dss_signature(self.key.sign(signed(text), ec.ECDSA(SHA256())))
        return as_text(r.to_bytes(32) + s.to_bytes(32))

    def seals(self, edit: Edit, /, **letter: str) -> SealedEdit:
        """Return an edit sealed; ``letter`` replaces what an honest letter would hold."""
        text = encode_edit(edit).decode()
        content = {"edit": text, "member": self.member, "sig": self.sign(letter.get("edit", text)), **letter}
        return self.closes(edit, json.dumps(content).encode())

    def closes(self, names: Edit, plain: bytes) -> SealedEdit:
        """Return any bytes in a box under the names of an edit."""
        sealed = SealedEdit(names.a, names.n, names.id, self.transport.id, "", names.event)
        public = X25519PublicKey.from_public_bytes(as_bytes(self.transport.public) or b"")
        box = openssl.hpke._encrypt_with_aad(SUITE, plain, public, INFO.encode(), bound(sealed))
        return msgspec.structs.replace(sealed, box=as_text(box))


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
