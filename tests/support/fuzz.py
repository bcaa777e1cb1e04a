"""make fuzz: spoilt bytes into every decoder of what comes from outside. `FUZZ_SECONDS` each; `FUZZ_SEED` repeats a run.

A target takes bytes, and returns or raises what it promises; anything else is a find. A find becomes a vector or a test.
"""

import gzip
import io
import os
import sys
import time
from base64 import b64encode, urlsafe_b64decode
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from random import Random, SystemRandom
from typing import Any, ClassVar, cast

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from server.bodies import decode_body
from server.errors import Refusal
from server.exchange.routes import read_body
from server.exchange.sealed_routes import decode_file
from server.keys import as_text, key_id, member_public, open_box
from server.people.enrolment import Enrol
from server.people.passkeys import Asserted, Attested, Invalid, Site, challenge_in, made, signed
from server.reminders.answers import Subscription
from server.reminders.endpoints import Blocked, Services
from server.reminders.rules import Wishes, is_possible, rules_of
from server.reports.routes import Export
from server.store.accounts import Passkey
from server.store.backup import MAGIC, BadBackup, chunks
from server.store.keyfile import KeyFile, NoKey
from sync.checks import check_edit, check_sealed
from sync.edits import Edit
from sync.errors import SyncError
from sync.sealed import SealedEdit, TransportKey, decode_letter, parts
from sync.wire import decode_entry, decode_request
from tests.support.authenticator import HOST, ORIGIN, Authenticator, cose_of
from tests.support.seal import Vault, encode

PRIVATE = X25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = PRIVATE.public_key().public_bytes_raw()
VAULT = Vault("m-amina", TransportKey(key_id(PUBLIC), as_text(PUBLIC)))
EDIT = Edit(
    "AminaTablet",
    1,
    "01a2027f2ef90003",
    "issue",
    "issue-1",
    {"own_words": "“koud” 😀", "barriers/delay": True},
    "event-1",
)
SEALED = VAULT.seals(EDIT)
HEAD = b'{"protocol":1,"kinds":1,"epoch":"k3f9Q1","call":812,"now":1795322414201,"cursors":{"org":118},"edits":['
LETTER = open_box(SEALED, PRIVATE) or b""
ENC, CONTENT = parts(SEALED.box)


def entry(raw: bytes) -> None:
    one = decode_entry(raw)
    code = check_sealed(one) if isinstance(one, SealedEdit) else check_edit(one)
    if code is None and isinstance(one, SealedEdit):
        open_box(one, PRIVATE)


def box(raw: bytes) -> None:
    """A box of before sessions, and each half of one in a session, spoilt."""
    for spoilt in (as_text(raw), f"{ENC}.{as_text(raw)}", f"{as_text(raw)}.{CONTENT}"):
        opened = open_box(msgspec.structs.replace(SEALED, box=spoilt), PRIVATE)
        assert opened is None, "a spoilt box was opened"


SITE = Site(HOST, ORIGIN)
CHALLENGE = "Y2hhbGxlbmdl"
PASSKEY = Authenticator().makes({"challenge": CHALLENGE, "user": {"id": "bS1ncmlldA"}})
KEYS = KeyFile("k-1", {"k-1": b64encode(b"k" * 32).decode()})


def passkey(raw: bytes) -> None:
    """What the browser says lies in base64url, as its server takes it; each part is spoilt in its turn."""
    for part in ("client_data", "attestation"):
        answer = Attested(**(PASSKEY | {part: as_text(raw)}))  # type: ignore[arg-type] -- all of them are texts
        with suppress(Invalid):
            challenge_in(answer.client_data)
        with suppress(Invalid):
            made(answer, site=SITE, challenge=CHALLENGE)


MAKER = Authenticator()
MAKER.user = b"m-griet"
SIGNED = MAKER.signs({"challenge": CHALLENGE})
SIGNED_BY = Passkey("key-1", "o-picol", "m-griet", cose_of(MAKER), 0)
IN_SIGNED = ("client_data", "authenticator_data", "signature", "user_handle")


def sign_in(raw: bytes) -> None:
    """Each part of a signed challenge is spoilt in its turn: none may count as signed but what was."""
    for part in IN_SIGNED:
        answer = Asserted(**(SIGNED | {part: as_text(raw)}))  # type: ignore[arg-type] -- all of them are texts
        with suppress(Invalid):
            challenge_in(answer.client_data)
        if answer == Asserted(**SIGNED):  # type: ignore[arg-type] -- as above
            continue
        with suppress(Invalid):
            signed(answer, SIGNED_BY, site=SITE, challenge=CHALLENGE)
            raise AssertionError(f"a spoilt {part} was taken")


def backup(raw: bytes) -> None:
    for _ in chunks(io.BytesIO(MAGIC + raw), KEYS):
        raise AssertionError("a spoilt backup was opened")


def preferences(raw: bytes) -> None:
    wishes = decode_body(raw, Wishes)
    assert isinstance(wishes, Wishes)
    is_possible(wishes)
    rules_of(wishes)


def subscription(raw: bytes) -> None:
    """What a browser gives to be reached by: an address that is then called must be one of a known push service."""
    found = decode_body(raw, Subscription)
    assert isinstance(found, Subscription)
    with suppress(Blocked):
        assert Services().check(found.endpoint).startswith("https://")


def inflated(raw: bytes) -> None:
    """A compressed body, in two pieces: never more than was allowed comes out."""

    class Sent:
        headers: ClassVar = {"content-type": "application/json", "content-encoding": "gzip"}

        async def stream(self) -> AsyncIterator[bytes]:
            yield raw[: len(raw) // 2]
            yield raw[len(raw) // 2 :]

    try:
        read_body(cast(Any, Sent()), limit=500).send(None)
    except StopIteration as done:
        assert len(done.value) <= 500


# name → (what it does with bytes, honest bytes to begin with)
Target = Callable[[bytes], object]
TARGETS: dict[str, tuple[Target, tuple[bytes, ...]]] = {
    "request": (decode_request, (HEAD + msgspec.json.encode(EDIT) + b"," + encode(SEALED) + b"]}", HEAD + b"]}")),
    "entry": (entry, (msgspec.json.encode(EDIT), encode(SEALED))),
    "box": (box, (os.urandom(len(SEALED.box)), b"")),
    "letter": (decode_letter, (LETTER, b"{}")),
    "file": (decode_file, (b'{"kinds":1,"edits":[' + encode(SEALED) + b"]}",)),
    "passkey": (passkey, tuple(urlsafe_b64decode(str(PASSKEY[part]) + "==") for part in ("client_data", "attestation"))),
    "sign-in": (sign_in, tuple(urlsafe_b64decode(str(SIGNED[part]) + "==") for part in IN_SIGNED)),
    "preferences": (preferences, (b'{"before":["P1D"],"quiet_days":[6],"quiet_from":"21:00","zone":"Europe/Brussels"}',)),
    "enrolment": (lambda raw: decode_body(raw, Enrol), (b'{"code":"abc","label":"Tablet 1","language":"fr","tier":"pin"}',)),
    "export": (
        lambda raw: decode_body(raw, Export),
        (b'{"event":"0199c001-0000-7000-8000-000000000001","format":"xlsx","words":true,"language":"fr"}',),
    ),
    "subscription": (
        subscription,
        (msgspec.json.encode({"endpoint": "https://fcm.googleapis.com/fcm/send/abc", "p256dh": VAULT.member_key,
                              "auth": "A" * 22, "key": VAULT.member_key}),),
    ),
    "gzip": (inflated, (gzip.compress(b'{"edits":[]}', mtime=0), gzip.compress(b" " * 400, mtime=0))),
    "backup": (backup, (b"\x03k-1" + b"s" * 16 + b"\x01\0\0\0\x20" + b"c" * 32,)),
    "member key": (lambda raw: member_public(raw.decode("latin-1")), (VAULT.member_key.encode(),)),
}  # fmt: skip
PROMISED = (SyncError, Refusal, BadBackup, NoKey)
PARTS = (
    b"", b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b"1e400", b"-1", b"1.0", b"9007199254740992",
    b"\xff", b"\0",
    b"\\u0000", b"\\ud800", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b'"box":', b'"set":{}', b"[" * 2000, b"A" * 90_200, b"=",
)  # fmt: skip


def spoil(random: Random, honest: bytes) -> bytes:
    """Return honest bytes with some of them cut out, doubled, or replaced."""
    raw = honest
    for _ in range(random.randint(1, 4)):
        at, until = sorted(random.randrange(len(raw) + 1) for _ in range(2))
        until = min(until, at + random.choice((0, 1, 2, 8, 64)))
        piece = random.choice((random.choice(PARTS), raw[at:until] * 2, random.randbytes(random.randint(1, 8))))
        raw = raw[:at] + piece + raw[until:]
    return raw


def attack(name: str, random: Random, *, count: int = 0, seconds: float = 0) -> int:
    """Return how many inputs a target took, ``count`` or as many as fit in ``seconds``. Raises what it finds."""
    target, honest = TARGETS[name]
    end, done = time.monotonic() + seconds, 0
    while done < count or time.monotonic() < end:
        raw = spoil(random, random.choice(honest))
        try:
            target(raw)
        except PROMISED:
            pass
        except BaseException:
            print(f"{name}: {raw[:2000]!r}", file=sys.stderr)
            raise
        done += 1
    return done


def main() -> int:
    seed = int(os.environ.get("FUZZ_SEED") or SystemRandom().randrange(2**32))
    seconds = float(os.environ.get("FUZZ_SECONDS") or 60)
    print(f"FUZZ_SEED={seed} FUZZ_SECONDS={seconds:g}", flush=True)
    for name in TARGETS:
        print(f"{name:12}{attack(name, Random(seed), seconds=seconds):>10} inputs", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
