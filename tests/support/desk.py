"""A coordinator at a desk: signs in by what they have, and keeps the session's cookie."""

import httpx

from server.clock import now_ms
from server.people.codes import code_at, step_at
from tests.support.world import EMAIL, PASSWORD, World


class Desk:
    """A browser in which a coordinator signs in."""

    def __init__(self, world: World) -> None:
        self.world, self.token = world, ""

    def asks(self, method: str, path: str, body: object = None, *, window_of: str = "") -> httpx.Response:
        """Return the answer to a call; of a window that was opened by the member ``window_of``, where given."""
        headers = {"Sec-Fetch-Site": "same-origin", "User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140"}
        if self.token:
            headers["Cookie"] = f"onthaal_session={self.token}"
        if window_of:
            headers["Onthaal-Member"] = window_of
        answer = self.world.call(method, path, headers=headers, json_body=body)
        self.token = answer.cookies.get("onthaal_session", self.token)
        return answer

    def signs_in(self, password: str = PASSWORD, code: str = "", email: str = EMAIL) -> tuple[int, str]:
        answer = self.asks("POST", "/api/sign-in", {"email": email, "password": password, "code": code})
        return answer.status_code, answer.json().get("code", "")

    def sets_codes_up(self) -> tuple[str, list[str]]:
        """Return the secret and the recovery codes; the first code that counts is the next one."""
        secret = self.asks("POST", "/api/code").json()["secret"]
        made = self.asks("POST", "/api/code/confirm", {"code": now_code(secret, -1)})
        assert made.status_code == 200, made.text
        return secret, made.json()["codes"]


def now_code(secret: str, later: int = 0) -> str:
    return code_at(secret, step_at(now_ms()) + later)
