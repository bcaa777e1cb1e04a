"""The road of a day that is replayed: calls over HTTP, in this process, as its tablets make them and at its hours.

    tablet, member, body ──gzip──→ POST /api/sync ── token · limits · decode · settle · pages ──zstd──→ reply

Each worker of a tablet has an own token, as an enrolled tablet has. Of the real road only the socket is left out.
"""

import gzip
from typing import Any, cast

import httpx
import msgspec

from server.app import Server, build_app
from server.clock import new_id, new_token
from server.people.sign_in import TABLET_MS, hash_token
from server.store import people

URL = "http://localhost"
_HEADERS = {
    "content-type": "application/json", "content-encoding": "gzip", "accept-encoding": "gzip, deflate, br, zstd",
}  # fmt: skip


class Road:
    """The way of tablets to a server that has started."""

    def __init__(self, server: Server, organisation: str) -> None:
        self._server, self._organisation, self._at = server, organisation, 0
        app = build_app(server.settings, server, clock=lambda: self._at)
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=cast(Any, app)), base_url=URL, headers=_HEADERS
        )
        self._tokens: dict[tuple[str, str], str] = {}

    async def call(self, tablet: str, member: str, body: bytes, at: int) -> bytes:
        """Return the reply to a member's call from a tablet at ``at`` ms. Raises ``httpx.HTTPStatusError``."""
        self._at = at
        token = self._tokens.get((tablet, member)) or await self._let_in(tablet, member)
        headers = {"authorization": f"Bearer {token}"}
        response = await self._http.post("/api/sync", content=gzip.compress(body, 1), headers=headers)
        return response.raise_for_status().content

    async def revoke(self, member: str, by: str, at: int) -> None:
        """Take a member's access away, as the desk does."""
        async with self._server.store.writing() as tx:
            found = await people.member(tx, self._organisation, member)
            if found is None:
                raise ValueError(f"no member {member}")
            await people.change_member(tx, msgspec.structs.replace(found, active=False))
        await self._server.write_member(self._organisation, by, member, {"active": False}, at)

    async def _let_in(self, tablet: str, member: str) -> str:
        token = self._tokens[tablet, member] = new_token()
        async with self._server.store.writing() as tx:
            person = await people.member(tx, self._organisation, member)
            if person is None:
                raise ValueError(f"no member {member}")
            await people.add_device(
                tx, new_id(self._at), person, hash_token(token), tablet, is_session=False,
                expires_at=self._at + TABLET_MS, now_ms=self._at,
            )  # fmt: skip
        return token
