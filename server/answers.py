"""What every answer has in common: headers, one log line, and errors as ``{"code", "detail"}``."""

import time
import traceback
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from litestar import HttpMethod, MediaType, Request, Response, route
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import ASGIApp, ExceptionHandlersMap, Message, Receive, Scope, Send
from msgspec import Struct

from server.errors import STATUS
from server.store.engine import Busy

log = structlog.get_logger("onthaal")


class Problem(Struct, frozen=True):
    """Why a request was not answered as it asked."""

    code: str
    detail: str


def describe_problems(handlers: Iterable[object]) -> None:
    """Say in the API's description that every route may answer with a problem."""
    problems = {status: ResponseSpec(Problem, description="see `code`") for status in sorted({*STATUS.values()})}
    for handler in handlers:
        if isinstance(handler, HTTPRouteHandler) and handler.include_in_schema is not False:
            handler.responses = {**problems, **(handler.responses or {})}


def allows(path: str, *methods: str) -> HTTPRouteHandler:
    """Return what answers OPTIONS on a path of several handlers: by itself Litestar names the methods of one of them."""

    @route(path, http_method=[HttpMethod.OPTIONS], status_code=204, include_in_schema=False)
    async def options() -> Response[None]:
        return Response(None, headers={"Allow": ", ".join(sorted({*methods, "OPTIONS"}))})

    return options


class Trace:
    """Sets the security headers, and writes one line a request: never bodies, names, query strings or tokens."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        if str(scope["type"]) != "http":
            await self.app(scope, receive, send)
            return
        started, status, is_api = time.perf_counter(), 0, scope["path"].startswith("/api")

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *self._headers, *(_NO_STORE if is_api else ())]
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            user = scope.get("user")
            if is_api:
                log.info(
                    "request", method=scope.get("method"), path=scope.get("path_template", ""), status=status,
                    ms=round((time.perf_counter() - started) * 1000, 1), member=getattr(user, "member", None),
                    device=getattr(user, "id", None),
                )  # fmt: skip


_NO_STORE = [(b"cache-control", b"no-store")]


def _answer(code: str, detail: str, status: int, headers: Mapping[str, str] | None = None) -> Response[dict[str, str]]:
    return Response(
        {"code": code, "detail": detail}, status_code=status, media_type=MediaType.JSON, headers=dict(headers or {})
    )


def _refused(_: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, str]]:
    code = getattr(error, "code", None)
    if code is None:
        by_status = {404: "not_found", 405: "not_found", 413: "too_large", 415: "wrong_type", 401: "signed_out"}
        code = by_status.get(error.status_code, "bad_request" if error.status_code < 500 else "internal")
    detail = error.detail if error.status_code < 500 and code not in ("bad_request", "not_found") else code
    return _answer(code, detail, STATUS[code], error.headers)


def _busy(_: Request[Any, Any, Any], error: Busy) -> Response[dict[str, str]]:
    return _answer("busy", "ask again", 503, {"Retry-After": "2"})


def _nested(_: Request[Any, Any, Any], error: RecursionError) -> Response[dict[str, str]]:
    return _answer("bad_request", "nested too deeply", 400)


def _broken(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, str]]:
    if isinstance(error, UnicodeDecodeError):
        return _answer("bad_request", "not UTF-8", 400)
    # Where, but not the message: a database's error repeats the values it could not take.
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    log.error("broken", path=request.scope.get("path_template", ""), error=type(error).__name__, where=where)
    return _answer("internal", "internal", 500)


ON_ERROR: ExceptionHandlersMap = {HTTPException: _refused, Busy: _busy, RecursionError: _nested, Exception: _broken}
