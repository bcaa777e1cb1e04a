"""Passkeys: made, signed in with, proved by; and every lie of a browser or a thief."""

import random
from collections.abc import Callable

import httpx
import pytest

from server.clock import now_ms
from server.people import account, entry
from server.settings import Settings
from tests.support.authenticator import PRESENT, VERIFIED, Authenticator, Json, text
from tests.support.world import EMAIL, PASSWORD, World

Worlds = Callable[[Settings], World]
SITE = {"Sec-Fetch-Site": "same-origin"}


def session(world: World) -> dict[str, str]:
    answer = world.call("POST", "/api/sign-in", json_body={"email": EMAIL, "password": PASSWORD})
    return {"Cookie": f"onthaal_session={answer.cookies['onthaal_session']}", **SITE}


def enrols(world: World, headers: dict[str, str], key: Authenticator, **lies: object) -> httpx.Response:
    options = world.call("POST", "/api/passkeys/options", headers=headers).json()
    body = {"answer": key.makes(options, **lies), "label": "laptop"}  # type: ignore[arg-type] -- lies of any kind
    return world.call("POST", "/api/passkeys", headers=headers, json_body=body)


def asked(world: World) -> Json:
    options = world.call("POST", "/api/passkey/options").json()
    assert isinstance(options, dict)
    return options


def signs_in(world: World, body: Json) -> tuple[int, str]:
    answer = world.call("POST", "/api/passkey/sign-in", json_body=body)
    return answer.status_code, answer.json().get("code") or answer.json()["member"]


@pytest.fixture
def key(world: World) -> Authenticator:
    """A passkey of the coordinator's."""
    made = Authenticator()
    assert enrols(world, session(world), made).status_code == 201
    return made


def test_a_coordinator_signs_in_with_a_passkey_without_typing_a_name(world: World, key: Authenticator) -> None:
    options = asked(world)
    assert (options["rpId"], options["userVerification"], options["allowCredentials"]) == ("localhost", "required", [])

    answer = world.call("POST", "/api/passkey/sign-in", json_body=key.signs(options))

    assert (answer.status_code, answer.json()["member"]) == (200, world.coordinator)
    headers = {"Cookie": f"onthaal_session={answer.cookies['onthaal_session']}", **SITE}
    [known] = world.call("GET", "/api/account", headers=headers).json()["passkeys"]
    assert (known["id"], known["label"]) == (text(key.id), "laptop")
    assert known["used_at"] >= known["made_at"]


LIES: dict[str, Json] = {
    "another origin": {"origin": "http://localhost:8000.evil.example"},
    "another port": {"origin": "http://localhost:9000"},
    "another host": {"host": "evil.example"},
    "not verified": {"flags": PRESENT},
    "nobody there": {"flags": VERIFIED},
    "somebody else's handle": {"user": b"somebody"},
    "made, not asked": {"kind": "webauthn.create"},
}


@pytest.mark.parametrize("lie", LIES)
def test_an_answer_that_is_not_quite_right_is_refused(world: World, key: Authenticator, lie: str) -> None:
    body = key.signs(asked(world), **LIES[lie])  # type: ignore[arg-type] -- lies of any kind

    assert signs_in(world, body) == (401, "wrong_passkey")


def test_a_challenge_is_good_once_for_one_thing_and_five_minutes(
    world: World, key: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = asked(world)
    assert signs_in(world, key.signs(options)) == (200, world.coordinator)
    assert signs_in(world, key.signs(options)) == (401, "wrong_passkey")
    assert signs_in(world, key.signs({"challenge": text(b"never asked for")})) == (401, "wrong_passkey")
    verifying = world.call("POST", "/api/verify/options", headers=session(world)).json()["passkey"]
    assert signs_in(world, key.signs(verifying)) == (401, "wrong_passkey")
    options, late = asked(world), now_ms() + 5 * 60_000 + 1000
    monkeypatch.setattr(entry, "now_ms", lambda: late)
    assert signs_in(world, key.signs(options)) == (401, "wrong_passkey")


def test_a_copied_key_is_found_by_its_count(world: World, key: Authenticator) -> None:
    assert signs_in(world, key.signs(asked(world)))[0] == 200
    key.count -= 1

    assert signs_in(world, key.signs(asked(world))) == (401, "wrong_passkey")


def test_another_key_under_a_known_id_is_refused(world: World, key: Authenticator) -> None:
    thief = Authenticator()
    thief.user = key.user

    assert signs_in(world, thief.signs(asked(world))) == (401, "wrong_passkey")


@pytest.mark.parametrize("lie", ["another origin", "another host", "not verified"])
def test_a_passkey_is_made_as_it_is_used(sqlite_world: World, lie: str) -> None:
    answer = enrols(sqlite_world, session(sqlite_world), Authenticator(), **LIES[lie])

    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_passkey")
    assert sqlite_world.rows("SELECT count(*) FROM passkey") == [(0,)]


def test_one_passkey_is_kept_once(world: World, key: Authenticator) -> None:
    answer = enrols(world, session(world), key)

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_who_is_there_proves_it_with_a_passkey_and_only_in_that_session(
    world: World, key: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, elsewhere = session(world), session(world)
    options = world.call("POST", "/api/verify/options", headers=mine).json()["passkey"]
    assert [one["id"] for one in options["allowCredentials"]] == [text(key.id)]
    body = {"passkey": key.signs(options)}

    other = world.call("POST", "/api/verify", headers=elsewhere, json_body=body)
    assert (other.status_code, other.json()["code"]) == (401, "wrong_passkey")
    options = world.call("POST", "/api/verify/options", headers=mine).json()["passkey"]
    right = world.call("POST", "/api/verify", headers=mine, json_body={"passkey": key.signs(options)})
    assert right.status_code == 200 and "onthaal_session" in right.cookies


def test_a_removed_passkey_opens_nothing(world: World, key: Authenticator) -> None:
    headers = session(world)
    path = f"/api/passkeys/{text(key.id)}/remove"
    assert world.call("POST", path, headers=headers).status_code == 200
    assert world.call("POST", path, headers=headers).status_code == 404

    assert signs_in(world, key.signs(asked(world))) == (401, "wrong_passkey")


def test_a_member_who_left_has_no_passkey(world: World, key: Authenticator) -> None:
    griet = world.device("griet")
    new = {"display_name": "Two", "role": "coordinator", "email": "two@x.example", "password": PASSWORD}
    made = griet.asks("POST", "/api/members", new).json()["id"]
    two = world.call("POST", "/api/sign-in", json_body={"email": "two@x.example", "password": PASSWORD})
    headers = {"Cookie": f"onthaal_session={two.cookies['onthaal_session']}", **SITE}
    other = Authenticator("key-2")
    enrols(world, headers, other)
    assert signs_in(world, other.signs(asked(world))) == (200, made)
    griet.asks("PATCH", f"/api/members/{made}", {"active": False})

    assert signs_in(world, other.signs(asked(world))) == (401, "wrong_passkey")
    assert signs_in(world, key.signs(asked(world)))[0] == 200


def test_bytes_that_are_no_authenticators_are_refused_and_never_a_fault_of_ours(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, chance, headers = Authenticator(), random.Random(7), session(sqlite_world)
    assert enrols(sqlite_world, headers, key).status_code == 201
    options = {"challenge": text(b"c" * 32), "user": {"id": text(key.user)}}
    # The challenge is ours, whatever it is: what lies behind it is what is tried.
    monkeypatch.setattr("server.store.accounts.use_challenge", _always)
    for _ in range(300):
        for path, whole, name in (("/api/passkey/sign-in", key.signs(options), ""), ("/api/passkeys", {}, "answer")):
            body = whole or key.makes(options)
            field = chance.choice([one for one in body if one != "id"])
            body[field] = _spoilt(str(body[field]), chance)
            answer = sqlite_world.call("POST", path, headers=headers, json_body={name: body} if name else body)
            assert answer.status_code in (201, 200, 400, 401, 409), answer.text


async def _always(*_: object, **__: object) -> bool:
    return True


def _spoilt(said: str, chance: random.Random) -> str:
    at = chance.randrange(len(said))
    kind = chance.randrange(4)
    if kind == 0:
        return said[:at] or "A"
    if kind == 1:
        return said[:at] + chance.choice("AZaz09-_") + said[at + 1 :]
    if kind == 2:
        return said + said
    return text(chance.randbytes(chance.randrange(1, 300)))


def test_passkeys_are_those_of_the_public_address(worlds: Worlds, sqlite_settings: Settings) -> None:
    assert account.site_of("https://onthaal.example:8443/x") == account.site_of("https://onthaal.example:8443")
    world = worlds(sqlite_settings).organise()

    assert world.call("GET", "/api/sign-in/ways").json() == {"host": "localhost"}
