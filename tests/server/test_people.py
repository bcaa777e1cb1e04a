"""Signing in, enrolling, the team: one-time codes, hashed tokens, access taken away at once."""

import asyncio
import json
from collections.abc import Callable

import httpx
import msgspec
import pytest

from server.clock import now_ms
from server.people import enrolment
from server.settings import Settings
from tests.support.newcomer import printed
from tests.support.world import EMAIL, PASSWORD, World


def test_a_coordinator_signs_in_and_out(world: World) -> None:
    answer = world.call("POST", "/api/sign-in", json_body={"email": EMAIL.upper(), "password": PASSWORD})

    assert answer.status_code == 200
    me = answer.json()
    assert (me["member"], me["role"], me["display_name"]) == (world.coordinator, "coordinator", "Griet")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie
    token = answer.cookies["onthaal_session"]
    headers = {"Cookie": f"onthaal_session={token}", "Sec-Fetch-Site": "same-origin"}
    assert world.call("GET", "/api/me", headers=headers).json() == me
    assert world.rows("SELECT count(*) FROM device WHERE token_hash = ?", token) == [(0,)], "only its hash is kept"
    [[hashed]] = world.rows("SELECT password_hash FROM member WHERE id = ?", world.coordinator)
    assert hashed.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert world.call("POST", "/api/sign-out", headers=headers).status_code == 200
    assert world.call("GET", "/api/me", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, "een ander wachtwoord voor"), ("nobody@picol.example", PASSWORD), (EMAIL, PASSWORD + " ")],
)
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(world: World, email: str, password: str) -> None:
    answer = world.call("POST", "/api/sign-in", json_body={"email": email, "password": password})

    assert (answer.status_code, answer.json()) == (401, {"code": "wrong_password", "detail": "wrong_password"})
    assert "set-cookie" not in answer.headers


def test_workers_have_no_password_and_cannot_sign_in(world: World) -> None:
    answer = world.call("POST", "/api/sign-in", json_body={"email": "amina", "password": PASSWORD})

    assert answer.status_code == 401


def test_a_session_ends_after_half_an_hour_without_contact(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    griet, now, asked = world.device("griet"), now_ms(), []
    for minutes in (0, 29, 58, 89):
        at = now + minutes * 60_000
        monkeypatch.setattr(world.app.state, "clock", lambda at=at: at)
        asked.append(griet.sends([]).status)

    assert asked == [200, 200, 200, 401], "each contact counts anew"


def test_a_cookie_counts_only_for_our_own_pages(world: World) -> None:
    griet = world.device("griet")
    cookie = {"Cookie": griet.headers["Cookie"]}

    for site in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"}, {}):
        answer = world.call("POST", "/api/sign-out", headers={**cookie, **site})
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site"), site
    assert griet.asks("GET", "/api/me").status_code == 200


def test_a_bearer_token_from_another_site_is_refused(world: World) -> None:
    amina = world.device("amina")

    assert amina.posts(amina.body(), **{"Sec-Fetch-Site": "cross-site"}).code == "cross_site"
    assert amina.posts(amina.body(), **{"Sec-Fetch-Site": "same-origin"}).status == 200
    assert amina.posts(amina.body()).status == 200


def test_a_tablet_token_is_no_cookie(world: World) -> None:
    amina = world.device("amina")
    headers = {"Cookie": f"onthaal_session={amina.token}", "Sec-Fetch-Site": "same-origin"}

    assert world.call("GET", "/api/me", headers=headers).status_code == 401


def test_a_tablet_enrols_once_with_a_one_time_link(world: World) -> None:
    code = printed(world, world.id("amina"))

    enrolled = world.call("POST", "/api/enrol", json_body={"code": code, "label": "Tablet 3"})

    assert enrolled.status_code == 200
    token, me = enrolled.json()["token"], enrolled.json()["me"]
    assert (me["member"], me["role"], me["service"]) == (world.id("amina"), "generalist", None)
    assert world.call("GET", "/api/me", token=token).json() == me
    again = world.call("POST", "/api/enrol", json_body={"code": code, "label": "Thief"})
    assert (again.status_code, again.json()["code"]) == (410, "code_used")
    text = json.dumps(
        world.rows("SELECT token_hash, label FROM device") + world.rows("SELECT code_hash FROM invitation")
    )
    assert token not in text and code not in text


def test_a_code_used_by_many_at_once_enrols_one(world: World) -> None:
    code = printed(world, world.id("amina"))

    async def all_at_once() -> list[httpx.Response]:
        calls = [world.http.post("/api/enrol", json={"code": code, "label": f"{n}"}) for n in range(10)]
        return await asyncio.gather(*calls)

    assert sorted(answer.status_code for answer in world.run(all_at_once())) == [200] + [410] * 9


def test_a_code_is_late_after_ten_minutes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    code, now = printed(world, world.id("amina")), now_ms()
    monkeypatch.setattr(enrolment, "now_ms", lambda: now + 11 * 60_000)

    answer = world.call("POST", "/api/enrol", json_body={"code": code, "label": ""})

    assert (answer.status_code, answer.json()["code"]) == (410, "code_late")


def test_a_guessed_code_is_not_found(world: World) -> None:
    answer = world.call("POST", "/api/enrol", json_body={"code": "guess", "label": ""})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_coordinator_adds_a_member_whom_every_device_then_knows(world: World) -> None:
    griet, amina = world.device("griet"), world.device("amina")
    new = {
        "display_name": "Yusuf",
        "role": "service_worker",
        "service": world.id("debt-service"),
        "languages": ["ar", "nl"],
    }

    made = griet.asks("POST", "/api/members", new)

    assert made.status_code == 201
    amina.syncs()
    assert amina.sees(made.json()["id"]) == {
        "display_name": "Yusuf", "role": "service_worker", "service": world.id("debt-service"), "active": True,
        "languages/ar": True, "languages/nl": True,
    }  # fmt: skip
    team = griet.asks("GET", "/api/team").json()
    assert "Yusuf" in {member["display_name"] for member in team["members"]}
    assert {device["member"] for device in team["devices"]} >= {amina.member}


def test_two_accounts_cannot_have_one_address(world: World) -> None:
    griet = world.device("griet")
    new = {"display_name": "Two", "role": "coordinator", "email": EMAIL, "password": PASSWORD}

    assert griet.asks("POST", "/api/members", new).json()["code"] == "conflict"
    assert (
        griet.asks("POST", "/api/members", {**new, "email": "b@x.example", "password": "short"}).json()["code"]
        == "weak_password"
    )
    assert (
        griet.asks("POST", "/api/members", {**new, "email": "b@x.example", "role": "king"}).json()["code"]
        == "bad_value"
    )


def test_a_member_changed_after_a_restart_has_one_value(world: World) -> None:
    griet, amina = world.device("griet"), world.device("amina")
    world.server.author = "AAAAAAAAAAA"  # as after a restart

    for name in ("Amina B.", "Amina Benali"):
        assert griet.asks("PATCH", f"/api/members/{amina.member}", {"display_name": name}).status_code == 200

    griet.syncs()
    [version] = griet.records[amina.member].live["display_name"]
    assert (version.value, version.by) == ("Amina Benali", griet.member)


def test_a_changed_role_counts_from_the_next_call(world: World) -> None:
    griet, luc = world.device("griet"), world.device("luc")
    assert luc.sends([luc.edit(1, "talk-1", channel="tent")]).acks == [("parked", "not_allowed")]

    griet.asks("PATCH", f"/api/members/{luc.member}", {"role": "generalist"})

    assert luc.sends([luc.edit(2, "talk-2", channel="tent")]).acks == [("ok",)]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/team"), ("POST", "/api/members"), ("PATCH", "/api/members/x"), ("POST", "/api/members/x/invitation"),
     ("POST", "/api/devices/x/revoke"), ("GET", "/api/records/x/history"), ("GET", "/api/parked"),
     ("GET", "/api/enrolments"), ("POST", "/api/enrolments/x/confirm"), ("POST", "/api/enrolments/x/refuse"),
     ("GET", "/api/notices"), ("GET", "/api/policy"),
     ("POST", "/api/parked/x/1/take"), ("POST", "/api/parked/x/1/drop"), ("POST", "/api/contacts/x/read")],
)  # fmt: skip
def test_what_is_the_coordinators_is_nobody_elses(sqlite_world: World, method: str, path: str) -> None:
    bodies = {"/api/members": {"display_name": "x", "role": "admin"}, "/api/members/x": {"role": "admin"},
              "/api/contacts/x/read": {"reason": "curious"}}  # fmt: skip
    body = bodies.get(path)

    for name in ("amina", "sofie", "rachid", "luc"):
        answer = sqlite_world.device(name).asks(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert sqlite_world.call(method, path, json_body=body).status_code == 401


def test_a_contact_is_read_with_a_reason_that_is_written_down(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    card = amina.gives_card("fox", "79")
    amina.writes("consent-1", "consent", card=card, given_how="spoken", **{"purposes/call_back": "given"})
    amina.writes("contact-1", "contact", card=card, channel="phone", value="0470", consent=world.id("consent-1"))
    assert amina.syncs().acks == [("ok",)] * 3
    path = f"/api/contacts/{world.id('contact-1')}/read"

    assert griet.asks("POST", path, {"reason": ""}).status_code == 400
    read = griet.asks("POST", path, {"reason": "Amina is ziek, iemand moet bellen"})

    assert read.json()["view"]["value"] == "0470"
    [line] = griet.asks("GET", "/api/audit?what=contact_read").json()["lines"]
    assert (line["member"], line["about"]) == (griet.member, world.id("contact-1"))
    assert line["reason"] == "Amina is ziek, iemand moet bellen"
    assert griet.asks("GET", f"/api/cards/{card}/contacts").json() == [world.id("contact-1")]
    assert griet.asks("GET", f"/api/records/{world.id('contact-1')}/history").status_code == 404


def test_cookies_are_host_cookies_on_https(worlds: Callable[[Settings], World], sqlite_settings: Settings) -> None:
    settings = msgspec.structs.replace(sqlite_settings, public_url="https://onthaal.example")
    world = worlds(settings).organise()

    answer = world.call("POST", "/api/sign-in", json_body={"email": EMAIL, "password": PASSWORD})

    cookie = answer.headers["set-cookie"]
    assert (
        cookie.startswith("__Host-onthaal_session=") and "secure" in cookie.lower() and "domain" not in cookie.lower()
    )
