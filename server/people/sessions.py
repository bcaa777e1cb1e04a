"""Sessions of coordinators: begun, given another token when their person proves to be there, ended."""

from typing import Any, TypeVar

from litestar import MediaType, Request, Response
from litestar.datastructures import Cookie

from server.clock import new_id, new_token
from server.errors import Refusal
from server.people.answers import Me, me
from server.people.sign_in import SESSION_MS, WIPE_MS, cookie_name, hash_token, token_of
from server.settings import Settings
from server.store import audit
from server.store import people as sql
from server.store.engine import Tx
from server.store.people import Device, Member

_T = TypeVar("_T")


async def begin(
    tx: Tx, request: Request[Any, Any, Any], member: Member, way: str, *, unready: bool = False,
    verified: bool = True, now_ms: int,
) -> Response[Me]:  # fmt: skip
    """Return the answer to whoever signed in by ``way``; a session this browser had before is ended.

    ``verified``: by something that is this person's own. Raises ``Refusal`` for who is no coordinator, or no more.
    """
    if member.role != "coordinator":
        raise Refusal("not_allowed")
    before = await sql.device_of(tx, hash_token(token_of(request)[0]))
    if before and before.is_session and before.ended_at is None:
        await sql.end(tx, before.id, now_ms=now_ms)
    device, token = new_id(), new_token()
    label = browser_of(request.headers.get("user-agent", ""))
    await sql.add_device(
        tx, device, member, hash_token(token), label, is_session=True, unready=unready,
        verified_at=now_ms if verified else 0, expires_at=now_ms + SESSION_MS, now_ms=now_ms,
    )  # fmt: skip
    await audit.add(tx, member.organisation, audit.Line(member.id, "signed_in", device, way), now_ms=now_ms)
    cookie = cookie_of(request.app.state.settings, token, SESSION_MS)
    return Response(
        me(member, device, request.app.state.transport.current(), unready=unready),
        media_type=MediaType.JSON,
        cookies=[cookie],
    )


def rotated(request: Request[Any, Any, Any], device: Device, token: str, content: _T, *, now_ms: int) -> Response[_T]:
    """Return an answer that brings the session's new token."""
    cookie = cookie_of(request.app.state.settings, token, device.expires_at - now_ms)
    return Response(content, media_type=MediaType.JSON, cookies=[cookie])


def cookie_of(settings: Settings, token: str, valid_ms: int) -> Cookie:
    """Return the cookie of a session: for our own pages over HTTPS, and for no script.

    It outlives the session, which the server ends: a desk that is opened days later must hear that it lost its access.
    """
    return Cookie(
        key=cookie_name(settings), value=token, path="/", httponly=True, samesite="strict", secure=settings.is_https,
        max_age=(max(valid_ms, 0) + WIPE_MS) // 1000,
    )  # fmt: skip


def browser_of(user_agent: str) -> str:
    """Return a browser and its system in two words, by which somebody tells their own sessions apart."""
    browsers = {"Edg": "Edge", "Firefox": "Firefox", "Chrom": "Chrome", "Safari": "Safari"}
    systems = {
        "Android": "Android",
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Windows": "Windows",
        "Mac OS": "macOS",
        "Linux": "Linux",
    }
    found = [next((name for mark, name in names.items() if mark in user_agent), "") for names in (browsers, systems)]
    return " · ".join(filter(None, found))
