"""A passkey in software, as a browser's answers would carry it; each lie is an argument."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

Json = dict[str, object]
ORIGIN = "http://localhost:8000"
HOST = "localhost"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


class Authenticator:
    """One key pair, made for whoever asks first."""

    def __init__(self, name: str = "key-1") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = sha256(name.encode()).digest()
        self.count = 0
        self.user = b""

    def makes(self, options: Json, *, origin: str = ORIGIN, host: str = HOST, flags: int = PRESENT | VERIFIED) -> Json:
        """Return what the app sends of a new passkey."""
        user = options["user"]
        assert isinstance(user, dict)
        self.user = urlsafe_b64decode(user["id"] + "==")
        data = self._data(host, flags | ATTESTED)
        data += bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose_of(self)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options, origin)
        return {"id": text(self.id), "client_data": text(client), "attestation": text(attestation)}

    def signs(
        self, options: Json, *, origin: str = ORIGIN, host: str = HOST, flags: int = PRESENT | VERIFIED,
        user: bytes | None = None, kind: str = "webauthn.get",
    ) -> Json:  # fmt: skip
        """Return what the app sends of a challenge that was signed."""
        self.count += 1
        data = self._data(host, flags)
        client = self._client(kind, options, origin)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return {"id": text(self.id), "client_data": text(client), "authenticator_data": text(data),
                "signature": text(signature), "user_handle": text(self.user if user is None else user)}  # fmt: skip

    def _data(self, host: str, flags: int) -> bytes:
        return sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: Json, origin: str) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": origin, "crossOrigin": False}
        return json.dumps(said).encode()


def cose_of(passkey: Authenticator) -> bytes:
    """Return a passkey's public key as its maker says it."""
    point = passkey.key.public_key().public_numbers()
    public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
    return cbor2.dumps(public)
