"""Describes the bodies of routes that read them by themselves: in bounds, strictly, and edit by edit."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema


@dataclass
class _Shape(Schema):
    """A schema that is ready."""

    ready: dict[str, Any] = field(default_factory=dict)

    def to_schema(self) -> dict[str, Any]:
        return self.ready


def takes(shape: type[msgspec.Struct]) -> type[Operation]:
    """Return how the API's description speaks of a route that takes a body of this shape, which names no other."""
    _, parts = msgspec.json.schema_components([shape])
    (schema,) = parts.values()
    body = RequestBody({"application/json": OpenAPIMediaType(_Shape(ready=schema))}, required=True)

    @dataclass
    class Takes(Operation):
        def __post_init__(self) -> None:
            self.request_body = body

    return Takes
