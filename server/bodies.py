"""JSON bodies of every route but /api/sync: small, of the exact type, decoded strictly; and numbers in paths.

Litestar by itself takes JSON sent as `text/plain` (a cross-site request without a preflight), "12" for 12, and answers
500 to bad UTF-8 and to deep nesting.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

import msgspec
from litestar._openapi.schema_generation import SchemaCreator
from litestar.dto import MsgspecDTO
from litestar.openapi.spec import OpenAPIMediaType, Operation, Reference, RequestBody, Schema
from litestar.params import PathParameter
from litestar.types import (
    ASGIApp,
    HTTPReceiveMessage,
    HTTPRequestEvent,
    Receive,
    Scope,
    Send,
    WebSocketReceiveMessage,
)  # fmt: skip
from litestar.typing import FieldDefinition
from msgspec import Struct

from server.errors import Refusal

BODY_MAX = 64 * 1024
OWN_BODIES = ("/api/sync", "/api/sealed/import")  # larger, and compressed: they look after themselves
# A number in a path: what a database counts in; beyond it there is nothing, and some would break over it.
Number: TypeAlias = Annotated[int, PathParameter(ge=1, le=2**53 - 1)]
_T = TypeVar("_T", bound=Struct)


class StrictDTO(MsgspecDTO[_T], Generic[_T]):
    """Decodes a body as its Struct says, and describes it in the OpenAPI document."""

    def decode_bytes(self, value: bytes) -> object:
        """Return the Struct. Raises ``Refusal``."""
        return decode_body(value, self.model_type)

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: SchemaCreator
    ) -> Reference | Schema:
        """Return the Struct's own schema; the one of a DTO fails on bounds of optional fields."""
        return schema_creator.for_field_definition(field_definition)


@dataclass
class _Shape(Schema):
    """A schema that is ready."""

    ready: dict[str, Any] = field(default_factory=dict)

    def to_schema(self) -> dict[str, Any]:
        return self.ready


def takes(shape: type[Struct]) -> type[Operation]:
    """Return how the OpenAPI document speaks of a route with an own body, of this shape, which names no other."""
    _, parts = msgspec.json.schema_components([shape])
    (schema,) = parts.values()
    body = RequestBody({"application/json": OpenAPIMediaType(_Shape(ready=schema))}, required=True)

    @dataclass
    class Takes(Operation):
        def __post_init__(self) -> None:
            self.request_body = body

    return Takes


def decode_body(value: bytes, type: type[Struct]) -> Struct:
    """Return a body as its Struct says. Raises ``Refusal``."""
    try:
        if "\0" in value.decode() or b"\\u0000" in value:
            raise Refusal("bad_value", "U+0000 is no text")
        return _decoder(type).decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal("bad_request", str(error)[:200]) from None


@lru_cache
def _decoder(type: type[Struct]) -> msgspec.json.Decoder[Struct]:
    return msgspec.json.Decoder(type)


class SmallJson:
    """Reads a body before anybody else does: too large, compressed, or not JSON by its type is refused.

    So is U+0000 in a path or a query: SQLite takes it as text, PostgreSQL breaks over it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with the body read."""
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            raise Refusal("bad_request", "U+0000 is no text")
        reads = str(scope.get("method")) not in ("GET", "HEAD", "None") and scope["path"] not in OWN_BODIES
        if reads:
            receive = _again(await _read(scope, receive), receive)
        await self.app(scope, receive, send)


async def _read(scope: Scope, receive: Receive) -> bytes:
    headers = {name.lower(): value for name, value in scope["headers"]}
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise Refusal("wrong_type", "compressed bodies are taken by the sync only")
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return body
        body += message["body"]
        if len(body) > BODY_MAX:
            raise Refusal("too_large", f"at most {BODY_MAX} bytes")
        if not message["more_body"]:
            break
    if body and headers.get(b"content-type", b"").replace(b" ", b"").lower() not in (
        b"application/json",
        b"application/json;charset=utf-8",
    ):
        raise Refusal("wrong_type", "send application/json")
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    unread = [HTTPRequestEvent(type="http.request", body=body, more_body=False)]

    async def read() -> HTTPReceiveMessage | WebSocketReceiveMessage:
        return unread.pop() if unread else await receive()

    return read
