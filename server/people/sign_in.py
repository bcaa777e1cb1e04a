"""From a request to a caller: bearer tokens of tablets, cookies of coordinators.

Tokens are 256 bits of chance, of which only the SHA-256 is stored. A cookie must come from our own pages; everything
else about a caller comes from the token.
"""

from hashlib import sha256
from typing import Any

from litestar.connection import ASGIConnection
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult

from server.callers import is_revoked
from server.errors import Refusal
from server.settings import Settings
from server.store import people as sql
from server.store.engine import Store
from server.store.people import Device

SESSION_MS = 12 * 3600_000
IDLE_MS = 30 * 60_000
TABLET_MS = 400 * 86_400_000
WIPE_MS = (
    7 * 86_400_000
)  # a revoked device gets its outbox read for so long; after that it gets 401 whatever it still holds
OF_MEMBER = "onthaal-member"  # whose desk calls, by a cookie that may be somebody else's by now
# All that the token of a locked vault opens.
FOR_COURIERS = ("/api/sync", "/api/sealed/import", "/api/forget", "/api/enrol/state", "/api/enrol/stop")
HANDS_OVER = ("/api/sync", "/api/desk/key")  # all that is left to a coordinator's session that lost its access
# All that somebody may do who has a short password and no second factor yet.
SETTING_UP = (
    "/api/me", "/api/sign-in", "/api/sign-in/ways", "/api/sign-in/link", "/api/passkey/options", "/api/passkey/sign-in",
    "/api/sign-out", "/api/desk/key", "/api/account", "/api/code", "/api/code/confirm",
    "/api/verify", "/api/verify/options",
)  # fmt: skip


def hash_token(token: str) -> str:
    """Return what is stored of a token or code."""
    return sha256(token.encode()).hexdigest()


def cookie_name(settings: Settings) -> str:
    """Return the session cookie's name; ``__Host-`` binds it to this host where there is HTTPS."""
    return "__Host-onthaal_session" if settings.is_https else "onthaal_session"


class SignedIn(AbstractAuthenticationMiddleware):
    """Puts the ``Device`` of a token in ``request.user``, or ``None``; refuses cross-site requests with a cookie."""

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        """Return who calls."""
        state = connection.app.state
        token, is_cookie = token_of(connection)
        site = connection.headers.get("sec-fetch-site")
        allowed = ("same-origin",) if token and is_cookie else (None, "same-origin", "none")
        if connection.scope.get("method") not in ("GET", "HEAD") and site not in allowed:
            raise Refusal("cross_site")
        if not token:
            return AuthenticationResult(user=None, auth=None)
        path = connection.scope["path"]
        device = await _device(state.store, token, path, state.clock())
        if device is None or (is_cookie and not (device.is_session and _is_of(connection, device))):
            return AuthenticationResult(user=None, auth=None)
        if device.is_courier and path.startswith("/api/") and path not in FOR_COURIERS:
            raise Refusal("not_allowed")
        if device.unready and path.startswith("/api/") and path not in SETTING_UP:
            raise Refusal("set_up")
        return AuthenticationResult(user=device, auth=None)


def _is_of(connection: ASGIConnection[Any, Any, Any, Any], device: Device) -> bool:
    """Return whether a session is of the member whose desk calls.

    A browser has one cookie, and windows of several coordinators: what waits in one of them must not arrive as another's.
    """
    return connection.headers.get(OF_MEMBER, device.member) == device.member


def token_of(connection: ASGIConnection[Any, Any, Any, Any]) -> tuple[str, bool]:
    """Return the token a request carries, and whether it came as a cookie."""
    header = connection.headers.get("authorization", "")
    if header.startswith("Bearer "):
        return header.removeprefix("Bearer ").strip(), False
    return connection.cookies.get(cookie_name(connection.app.state.settings), ""), True


async def _device(store: Store, token: str, path: str, now: int) -> Device | None:
    async with store.reading() as tx:
        device = await sql.device_of(tx, hash_token(token))
    if device is None:
        return None
    if device.is_session and is_revoked(device):
        # Its desk keeps the whole organisation, whether or not its time was over: it hands over what waits, and is wiped.
        return device if path in HANDS_OVER and (device.revoked_at or now) + WIPE_MS >= now else None
    is_idle = device.is_session and device.last_contact + IDLE_MS < now
    if is_idle or device.expires_at < now or (device.ended_at is not None and not is_revoked(device)):
        return None
    return device
