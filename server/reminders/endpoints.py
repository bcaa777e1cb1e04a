"""Where a push may go: to push services that we know, at addresses of the open internet. T17.

    Services.check(endpoint)      → its origin; raises ``Blocked``     before anything is stored or connected
    Services.is_open_address(ip)  → whether an address is one of the open internet

An endpoint comes from a browser, so from anybody with a token: without this the server would fetch any address of the
house it stands in.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from msgspec import Struct

KNOWN = (
    "fcm.googleapis.com", "jmt17.google.com", "*.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com",
)  # fmt: skip
# Where the open internet of IPv6 is given out. Outside of it lie the house, and the forms that carry an address of IPv4,
# which may be one of the house: mapped, compatible, translated.
UNICAST = ip_network("2000::/3")
# Inside of it, or open by what Python knows: 6to4 and its relays, examples in books.
NOT_OPEN = (ip_network("2002::/16"), ip_network("3fff::/20"), ip_network("192.88.99.0/24"))
LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_host = re.compile(rf"(?=.{{1,253}}$){LABEL}(\.{LABEL})+")


class Blocked(Exception):
    """The endpoint is none of a push service that is known."""


def is_open_address(text: str) -> bool:
    """Return whether an address is one of the open internet."""
    address = ip_address(text)
    if isinstance(address, IPv6Address) and address not in UNICAST:
        return False
    return address.is_global and not address.is_multicast and not any(address in network for network in NOT_OPEN)


class Services(Struct, frozen=True):
    """``hosts``: exact, or `*.example.org` for all below it. ``extra``: exact origins that nothing is asked of; for tests."""

    hosts: tuple[str, ...] = KNOWN
    extra: frozenset[str] = frozenset()

    def check(self, endpoint: str) -> str:
        """Return the origin of an endpoint. Raises ``Blocked``."""
        if not endpoint.isascii() or not endpoint.isprintable() or any(char in endpoint for char in ' \\"<>^`{|}#'):
            raise Blocked("characters")
        try:
            parts = urlsplit(endpoint)
            port = parts.port
        except ValueError:
            raise Blocked("no address") from None
        origin = f"{parts.scheme}://{parts.netloc}"
        if "@" in parts.netloc or not parts.hostname:
            raise Blocked("user or host")
        if origin in self.extra:
            return origin
        if parts.scheme != "https" or port not in (None, 443) or not self._knows(parts.hostname):
            raise Blocked("no known service")
        return f"https://{parts.hostname}"

    def is_extra_host(self, host: str) -> bool:
        """Return whether nothing is asked of a host's addresses."""
        return any(urlsplit(origin).hostname == host for origin in self.extra)

    def _knows(self, host: str) -> bool:
        if not _host.fullmatch(host):
            return False
        return any(host == known or (known[:2] == "*." and host.endswith(known[1:])) for known in self.hosts)


def services_of(hosts: str, extra: str) -> Services:
    """Return the services of two settings, each a list by commas; no hosts: those that are known."""
    return Services(_listed(hosts) or KNOWN, frozenset(_listed(extra)))


def _listed(text: str) -> tuple[str, ...]:
    names: Iterable[str] = (one.strip() for one in text.split(","))
    return tuple(filter(None, names))
