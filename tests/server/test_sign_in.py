"""Coordinators sign in: password, codes, recovery codes."""

import asyncio
import json
from collections.abc import Callable

import httpx
import pytest

from server.acts import make_organisation
from server.people.codes import accepted_step, code_at, recovery_code_of, secret_of, step_at
from server.people.passwords import is_weak
from server.settings import Settings
from tests.support.desk import Desk, now_code
from tests.support.world import EMAIL, PASSWORD, World

SHORT = "paard9batterij"
RFC_SECRET = secret_of(b"12345678901234567890")
Worlds = Callable[[Settings], World]


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


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


# ── the same answer ───────────────────────────────────────────────────────────────────────────────────


def work_of(world: World, email: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what the server does, of what takes time, for a wrong password."""
    done: list[str] = []
    writing, others = world.server.store.writing, asyncio.all_tasks(world.runner.get_loop())

    def written() -> object:
        # What the server does by itself meanwhile, such as looking what is due, is not this call's work.
        if asyncio.current_task() not in others:
            done.append("write")
        return writing()

    with monkeypatch.context() as patched:
        patched.setattr("server.people.passwords._verify", lambda *_: done.append("argon2") or False)
        patched.setattr(world.server.store, "writing", written)
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


def test_the_secret_of_codes_does_not_lie_in_the_database(world: World) -> None:
    desk = Desk(world)
    desk.signs_in()
    secret, _ = desk.sets_codes_up()

    stored = [row[0] for row in world.rows("SELECT secret FROM code")]

    assert stored and not [one for one in stored if secret in one or secret.lower() in one.lower()]
    assert Desk(world).signs_in(code=now_code(secret, 1)) == (200, "")
