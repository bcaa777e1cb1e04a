"""Everything that can go wrong in the engine, by name.

    SyncError
    ├── BadWire       the bytes are not a sync request at all      → HTTP 400
    │   └── TooLarge  more than one call may hold                  → HTTP 413
    ├── TooOld        a protocol outside what this server speaks   → HTTP 426
    └── BadEdit       one edit cannot be decoded, or breaks a limit → ack ["refused", code]

What is understood but not allowed is no error: `sync.access.judge` returns its code and the edit is parked.
Twin: pwa/src/sync/errors.ts.
"""

from typing import Literal, TypeAlias, get_args

RefusedCode: TypeAlias = Literal["bad_value", "too_long", "unknown_field", "unknown_kind", "wrong_record"]
ParkedCode: TypeAlias = Literal["not_allowed", "not_possible", "revoked", "clone", "unknown_field", "sealed"]

REFUSED_CODES: tuple[str, ...] = get_args(RefusedCode)
PARKED_CODES: tuple[str, ...] = get_args(ParkedCode)


class SyncError(Exception):
    """``code`` goes over the wire and is never renamed."""

    code = "sync"


class BadWire(SyncError):
    """The body is not UTF-8 JSON of a sync request; nothing of it was stored."""

    code = "bad_request"


class TooLarge(BadWire):
    """The body, or its edits together, hold more than a call may; the device halves its batch."""

    code = "too_large"


class TooOld(SyncError):
    """``protocol`` is not between ``protocol_min`` and ``protocol_max``."""

    code = "protocol"

    def __init__(self, *, protocol: int, protocol_min: int, protocol_max: int) -> None:
        super().__init__(f"protocol {protocol} is not spoken here, only {protocol_min} to {protocol_max}")
        self.protocol, self.protocol_min, self.protocol_max = protocol, protocol_min, protocol_max


class BadEdit(SyncError):
    """One edit that cannot be taken; it stays on the tablet under "needs attention"."""

    code: RefusedCode

    def __init__(self, code: RefusedCode, detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code
