"""Who tries too often waits: counted in the database, for every process, also after a restart."""

import asyncio
from collections.abc import Callable

import httpx
import msgspec
import pytest

from server.clock import new_id, now_ms
from server.limits import address_key
from server.people import enrolment, entry
from server.settings import Settings
from tests.support.newcomer import printed
from tests.support.world import EMAIL, PASSWORD, World

WRONG = "een heel ander wachtwoord"
Worlds = Callable[[Settings], World]


def signs_in(world: World, email: str = EMAIL, password: str = WRONG) -> int:
    return world.call("POST", "/api/sign-in", json_body={"email": email, "password": password}).status_code


def limited(settings: Settings, **limits: int) -> Settings:
    return msgspec.structs.replace(settings, **limits)


def test_the_limits_are_those_that_were_decided_where_nobody_sets_others() -> None:
    given = Settings(environment="production")

    assert (given.sign_in_per_minute, given.sign_in_per_minute_address, given.enrol_per_ten_minutes) == (5, 20, 5)
    assert (given.sync_limit, given.contact_reads_per_minute, given.exports_per_day) == (60, 30, 3)


def test_five_wrong_passwords_in_a_minute_are_enough_for_an_account(
    worlds: Worlds, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = worlds(limited(settings, sign_in_per_minute=5)).organise()

    assert [signs_in(world) for _ in range(6)] == [401] * 5 + [429]
    assert signs_in(world, password=PASSWORD) == 429, "not even the right one tells anything now"
    assert signs_in(world, email="nobody@picol.example") == 401, "others are not held up"
    later = now_ms() + 61_000
    monkeypatch.setattr(entry, "now_ms", lambda: later)
    assert signs_in(world, password=PASSWORD) == 200


def test_an_unknown_address_waits_like_a_known_one(worlds: Worlds, sqlite_settings: Settings) -> None:
    world = worlds(limited(sqlite_settings, sign_in_per_minute=5)).organise()

    assert [signs_in(world, email="nobody@picol.example") for _ in range(6)] == [401] * 5 + [429]


def test_twenty_wrong_passwords_in_a_minute_are_enough_for_an_address(worlds: Worlds, settings: Settings) -> None:
    world = worlds(limited(settings, sign_in_per_minute=5, sign_in_per_minute_address=20)).organise()

    statuses = [signs_in(world, email=f"n{n}@picol.example") for n in range(22)]

    assert statuses == [401] * 20 + [429] * 2
    assert world.call("POST", "/api/passkey/options").status_code == 429


def test_who_signs_in_rightly_is_not_counted(worlds: Worlds, sqlite_settings: Settings) -> None:
    world = worlds(limited(sqlite_settings, sign_in_per_minute=5, sign_in_per_minute_address=20)).organise()

    assert [signs_in(world, password=PASSWORD) for _ in range(25)] == [200] * 25
    assert [signs_in(world) for _ in range(6)] == [401] * 5 + [429]


def test_T11_a_code_used_twice_late_or_guessed_and_then_too_many(
    worlds: Worlds, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = worlds(limited(settings, enrol_per_ten_minutes=5)).organise()

    def takes(code: str) -> tuple[int, str]:
        answer = world.call("POST", "/api/enrol", json_body={"code": code, "label": ""})
        return answer.status_code, answer.json().get("code", "")

    for _ in range(7):
        used = printed(world, world.id("amina"))
        assert takes(used) == (200, ""), "a class of tablets enrols from one address"
    assert takes(used) == (410, "code_used")
    late = printed(world, world.id("amina"))
    after = now_ms() + 11 * 60_000
    monkeypatch.setattr(enrolment, "now_ms", lambda: after)
    assert takes(late) == (410, "code_late")
    assert [takes(f"guess-{n}") for n in range(6)] == [(404, "not_found")] * 4 + [(429, "too_many")] * 2
    assert takes(printed(world, world.id("amina"))) == (429, "too_many")


def test_T11_who_only_looks_whether_a_code_works_guesses_no_more_often(
    worlds: Worlds, sqlite_settings: Settings
) -> None:
    world = worlds(limited(sqlite_settings, enrol_per_ten_minutes=5)).organise()

    def looks(code: str) -> int:
        return world.call("POST", "/api/enrol/look", json_body={"code": code}).status_code

    good = printed(world, world.id("amina"))
    assert [looks(good) for _ in range(7)] == [200] * 7, "a class of tablets looks from one address"
    assert [looks(f"guess-{n}") for n in range(6)] == [200] * 5 + [429]
    assert world.call("POST", "/api/enrol", json_body={"code": "guess", "label": ""}).status_code == 429


def test_T29_random_contacts_get_the_same_404_and_then_429(worlds: Worlds, sqlite_settings: Settings) -> None:
    world = worlds(sqlite_settings).organise()
    griet = world.device("griet")

    answers = [griet.asks("POST", f"/api/contacts/{new_id()}/read", {"reason": "wie is dit"}) for _ in range(200)]

    assert [answer.status_code for answer in answers] == [404] * 30 + [429] * 170
    assert len({answer.text for answer in answers[:30]}) == 1
    assert int(answers[-1].headers["retry-after"]) > 0


def test_many_processes_and_restarts_share_one_count(worlds: Worlds, settings: Settings) -> None:
    settings = limited(settings, sign_in_per_minute=5)
    first = worlds(settings).organise()
    assert [signs_in(first) for _ in range(3)] == [401] * 3

    second = worlds(settings)

    assert [signs_in(second), signs_in(first), signs_in(second), signs_in(first)] == [401, 401, 429, 429]


def test_tries_at_the_same_time_are_all_counted(worlds: Worlds, settings: Settings) -> None:
    world = worlds(limited(settings, sign_in_per_minute=5)).organise()

    async def at_once() -> list[httpx.Response]:
        body = {"email": EMAIL, "password": WRONG}
        return await asyncio.gather(*(world.http.post("/api/sign-in", json=body) for _ in range(12)))

    statuses = sorted(answer.status_code for answer in world.run(at_once()))

    assert statuses == [401] * 5 + [429] * 7


def test_a_tablet_that_calls_too_often_waits(worlds: Worlds, settings: Settings) -> None:
    world = worlds(limited(settings, sync_per_minute=4)).organise()
    amina, bilal = world.device("amina"), world.device("bilal")

    replies = [amina.sends([]) for _ in range(6)]

    assert [reply.status for reply in replies] == [200] * 4 + [429] * 2
    assert int(replies[-1].headers["retry-after"]) > 0
    assert bilal.sends([]).status == 200


def test_the_sync_is_limited_in_production_and_costs_nothing_elsewhere(
    worlds: Worlds, sqlite_settings: Settings
) -> None:
    production = limited(sqlite_settings, environment="production")
    assert (production.sync_limit, sqlite_settings.sync_limit) == (60, 0)
    assert limited(production, sync_per_minute=0).sync_limit == 0
    world = worlds(sqlite_settings).organise()

    world.device("amina").sends([])

    assert world.rows("SELECT count(*) FROM rate") == [(0,)]


def test_addresses_and_emails_are_not_kept(worlds: Worlds, sqlite_settings: Settings) -> None:
    world = worlds(limited(sqlite_settings, sign_in_per_minute=5, sign_in_per_minute_address=20)).organise()
    signs_in(world)

    names = [row[0] for row in world.rows("SELECT name FROM rate ORDER BY name")]

    assert [name.partition(" ")[0] for name in names] == ["address", "sign-in"]
    assert EMAIL not in str(names) and "127.0.0.1" not in str(names)


def test_a_household_with_ipv6_is_one_address() -> None:
    assert address_key("2001:db8:1:2:3:4:5:6") == address_key("2001:db8:1:2::1") != address_key("2001:db8:1:3::1")
    assert address_key("192.0.2.1") == "192.0.2.1"
