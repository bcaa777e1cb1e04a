"""How often somebody may try something: counted in the database, so that processes and restarts share one count.

A try is counted before it is looked at, by one statement; what turns out to be no guess is taken back.
"""

from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from litestar import Request
from msgspec import Struct

from server.errors import Refusal
from server.settings import Settings
from server.store import rates
from server.store.engine import Store

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
CODES_PER_HOUR = 20  # of six digits: at this rate a password's thief guesses for two years

TESTS_PER_MINUTE = 5  # notifications that somebody sends to themselves


class Rule(Struct, frozen=True):
    """``limit`` tries per ``window_ms``; 0 allows everything."""

    name: str
    limit: int
    window_ms: int = MINUTE_MS


class Limits:
    """The limits of a server. One that is 0 costs nothing."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self.sign_in = Rule("sign-in", settings.sign_in_per_minute)
        self.address = Rule("address", settings.sign_in_per_minute_address)
        self.code = Rule("code", CODES_PER_HOUR, 60 * MINUTE_MS)
        self.enrol = Rule("enrol", settings.enrol_per_ten_minutes, 10 * MINUTE_MS)
        self.sync = Rule("sync", settings.sync_limit)
        self.contact = Rule("contact", settings.contact_reads_per_minute)
        self.export = Rule("export", settings.exports_per_day, DAY_MS)
        self.push_test = Rule("push-test", TESTS_PER_MINUTE)

    async def check(self, *tries: tuple[Rule, str], now_ms: int) -> None:
        """Count one try of each. Raises ``Refusal("too_many")`` with Retry-After."""
        counted = [(rule, key) for rule, key in tries if rule.limit]
        if not counted:
            return
        late_ms = 0
        async with self._store.writing() as tx:
            for rule, key in sorted(counted, key=lambda one: _name(*one)):
                count, ends_at = await rates.hit(tx, _name(rule, key), now_ms=now_ms, window_ms=rule.window_ms)
                if count > rule.limit:
                    late_ms = max(late_ms, ends_at - now_ms)
        if late_ms:
            raise Refusal("too_many", headers={"Retry-After": str(late_ms // 1000 + 1)})

    async def forgive(self, *tries: tuple[Rule, str]) -> None:
        """Take one try of each back."""
        counted = [(rule, key) for rule, key in tries if rule.limit]
        if counted:
            async with self._store.writing() as tx:
                for name in sorted(_name(rule, key) for rule, key in counted):
                    await rates.forgive(tx, name)

    async def sweep(self, *, now_ms: int) -> None:
        """Remove windows that ended and challenges that nobody answered. Raises ``Busy``."""
        async with self._store.writing() as tx:
            await rates.sweep(tx, now_ms=now_ms)


def _name(rule: Rule, key: str) -> str:
    """Addresses and e-mails are not kept, only what they hash to."""
    return f"{rule.name} {sha256(key.encode()).hexdigest()[:32]}"


def address_key(host: str) -> str:
    """Return what counts as one address: of IPv6 the network, since a household has 2^64."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network(f"{address}/64", strict=False)) if isinstance(address, IPv6Address) else host


def address_of(request: Request[Any, Any, Any]) -> str:
    """Return what counts as the address of who calls."""
    return address_key(request.client.host if request.client else "")
