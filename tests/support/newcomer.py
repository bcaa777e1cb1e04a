"""A tablet that takes a one-time code as the app does: it makes its key and tokens, and asks until it was let in."""

from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from server.acts import make_invitation
from server.clock import new_token
from server.keys import as_text
from server.people.enrolling import proven
from tests.support.seal import Vault
from tests.support.world import World


class Newcomer:
    """A tablet of nobody's yet."""

    def __init__(self, world: World) -> None:
        self.world, self.token, self.courier = world, new_token(), new_token()
        self.vault = Vault("", world.server.transport.current())

    def says(self, code: str, **other: object) -> dict[str, object]:
        """Return what it asks with; ``other`` replaces what an honest tablet says."""
        r, s = decode_dss_signature(self.vault.key.sign(proven(code, self.token, self.courier), ec.ECDSA(SHA256())))
        return {
            "code": code, "label": "Tablet 3", "member_key": self.vault.member_key, "token": self.token,
            "courier": self.courier, "proof": as_text(r.to_bytes(32) + s.to_bytes(32)), "language": "nl",
            "tier": "passphrase", **other,
        }  # fmt: skip

    def takes(self, code: str, **other: object) -> httpx.Response:
        return self.world.call("POST", "/api/enrol", json_body=self.says(code, **other))

    def stands(self) -> str:
        """Return the state it is told, or the code of the refusal."""
        body = self._asks("state").json()
        return str(body.get("state", body.get("code")))

    def stops(self) -> str:
        return str(self._asks("stop").json()["state"])

    def _asks(self, what: str) -> httpx.Response:
        return self.world.call("POST", f"/api/enrol/{what}", token=self.courier, json_body={})

    def reads(self) -> tuple[int, str]:
        """Return the status of asking who it is, and of reading records, with the token that reads."""
        me = self.world.call("GET", "/api/me", token=self.token)
        return me.status_code, str(me.json().get("display_name", me.json().get("code")))


def invited(world: World, name: str) -> str:
    """Return a code that was made at the desk: its tablet waits."""
    made = world.device("griet").asks("POST", f"/api/members/{world.id(name)}/invitation")
    assert made.status_code == 201, made.text
    return str(made.json()["code"])


def printed(world: World, member: str) -> str:
    """Return a code that was made on the server itself: its tablet is let in at once."""
    return urlsplit(world.run(make_invitation(world.server, member))).fragment.partition("=")[2]
