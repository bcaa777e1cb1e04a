"""Bytes ↔ requests and replies: what docs/protocol.md calls the sync call, and nothing else.

    body ──decode_request──→ SyncRequest ──decode_entry, one by one──→ Edit | SealedEdit | BadEdit
    Record ──pack──→ Packed(coded, private) ──join──→ an entry of a page, without decoding

Strict: an unknown field, "12" for 12, 1.0 for 1, bad UTF-8, a lone surrogate or U+0000 is an error with a
code, never a guess. One faulty edit is that edit's answer; the rest of its call goes on.

Vectors: sync/vectors/wire.json.  Twin: pwa/src/sync/wire.ts.  Schema: sync/wire.schema.json (generated).
"""

import json
import re
from collections.abc import Collection, Iterable
from typing import Annotated, NoReturn, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from sync.edits import NEVER_EARLIER, Edit, Record, Value, Version
from sync.errors import BadEdit, BadWire, TooOld
from sync.sealed import SealedEdit, TransportKey

PROTOCOL = 1
PROTOCOL_MIN = 1
EDIT_BYTES_MAX = 32 * 1024
EDITS_MAX = 500
EDITS_BYTES_MAX = 512 * 1024
PAGE_ENTRIES_MAX = 1000
PAGE_BYTES_MAX = 1024 * 1024
REQUEST_BYTES_MAX = 1024 * 1024  # inflated

_Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**53 - 1)]
_Name: TypeAlias = Annotated[str, Meta(max_length=300)]
Ack: TypeAlias = list[str]


class SyncRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """One call of a device. ``edits`` are still bytes: each is decoded, and answered, on its own."""

    protocol: _Count
    kinds: _Count
    epoch: Annotated[str, Meta(max_length=40)]
    call: _Count
    now: Annotated[int, Meta(ge=-(2**53) + 1, le=2**53 - 1)]
    cursors: dict[_Name, _Count]
    edits: Annotated[list[Raw], Meta(max_length=EDITS_MAX)] = field(default_factory=list)
    limit: _Count = PAGE_ENTRIES_MAX
    waiting: _Count = 0
    app: Annotated[str, Meta(max_length=40)] = ""
    differ: Annotated[list[_Name], Meta(max_length=100)] = field(default_factory=list)
    transport: Annotated[str, Meta(max_length=40)] = ""
    persisted: bool | None = None  # whether the browser promised to keep what lies on the device; None: not known


class Live(Struct, frozen=True, gc=False):
    """The fields for which one edit's version is live."""

    a: str
    n: int
    by: str
    e: str
    set: dict[str, Value]


class WireRecord(Struct, frozen=True, omit_defaults=True):
    """A record as it travels. Coded and private fields of one edit may stand in two parts with the same dot."""

    kind: str
    id: str
    event: str
    author: str
    past: dict[str, dict[str, int]]
    live: list[Live]
    erased: bool = False


class StreamPage(Struct, frozen=True, omit_defaults=True):
    """What one stream brings: entries after ``from`` up to ``at``; ``digest`` only when there is no ``more``."""

    from_: int = field(name="from")
    at: int
    more: bool
    records: list[WireRecord] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    digest: str = ""


class SyncReply(Struct, frozen=True):
    """The answer to one call; ``acks[i]`` answers ``edits[i]``. ``transport``: where the device has another key."""

    protocol: int
    epoch: str
    call: int
    now: int
    acks: list[Ack]
    streams: dict[str, StreamPage]
    closed: list[str]
    wipe: bool
    transport: TransportKey | UnsetType = UNSET


class _Head(Struct, frozen=True, omit_defaults=True, gc=False):
    kind: str
    id: str
    event: str
    author: str
    past: dict[str, dict[str, int]]
    erased: bool = False


class Packed(Struct, frozen=True, gc=False):
    """A record as it is kept, cut where its private live parts begin and end; ``END`` closes it."""

    coded: bytes  # from the opening brace on: what it is, and its coded live parts
    private: bytes  # its private live parts alone


END = b"]}"


_BROKEN = re.compile("[\0\ud800-\udfff]")  # no database takes these as text
_request = msgspec.json.Decoder(SyncRequest)
_edit = msgspec.json.Decoder(Edit)
_sealed = msgspec.json.Decoder(SealedEdit)
_record = msgspec.json.Decoder(WireRecord)
_encoder = msgspec.json.Encoder()


def decode_request(body: bytes) -> SyncRequest:
    """Return the request in a body. Raises ``BadWire`` for anything else, ``TooOld`` for another protocol."""
    try:
        text = body.decode()  # msgspec does not check the UTF-8 of what it passes on as Raw
    except UnicodeDecodeError as error:
        raise BadWire(f"not UTF-8: {error.reason}") from None
    try:
        request = _request.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        request = _decode_slowly(text)
    if any(map(_BROKEN.search, (request.epoch, request.app, request.transport, *request.cursors, *request.differ))):
        raise BadWire("a lone surrogate or U+0000 in the head of the request")
    if not PROTOCOL_MIN <= request.protocol <= PROTOCOL:
        raise TooOld(protocol=request.protocol, protocol_min=PROTOCOL_MIN, protocol_max=PROTOCOL)
    return request


def _decode_slowly(text: str) -> SyncRequest:
    """A lone surrogate (``"\\ud800"``) in one edit makes msgspec give up on the body; that edit's ack shall say so."""
    try:
        plain = json.loads(text, parse_constant=_no_constant)
        if isinstance(plain, dict) and isinstance(plain.get("edits"), list):
            plain["edits"] = [Raw(json.dumps(edit).encode()) for edit in plain["edits"]]
        return msgspec.convert(plain, SyncRequest)
    except (ValueError, RecursionError) as error:
        raise BadWire(f"not a sync request: {error}") from None


_BOX_NAME = b'"box"'


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def decode_edit(raw: Raw | bytes) -> Edit:
    """Return one edit by its types alone (``sync.kinds.check_edit`` judges its content). Raises ``BadEdit``."""
    if len(bytes(raw)) > EDIT_BYTES_MAX:
        raise BadEdit("too_long", f"an edit holds at most {EDIT_BYTES_MAX} bytes")
    try:
        return _edit.decode(raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise BadEdit("bad_value", str(error)) from None


def decode_entry(raw: Raw | bytes) -> Edit | SealedEdit:
    """Return one entry of a call: an edit in clear, or a sealed one. Raises ``BadEdit``."""
    # Nothing is both: one has a box, the other must not. What it looks like is tried first.
    if _BOX_NAME in bytes(raw) and (sealed := _sealed_in(raw)):
        return sealed
    try:
        return decode_edit(raw)
    except BadEdit:
        if sealed := _sealed_in(raw):
            return sealed
        raise


def _sealed_in(raw: Raw | bytes) -> SealedEdit | None:
    try:
        return _sealed.decode(raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None


def encode_edit(edit: Edit) -> bytes:
    """Return an edit as it travels; the same edit always gives the same bytes on this side."""
    return _encoder.encode(edit)


def pack(record: Record, private: Collection[str]) -> Packed:
    """Return a record as it is kept; ``private`` are the names of its kind's private fields, before any ``/``."""
    coded: dict[tuple[str, int], Live] = {}
    hidden: dict[tuple[str, int], Live] = {}
    for name, versions in record.live.items():
        side = hidden if private and name.partition("/")[0] in private else coded
        for v in versions:
            part = side.get((v.a, v.n))
            if part is None:
                side[v.a, v.n] = Live(v.a, v.n, v.by, v.e, {name: v.value})
            else:
                part.set[name] = v.value
    head = _encoder.encode(_Head(record.kind, record.id, record.event, record.author, record.past, record.erased))
    comma = b"," if coded and hidden else b""
    return Packed(head[:-1] + b',"live":[' + _parts(coded.values()) + comma, _parts(hidden.values()))


def _parts(parts: Iterable[Live]) -> bytes:
    return _encoder.encode(list(parts))[1:-1]


def join(packed: Packed) -> bytes:
    """Return the record as it travels, joined from bytes."""
    return packed.coded + packed.private + END


def unpack(packed: Packed) -> Record:
    """Return the record that was packed; ``born`` is kept elsewhere (``with_born``)."""
    return from_wire(_record.decode(join(packed)))


def decode_record(raw: bytes) -> Record:
    """Return a record as it travelled. Raises ``BadWire``."""
    try:
        return from_wire(_record.decode(raw))
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise BadWire(str(error)) from None


def from_wire(wire: WireRecord) -> Record:
    """Return a record with its live parts gathered by field."""
    live: dict[str, tuple[Version, ...]] = {}
    for part in wire.live:
        a, n, by, e = part.a, part.n, part.by, part.e
        for name, value in part.set.items():
            live[name] = (*live.get(name, ()), Version(a, n, by, e, value))
    return Record(wire.kind, wire.id, wire.event, wire.author, NEVER_EARLIER, live, wire.past, wire.erased)


def to_wire(record: Record) -> WireRecord:
    """Return a record as it travels, as a Struct (the server joins bytes instead)."""
    return _record.decode(join(pack(record, ())))
