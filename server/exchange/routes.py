"""POST /api/sync and GET /api/poke (station 4): bytes in, bytes out; nothing is decided here."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator
from typing import Any

import brotli
import zstandard
from litestar import MediaType, Request, Response, get, post
from litestar.openapi import ResponseSpec
from litestar.response import Stream

from server.bodies import takes
from server.clock import now_ms
from server.errors import Refusal
from server.exchange.exchange import exchange
from server.exchange.pages import streams_for
from server.exchange.settle import Caller
from server.people.sign_in import WIPE_MS
from server.poke.hub import Hub, Listener, as_event
from server.store import people
from server.store.engine import Store
from server.store.people import Device
from sync.errors import BadWire, TooOld
from sync.wire import REQUEST_BYTES_MAX, SyncReply, SyncRequest, decode_request

QUIET_S = 10.0  # a tablet doubts its network after 15 s of silence (pwa/src/device/poke.ts)
COMPRESS_FROM = 1024
TOUCH_MS = 60_000
# It leaves as bytes, so that the description cannot be taken from what the route returns.
_REPLY = ResponseSpec(SyncReply, generate_examples=False, description="what became of each edit, and what is new")


def caller_of(user: object) -> Caller:
    """Return who calls. Raises ``Refusal`` where nobody is signed in."""
    if not isinstance(user, Device):
        raise Refusal("signed_out")
    revoked = user.revoked_at is not None or not user.active
    return Caller(user.organisation, user.member, user.id, user.role, user.service, revoked)


@post(
    "/api/sync", status_code=200, media_type=MediaType.JSON, responses={200: _REPLY},
    operation_class=takes(SyncRequest), summary="One call of a device: edits in, records out",
)  # fmt: skip
async def sync(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Answer one call (docs/protocol.md)."""
    caller, user, state = caller_of(request.user), request.user, request.app.state
    now = state.clock()
    await state.limits.check((state.limits.sync, caller.device), now_ms=now)
    body = await read_body(request, limit=REQUEST_BYTES_MAX)
    try:
        if caller.revoked and _is_done(user, body, now):
            raise Refusal("revoked")
        reply = await exchange(
            body, caller=caller, settler=state.settler, keys=state.transport, now_ms=now, is_courier=user.is_courier
        )
    except TooOld as error:
        raise Refusal("protocol", str(error)) from None
    except BadWire as error:
        raise Refusal("too_large" if error.code == "too_large" else "bad_request", str(error)[:200]) from None
    await _touch(request, body, caller, now)
    return await _compressed(reply, request.headers.get("accept-encoding", ""))


def _is_done(user: Device, body: bytes, now: int) -> bool:
    """Return whether a revoked device is shut out. What it writes after a last reply that was lost is still read."""
    if (user.revoked_at or now) + WIPE_MS < now:
        return True
    return user.ended_at is not None and not decode_request(body).edits


async def _touch(request: Request[Any, Any, Any], raw: bytes, caller: Caller, now: int) -> None:
    """Note the contact, once a minute or where it says something else; a revoked device that has nothing left to say is done."""
    body = decode_request(raw)
    left = max(body.waiting - len(body.edits), 0)  # what this call brought was answered
    user, persisted = request.user, request.user.persisted if body.persisted is None else body.persisted
    is_same = (left, body.app, persisted) == (user.waiting, user.app, user.persisted)
    if not caller.revoked and is_same and now - user.last_contact < TOUCH_MS:
        return
    # What has no box waits for its worker: a courier that brings nothing yet is not done.
    done = caller.revoked and not body.edits and not body.waiting
    async with request.app.state.store.writing() as tx:
        await people.touch(tx, caller.device, now_ms=now, waiting=left, app=body.app, persisted=body.persisted)
        if done:
            await people.end(tx, caller.device, now_ms=now)


async def read_body(request: Request[Any, Any, Any], *, limit: int) -> bytes:
    """Return the inflated body, never more than ``limit`` bytes. Raises ``Refusal``."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refusal("wrong_type", "send application/json")
    encoding = request.headers.get("content-encoding", "identity")
    if encoding not in ("identity", "gzip"):
        raise Refusal("wrong_type", f"{encoding} is not understood")
    inflate = zlib.decompressobj(wbits=31) if encoding == "gzip" else None
    body = bytearray()
    async for chunk in request.stream():
        try:
            body += inflate.decompress(chunk, limit + 1 - len(body)) if inflate else chunk
        except zlib.error:
            raise Refusal("bad_request", "not gzip") from None
        if len(body) > limit:
            raise Refusal("too_large")
    return bytes(body)


async def _compressed(reply: bytes, accepted: str) -> Response[bytes]:
    headers = {"Vary": "Accept-Encoding"}
    if len(reply) >= COMPRESS_FROM:
        # Off the event loop: 20 000 records take a tenth of a second to compress.
        if "zstd" in accepted:
            reply = await asyncio.to_thread(zstandard.compress, reply, 1)
            headers["Content-Encoding"] = "zstd"
        elif "br" in accepted:
            reply = await asyncio.to_thread(brotli.compress, reply, quality=4)
            headers["Content-Encoding"] = "br"
        elif "gzip" in accepted:
            reply = await asyncio.to_thread(gzip.compress, reply, 5)
            headers["Content-Encoding"] = "gzip"
    return Response(reply, media_type=MediaType.JSON, headers=headers)


@get("/api/poke", summary="Server-sent events that say: ask again")
async def poke(request: Request[Any, Any, Any]) -> Stream:
    """Listen until the token ends or the server stops."""
    caller, state = caller_of(request.user), request.app.state
    if caller.revoked:
        raise Refusal("revoked")
    async with state.store.reading() as tx:
        streams = await streams_for(tx, caller)
    listener = Listener(caller.organisation, caller.device, frozenset(streams))
    events = _events(listener, state.hub, state.store, caller, request.user.expires_at)
    return Stream(events, media_type="text/event-stream")


async def _may_listen(store: Store, caller: Caller) -> bool:
    """Return whether a device still has its access: another process may have taken it away."""
    async with store.reading() as tx:
        return await people.has_access(tx, caller.device)


async def _events(listener: Listener, hub: Hub, store: Store, caller: Caller, expires_at: int) -> AsyncIterator[bytes]:
    hub.listeners.add(listener)
    try:
        yield b": listening\n\n"
        while (changed := await listener.take(QUIET_S)) is not None and now_ms() < expires_at:
            if not changed and not await _may_listen(store, caller):
                return
            yield as_event(changed)
            if listener.is_stale:
                listener.is_stale = False
                async with store.reading() as tx:
                    listener.streams = frozenset(await streams_for(tx, caller))
    finally:
        # No await here: it would be cancelled with the connection (Starlette and Litestar alike).
        hub.listeners.discard(listener)
