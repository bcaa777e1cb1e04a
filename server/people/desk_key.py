"""The key of a desk's copy: a live session is told it, and it lies nowhere in that browser (decision 0028).

<state folder>/desk-secret ── HMAC-SHA-256, organisation and member ──→ the key of this member's copies
"""

import hmac
import os
import secrets
from pathlib import Path
from typing import Any

from litestar import Request, post
from msgspec import Struct

from server.errors import Refusal
from server.keys import as_text
from server.store.people import Device

NAME = "desk-secret"


class DeskKey(Struct, frozen=True):
    """256 bits in base64url. Whoever has them and the browser's disk reads what its desk had read."""

    key: str


class DeskKeys:
    """The keys of all members' copies, from one secret in a file that is made once and never changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._secret = b""

    def start(self) -> None:
        """Make the secret where there is none. Of several processes that start at once one makes it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(f".{os.getpid()}")
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        with fresh.open("wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, self._path)  # fails where the file exists: a secret is never replaced
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        self._secret = self._path.read_bytes()

    def of(self, organisation: str, member: str) -> str:
        """Return the key of a member's copies, the same at every call."""
        name = f"{organisation}\0{member}".encode()
        return as_text(hmac.digest(self._secret, name, "sha256"))


@post("/api/desk/key", status_code=200, summary="The key of the copy in this browser")
async def desk_key(request: Request[Any, Any, Any]) -> DeskKey:
    """Return it to a session; also to one that lost its access, as long as it may hand over what waits in its copy."""
    device = request.user
    if not isinstance(device, Device):
        raise Refusal("signed_out")
    if not device.is_session:
        raise Refusal("not_allowed")
    if device.ended_at is not None:
        raise Refusal("revoked")  # it was told to wipe
    return DeskKey(request.app.state.desk_keys.of(device.organisation, device.member))


HANDLERS = (desk_key,)
