"""What schemathesis is taught before it asks (`SCHEMATHESIS_HOOKS`): ids that there are, and bodies that it is not told of.

ONTHAAL_T38 → a file with a ``Told``. Every answer is noted, a line each: ``200 POST /api/sync``.
"""

import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import schemathesis
from msgspec import Struct
from schemathesis import Case, HookContext, Response

from server.exchange.sealed_routes import SealedFile
from sync.wire import SyncRequest
from tests.support.asked import Told

# The description leaves these open: each edit in them is decoded, and answered, on its own.
UNDESCRIBED: dict[str, type[Struct]] = {"/api/sync": SyncRequest, "/api/sealed/import": SealedFile}
_told = msgspec.json.decode(Path(os.environ["ONTHAAL_T38"]).read_bytes(), type=Told)
_asked: Counter[str] = Counter()


def _route(case: Case[Any]) -> str:
    return f"{case.method} {re.sub(r'{[^}]+}', '{}', case.operation.path)}"


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Describe the bodies that the server decodes by hand, by what it decodes them with."""
    [*forms], components = msgspec.json.schema_components(
        UNDESCRIBED.values(), ref_template="#/components/schemas/{name}"
    )
    raw_schema["components"]["schemas"] |= components
    for path, form in zip(UNDESCRIBED, forms, strict=True):
        body = {"required": True, "content": {"application/json": {"schema": form}}}
        raw_schema["paths"][path]["post"]["requestBody"] = body


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Ask every other time for what there is, where the request is to be a good one; the first is honest altogether.

    Never against the caller's own device, whose id stands in answers: the rest would be asked by nobody.
    """
    route = _route(case)
    if case.meta is not None and case.meta.generation.mode.is_positive:
        _asked[route] += 1
        if _asked[route] % 2:
            case.path_parameters |= _told.ids.get(route, {})
            _mend_body(case, route)
    for name, value in case.path_parameters.items():
        if value == _told.own:
            case.path_parameters[name] = _told.others


def _mend_body(case: Case[Any], route: str) -> None:
    honest = _told.bodies.get(route)
    if honest is None or not isinstance(case.body, dict):
        return
    kept = honest if _asked[route] == 1 else _told.kept.get(route, ())
    case.body |= {name: honest[name] for name in kept}
    if kept is honest:
        for name in case.body.keys() - honest.keys():
            del case.body[name]


@schemathesis.hook
def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
    """Note which route answered what."""
    with Path(_told.answers).open("a") as answers:
        answers.write(f"{response.status_code} {_route(case)}\n")
