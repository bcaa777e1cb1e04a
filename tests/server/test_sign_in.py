"""Coordinators: password, codes, recovery codes, sessions, proving to be there."""

import asyncio
import json
from collections.abc import Callable

import httpx
import msgspec
import pytest

from server import callers
from server.acts import make_organisation
from server.clock import now_ms
from server.people import account, entry, sign_in
from server.people.codes import accepted_step, code_at, recovery_code_of, secret_of, step_at
from server.people.passwords import is_weak
from server.settings import Settings
from tests.support.world import EMAIL, PASSWORD, World

SHORT = "paard9batterij"
RFC_SECRET = secret_of(b"12345678901234567890")
Worlds = Callable[[Settings], World]


class Desk:
    """A browser in which a coordinator signs in."""

    def __init__(self, world: World) -> None:
        self.world, self.token = world, ""

    def asks(self, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"Sec-Fetch-Site": "same-origin", "User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140"}
        if self.token:
            headers["Cookie"] = f"onthaal_session={self.token}"
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


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def later(monkeypatch: pytest.MonkeyPatch, ms: int) -> None:
    """Move the clock of everything that asks who calls."""
    now = now_ms() + ms
    for module in (sign_in, callers, entry, account):
        monkeypatch.setattr(module, "now_ms", lambda: now)


# ── codes ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("at_s", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
     (20000000000, "353130")],
)  # fmt: skip
def test_codes_are_those_of_rfc_6238(at_s: int, code: str) -> None:
    assert accepted_step(RFC_SECRET, code, last=0, now_ms=at_s * 1000) == at_s // 30


def test_a_code_is_good_for_a_telephone_half_a_minute_off_and_no_longer() -> None:
    now = 1_795_322_414_000
    good = {later: accepted_step(RFC_SECRET, code_at(RFC_SECRET, step_at(now) + later), last=0, now_ms=now) is not None
            for later in (-2, -1, 0, 1, 2)}  # fmt: skip

    assert good == {-2: False, -1: True, 0: True, 1: True, 2: False}


def test_a_code_is_good_once_and_none_before_it(desk: Desk) -> None:
    desk.signs_in()
    secret, _ = desk.sets_codes_up()

    other = Desk(desk.world)
    assert other.signs_in() == (401, "code_needed")
    assert other.token == ""
    assert other.signs_in(code=now_code(secret, -1)) == (401, "wrong_code"), "it was the one that confirmed"
    assert other.signs_in(code=now_code(secret, 1)) == (200, "")
    assert Desk(desk.world).signs_in(code=now_code(secret, 1)) == (401, "wrong_code")
    assert Desk(desk.world).signs_in(code=now_code(secret, 0)) == (401, "wrong_code"), "earlier than the last one"
    assert other.signs_in(password="een ander wachtwoord", code=now_code(secret)) == (401, "wrong_password")


def test_one_code_used_by_many_at_once_lets_one_in(desk: Desk) -> None:
    desk.signs_in()
    secret, _ = desk.sets_codes_up()
    body = {"email": EMAIL, "password": PASSWORD, "code": now_code(secret)}

    async def at_once() -> list[httpx.Response]:
        return await asyncio.gather(*(desk.world.http.post("/api/sign-in", json=body) for _ in range(6)))

    assert sorted(answer.status_code for answer in desk.world.run(at_once())) == [200] + [401] * 5


def test_a_recovery_code_lets_in_once(desk: Desk) -> None:
    desk.signs_in()
    _, codes = desk.sets_codes_up()

    assert len(set(codes)) == 10 and len(codes[0]) == 19
    assert Desk(desk.world).signs_in(code=codes[0].upper().replace("-", " ")) == (200, "")
    assert Desk(desk.world).signs_in(code=codes[0]) == (401, "wrong_code")
    assert desk.asks("GET", "/api/account").json()["recovery_left"] == 9
    stored = json.dumps(desk.world.rows("SELECT * FROM recovery"))
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_new_recovery_codes_replace_the_old_ones(desk: Desk) -> None:
    desk.signs_in()
    _, old = desk.sets_codes_up()

    new = desk.asks("POST", "/api/recovery").json()["codes"]

    assert not set(old) & set(new)
    assert Desk(desk.world).signs_in(code=old[1]) == (401, "wrong_code")
    assert Desk(desk.world).signs_in(code=new[1]) == (200, "")


def test_a_recovery_code_is_all_of_its_chance() -> None:
    assert recovery_code_of(bytes(range(10))) == "aaaq-eaye-auda-ocaj"
    assert recovery_code_of(bytes(9) + b"\1") != recovery_code_of(bytes(10))


def test_wrong_codes_are_counted_by_the_hour(worlds: Worlds, sqlite_settings: Settings) -> None:
    desk = Desk(worlds(sqlite_settings).organise())
    desk.signs_in()
    desk.sets_codes_up()

    answers = [Desk(desk.world).signs_in(code="000000") for _ in range(22)]

    assert answers == [(401, "wrong_code")] * 20 + [(429, "too_many")] * 2


# ── a short password ──────────────────────────────────────────────────────────────────────────────────


def test_a_short_password_sets_a_second_factor_up_before_anything_else(settings: Settings, worlds: Worlds) -> None:
    world = worlds(settings)
    world.organisation, world.coordinator = world.run(make_organisation(world.server, "picol", "Griet", EMAIL, SHORT))
    desk = Desk(world)

    first = desk.asks("POST", "/api/sign-in", {"email": EMAIL, "password": SHORT})

    assert (first.status_code, first.json()["unready"]) == (200, True)
    for method, path in (("GET", "/api/team"), ("POST", "/api/sync"), ("GET", "/api/poke"), ("GET", "/api/audit"),
                         ("POST", "/api/password"), ("POST", "/api/passkeys/options")):  # fmt: skip
        answer = desk.asks(method, path, {} if method == "POST" else None)
        assert (answer.status_code, answer.json()["code"]) == (403, "set_up"), path
    assert desk.asks("GET", "/api/me").json()["unready"] is True
    before = desk.token
    secret, codes = desk.sets_codes_up()
    assert desk.token != before, "more is allowed now, under another id"
    assert desk.asks("GET", "/api/team").status_code == 200
    assert desk.asks("GET", "/api/me").json()["unready"] is False
    assert Desk(world).signs_in(SHORT) == (401, "code_needed")
    assert Desk(world).signs_in(SHORT, now_code(secret)) == (200, "")
    assert len(codes) == 10


@pytest.mark.parametrize(
    ("password", "has_code", "weak"),
    [("short", True, True), ("1234567", True, True), ("password", True, True), ("Password1", True, True),
     ("welkom2026", True, True), ("aaaaaaaaaaaaaaaa", False, True), ("griet.peeters", True, True),
     ("griet.peeters1234", False, True), ("paard9batterij", True, False), ("paard9batterij", False, True),
     ("koffie op het plein", False, False), ("ééééééé", True, True)],
)  # fmt: skip
def test_passwords_that_are_tried_first_are_refused(password: str, has_code: bool, weak: bool) -> None:
    assert is_weak(password, has_code=has_code, email="griet.peeters@picol.example") is weak


def test_an_accent_is_the_same_from_every_keyboard(desk: Desk) -> None:
    desk.signs_in()
    assert desk.asks("POST", "/api/password", {"password": "un café sur la place"}).status_code == 200

    assert Desk(desk.world).signs_in("un cafe\u0301 sur la place") == (200, "")


# ── sessions ──────────────────────────────────────────────────────────────────────────────────────────


def test_another_password_ends_the_other_sessions(desk: Desk) -> None:
    other = Desk(desk.world)
    other.signs_in()
    desk.signs_in()

    assert desk.asks("POST", "/api/password", {"password": "welkom2026"}).json()["code"] == "weak_password"
    assert other.asks("GET", "/api/me").status_code == 200
    assert desk.asks("POST", "/api/password", {"password": "een nieuw lang wachtwoord"}).status_code == 200

    assert (other.asks("GET", "/api/me").status_code, desk.asks("GET", "/api/me").status_code) == (401, 200)
    assert Desk(desk.world).signs_in() == (401, "wrong_password")


def test_sessions_are_listed_and_ended(desk: Desk) -> None:
    other = Desk(desk.world)
    other.signs_in()
    desk.signs_in()

    found = desk.asks("GET", "/api/account").json()["sessions"]

    assert [one["is_this"] for one in found][:2] == [True, False]
    assert found[0]["label"] == "Firefox · Linux"
    assert desk.asks("POST", f"/api/sessions/{found[1]['id']}/end").status_code == 200
    assert other.asks("GET", "/api/me").status_code == 401
    assert desk.asks("POST", f"/api/sessions/{found[1]['id']}/end").status_code == 404
    amina = desk.world.device("amina")
    assert desk.asks("POST", f"/api/sessions/{amina.id}/end").status_code == 404, "a tablet is no session"
    assert amina.asks("GET", "/api/account").json()["code"] == "not_allowed"


def test_the_id_is_another_after_each_sign_in_and_the_one_before_ends(desk: Desk) -> None:
    desk.signs_in()
    first = desk.token
    desk.signs_in()

    assert desk.token != first
    desk.token = first
    assert desk.asks("GET", "/api/me").status_code == 401


def test_a_session_ends_after_twelve_hours_whatever_happens(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.signs_in()
    for _ in range(2):
        desk.world.rows("SELECT 1")
    later(monkeypatch, 12 * 3600_000 + 1000)
    monkeypatch.setattr(sign_in, "IDLE_MS", 24 * 3600_000)

    assert desk.asks("GET", "/api/me").status_code == 401


def test_who_proves_to_be_there_gets_another_id(desk: Desk) -> None:
    desk.signs_in()
    first = desk.token

    assert desk.asks("POST", "/api/verify", {"password": PASSWORD}).status_code == 200

    second, desk.token = desk.token, first
    assert second != first
    assert desk.asks("GET", "/api/me").status_code == 401
    desk.token = second
    assert desk.asks("GET", "/api/me").status_code == 200


# ── fresh verification ────────────────────────────────────────────────────────────────────────────────

FRESH = [
    ("POST", "/api/members", {"display_name": "x", "role": "generalist"}),
    ("PATCH", "/api/members/x", {"role": "generalist"}),
    ("POST", "/api/members/x/invitation", None),
    ("POST", "/api/devices/x/revoke", None),
    ("POST", "/api/contacts/x/read", {"reason": "bellen"}),
    ("POST", "/api/password", {"password": "een nieuw lang wachtwoord"}),
    ("POST", "/api/code", None),
    ("POST", "/api/code/confirm", {"code": "123456"}),
    ("POST", "/api/recovery", None),
    ("POST", "/api/passkeys/options", None),
    ("POST", "/api/passkeys/x/remove", None),
]


@pytest.mark.parametrize(("method", "path", "body"), FRESH)
def test_what_is_grave_asks_who_is_there_after_five_minutes(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: object
) -> None:
    desk = Desk(sqlite_world)
    desk.signs_in()
    later(monkeypatch, 5 * 60_000 + 1000)

    answer = desk.asks(method, path, body)

    assert (answer.status_code, answer.json()["code"]) == (403, "verify")
    assert desk.asks("POST", "/api/verify", {"password": PASSWORD}).status_code == 200
    assert desk.asks(method, path, body).json().get("code") != "verify"


def test_what_is_not_grave_goes_on_all_day(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(sqlite_world)
    desk.signs_in()
    later(monkeypatch, 20 * 60_000)

    for path in ("/api/team", "/api/me", "/api/account", "/api/audit", "/api/audit/check", "/api/parked"):
        assert desk.asks("GET", path).status_code == 200, path


def test_a_proof_is_one_that_this_account_asks_for(desk: Desk) -> None:
    desk.signs_in()
    assert desk.asks("POST", "/api/verify/options").json() == {"passkey": None, "code": False, "password": True}
    secret, _ = desk.sets_codes_up()

    assert desk.asks("POST", "/api/verify/options").json() == {"passkey": None, "code": True, "password": False}
    assert desk.asks("POST", "/api/verify", {"password": PASSWORD}).json()["code"] == "wrong_password"
    assert desk.asks("POST", "/api/verify", {"code": "000000"}).json()["code"] == "wrong_code"
    assert desk.asks("POST", "/api/verify", {"code": now_code(secret)}).status_code == 200
    assert desk.asks("POST", "/api/verify", {"code": now_code(secret)}).json()["code"] == "wrong_code"
    assert desk.asks("POST", "/api/verify", {}).json()["code"] == "wrong_password"


def test_a_secret_that_was_not_confirmed_changes_nothing(desk: Desk) -> None:
    desk.signs_in()
    secret, _ = desk.sets_codes_up()
    again = desk.asks("POST", "/api/code").json()["secret"]

    assert desk.asks("POST", "/api/code/confirm", {"code": "000000"}).json()["code"] == "wrong_code"

    assert again != secret
    assert Desk(desk.world).signs_in(code=now_code(again)) == (401, "wrong_code")
    assert Desk(desk.world).signs_in(code=now_code(secret)) == (200, "")


# ── the same answer ───────────────────────────────────────────────────────────────────────────────────


def work_of(world: World, email: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what the server does, of what takes time, for a wrong password."""
    done: list[str] = []
    writing = world.server.store.writing
    with monkeypatch.context() as patched:
        patched.setattr("server.people.passwords._verify", lambda *_: done.append("argon2") or False)
        patched.setattr(world.server.store, "writing", lambda: done.append("write") or writing())
        assert Desk(world).signs_in(email=email, password="niet het wachtwoord") == (401, "wrong_password")
    return done


def test_a_known_and_an_unknown_account_cost_the_same_work(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, unknown = (work_of(sqlite_world, email, monkeypatch) for email in (EMAIL, "nobody@picol.example"))

    assert known == unknown == ["argon2", "write"]


def test_an_account_is_let_in_again_from_the_command_line(desk: Desk) -> None:
    from server.acts import reset_account

    desk.signs_in()
    desk.sets_codes_up()
    desk.world.run(reset_account(desk.world.server, EMAIL, "weer een lang wachtwoord"))

    assert desk.asks("GET", "/api/me").status_code == 401
    assert Desk(desk.world).signs_in("weer een lang wachtwoord") == (200, "")


def test_cookies_of_a_proof_are_host_cookies_on_https(worlds: Worlds, sqlite_settings: Settings) -> None:
    world = worlds(msgspec.structs.replace(sqlite_settings, public_url="https://onthaal.example")).organise()
    name = "__Host-onthaal_session"
    answer = world.call("POST", "/api/sign-in", json_body={"email": EMAIL, "password": PASSWORD})
    headers = {"Cookie": f"{name}={answer.cookies[name]}", "Sec-Fetch-Site": "same-origin"}

    again = world.call("POST", "/api/verify", headers=headers, json_body={"password": PASSWORD})

    cookie = again.headers["set-cookie"].lower()
    assert cookie.startswith("__host-onthaal_session=")
    assert all(part in cookie for part in ("secure", "httponly", "samesite=strict", "path=/"))
