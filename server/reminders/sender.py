"""Sends one push: encrypted for its browser (RFC 8291), signed (RFC 8292), to a service that is known. T17, T18.

    Sender.encrypt(leased, payload)  → Sealed | None      blocks: a key agreement each; call it in a thread
    Sender.send(sealed)              → Verdict            never raises; never follows a redirect; five seconds

pywebpush encrypts and py_vapid signs. The request is ours: theirs follows redirects, waits for ever, and takes any address.
"""

import socket
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal, TypeAlias

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from msgspec import Struct

from server.reminders.endpoints import Blocked, Services, is_open_address
from server.reminders.pushkeys import PushKeys
from server.store.pushes import Leased

TOTAL_S = 5.0
READ_BYTES = 4096
PAYLOAD_BYTES_MAX = 3993  # 4 096 less what the encryption adds
TOKEN_S = 11 * 3600
TOKENS_MAX = 1000  # a tablet may invent names below a known one
GONE, AGAIN = (404, 410), (408, 425, 429)

Outcome: TypeAlias = Literal["accepted", "expired", "again", "gave_up"]


class Verdict(Struct, frozen=True):
    """What became of a push. ``silent``: the service did not answer at all. ``wait_s``: when it wants to be asked again."""

    outcome: Outcome
    wait_s: int = 0
    silent: bool = False


class Sealed(Struct, frozen=True):
    """A push that is ready to leave."""

    leased: Leased
    origin: str
    headers: dict[str, str]
    body: bytes


class OpenResolver(AbstractResolver):
    """Finds addresses of the open internet alone."""

    def __init__(self, services: Services) -> None:
        self._services, self._inner = services, ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host. Raises ``OSError`` where none is left."""
        found = await self._inner.resolve(host, port, family)
        if self._services.is_extra_host(host):
            return found
        if not found or not all(is_open_address(one["host"]) for one in found):
            raise OSError(f"{host} has no open address")
        return found

    async def close(self) -> None:
        """Close."""
        await self._inner.close()


class Sender:
    """Sends pushes; one for each process."""

    def __init__(self, keys: PushKeys, services: Services, contact: str) -> None:
        self._keys, self.services, self._contact = keys, services, contact
        self._tokens: dict[tuple[str, str], tuple[int, str]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """End the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def encrypt(self, leased: Leased, payload: bytes, *, ttl_s: int) -> Sealed | None:
        """Return a push that can be sent, ``None`` where its subscription cannot be used any more."""
        # Imported here: it brings half a second of other libraries, which a start need not wait for.
        from pywebpush import WebPusher, WebPushException

        try:
            origin = self.services.check(leased.endpoint)
            if len(payload) > PAYLOAD_BYTES_MAX or (token := self._token(leased.push_key, origin)) is None:
                return None
            keys = {"p256dh": leased.p256dh, "auth": leased.auth}
            body = WebPusher({"endpoint": leased.endpoint, "keys": keys}).encode(payload)["body"]
        except (Blocked, WebPushException, ValueError):
            return None
        headers = {
            "Authorization": token, "Content-Encoding": "aes128gcm", "Content-Type": "application/notification+json",
            "TTL": str(ttl_s), "Urgency": "normal" if leased.kind == "review" else "high",
            "Topic": leased.reminder,
        }  # fmt: skip
        return Sealed(leased, origin, headers, body)

    def _token(self, public: str, origin: str) -> str | None:
        from py_vapid import Vapid02

        now = int(time.time())
        ends, token = self._tokens.get((public, origin), (0, ""))
        if ends - now > 3600:
            return token
        self._tokens = {one: held for one, held in self._tokens.items() if held[0] > now}
        if len(self._tokens) >= TOKENS_MAX:
            self._tokens.clear()
        private = self._keys.of(public)
        if private is None:
            return None
        claims = {"sub": self._contact, "aud": origin, "exp": now + TOKEN_S}
        token = str(Vapid02(private).sign(claims)["Authorization"])
        self._tokens[public, origin] = (now + TOKEN_S, token)
        return token

    async def send(self, sealed: Sealed) -> Verdict:
        """Return what became of a push."""
        try:
            async with self._open().post(
                sealed.leased.endpoint, data=sealed.body, headers=sealed.headers, allow_redirects=False
            ) as answer:
                await answer.content.read(READ_BYTES)
                status, wait = answer.status, answer.headers.get("Retry-After", "")
        except TimeoutError:
            return Verdict("again", silent=True)
        except (aiohttp.ClientError, OSError, ValueError):
            return Verdict("again")
        if 200 <= status < 300:
            return Verdict("accepted")
        if status in GONE:
            return Verdict("expired")
        if status in AGAIN or status >= 500:
            return Verdict("again", seconds_of(wait, now=datetime.now(UTC)))
        return Verdict("gave_up")  # a redirect, or a fault of ours: asking again changes nothing

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(resolver=OpenResolver(self.services), limit=0, ttl_dns_cache=60)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=aiohttp.ClientTimeout(total=TOTAL_S), trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, max_line_size=4096, max_field_size=4096,
            )  # fmt: skip
        return self._session


def seconds_of(retry_after: str, *, now: datetime) -> int:
    """Return how long a service wants to be left alone, 0 where it does not say; at most a day."""
    try:
        wait = int(retry_after) if retry_after.isascii() and retry_after.isdigit() else None
        if wait is None:
            wait = round((parsedate_to_datetime(retry_after) - now).total_seconds())
    except (ValueError, TypeError):
        return 0
    return min(max(wait, 0), 86_400)
