"""Sessions of coordinators: listed, ended, given another id; and what is asked before what is grave."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from server import callers
from server.clock import now_ms
from server.people import account, entry, sign_in
from server.settings import Settings
from tests.support.desk import Desk, now_code
from tests.support.world import EMAIL, PASSWORD, World

Worlds = Callable[[Settings], World]


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def later(desk: Desk, monkeypatch: pytest.MonkeyPatch, ms: int) -> None:
    """Move the clock of everything that asks who calls."""
    now = now_ms() + ms
    monkeypatch.setattr(desk.world.app.state, "clock", lambda: now)
    for module in (callers, entry, account):
        monkeypatch.setattr(module, "now_ms", lambda: now)


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


def test_the_key_of_the_desks_copy_is_a_members_own_the_same_in_every_session(desk: Desk) -> None:
    world, elsewhere = desk.world, Desk(desk.world)
    desk.signs_in()
    elsewhere.signs_in()
    key = desk.asks("POST", "/api/desk/key").json()["key"]
    world.join("els", "coordinator")

    assert len(key) == 43
    assert elsewhere.asks("POST", "/api/desk/key").json() == {"key": key}
    assert world.device("els", role="coordinator").asks("POST", "/api/desk/key").json()["key"] != key
    assert Desk(world).asks("POST", "/api/desk/key").json()["code"] == "signed_out"
    assert world.device("amina").asks("POST", "/api/desk/key").json()["code"] == "not_allowed"
    desk.asks("POST", "/api/sign-out")
    assert desk.asks("POST", "/api/desk/key").status_code == 401


def test_a_window_of_somebody_else_is_signed_out_and_brings_nothing_under_this_name(desk: Desk) -> None:
    world = desk.world
    els = world.join("els", "coordinator")
    desk.signs_in()
    own = desk.asks("GET", "/api/me").json()["member"]
    nothing = {"protocol": 1, "kinds": 1, "epoch": "", "call": 1, "now": 1, "cursors": {}, "edits": []}

    for method, path, body in (
        ("POST", "/api/sync", nothing),
        ("POST", "/api/desk/key", None),
        ("GET", "/api/team", None),
        ("GET", "/api/poke", None),
        ("POST", "/api/sign-out", {}),
    ):
        answer = desk.asks(method, path, body, window_of=els)
        assert (answer.status_code, answer.json()["code"]) == (401, "signed_out"), path

    assert desk.asks("POST", "/api/sync", nothing, window_of=own).status_code == 200
    assert desk.asks("GET", "/api/me").status_code == 200


def test_the_key_of_the_desks_copy_outlives_the_server(worlds: Worlds, sqlite_settings: Settings) -> None:
    keys = []
    for world in (worlds(sqlite_settings).organise(), worlds(sqlite_settings)):
        desk = Desk(world)
        desk.signs_in()
        keys.append(desk.asks("POST", "/api/desk/key").json()["key"])

    assert keys[0] == keys[1]
    assert (Path(sqlite_settings.state_dir) / "desk-secret").stat().st_mode & 0o777 == 0o600


def test_a_session_ends_after_twelve_hours_whatever_happens(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.signs_in()
    began, day = now_ms(), 24 * 3600_000
    monkeypatch.setattr(sign_in, "IDLE_MS", day)
    asked = []
    for ms in (12 * 3600_000 - 60_000, 12 * 3600_000 + 1000):
        later(desk, monkeypatch, began + ms - now_ms())
        asked.append(desk.asks("GET", "/api/me").status_code)

    assert asked == [200, 401]


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
    ("POST", "/api/exports", {"event": "x", "format": "csv", "words": False, "language": "nl"}),
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
    later(desk, monkeypatch, 5 * 60_000 + 1000)

    answer = desk.asks(method, path, body)

    assert (answer.status_code, answer.json()["code"]) == (403, "verify")
    assert desk.asks("POST", "/api/verify", {"password": PASSWORD}).status_code == 200
    assert desk.asks(method, path, body).json().get("code") != "verify"


def test_what_is_not_grave_goes_on_all_day(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(sqlite_world)
    desk.signs_in()
    later(desk, monkeypatch, 20 * 60_000)

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


def test_cookies_of_a_proof_are_host_cookies_on_https(worlds: Worlds, sqlite_settings: Settings) -> None:
    world = worlds(msgspec.structs.replace(sqlite_settings, public_url="https://onthaal.example")).organise()
    name = "__Host-onthaal_session"
    answer = world.call("POST", "/api/sign-in", json_body={"email": EMAIL, "password": PASSWORD})
    headers = {"Cookie": f"{name}={answer.cookies[name]}", "Sec-Fetch-Site": "same-origin"}

    again = world.call("POST", "/api/verify", headers=headers, json_body={"password": PASSWORD})

    cookie = again.headers["set-cookie"].lower()
    assert cookie.startswith("__host-onthaal_session=")
    assert all(part in cookie for part in ("secure", "httponly", "samesite=strict", "path=/"))
