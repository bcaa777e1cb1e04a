"""Enrolling a tablet: it waits until a coordinator compared four words; what goes wrong with a link is noticed."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from server.clock import now_ms
from server.people import enrolment, letting_in
from server.settings import Settings
from tests.support.newcomer import Newcomer, invited, printed
from tests.support.seal import Vault, encode
from tests.support.world import EMAIL, PASSWORD, World

OUT = (401, "signed_out")


def waiting(world: World) -> list[dict[str, str]]:
    return list(world.device("griet").asks("GET", "/api/enrolments").json())


def decides(world: World, what: str, *, of: str = "") -> tuple[int, str]:
    id = of or waiting(world)[0]["id"]
    answer = world.device("griet").asks("POST", f"/api/enrolments/{id}/{what}")
    return answer.status_code, answer.json().get("code", "")


def notices(world: World, who: str = "griet") -> list[tuple[str, str, str, int]]:
    """Return what a coordinator is to see: what, whose link, who made it, how often."""
    found = world.device(who).asks("GET", "/api/notices").json()
    return [(one["what"], one["member"], one["made_by"], one["times"]) for one in found]


def later(monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    at = now_ms() + minutes * 60_000
    for module in (enrolment, letting_in):
        monkeypatch.setattr(module, "now_ms", lambda: at)


def test_a_tablet_gets_nothing_until_its_words_were_compared(world: World) -> None:
    tablet, amina = Newcomer(world), world.device("amina")
    answer = tablet.takes(invited(world, "amina"))

    assert (answer.status_code, answer.json()) == (200, {"state": "waiting", "me": None, "token": "", "courier": ""})
    assert (tablet.stands(), tablet.reads()) == ("waiting", OUT)
    talk = encode(
        Vault(amina.member, tablet.vault.transport, tablet.vault.key).seals(amina.edit(1, "talk-1", channel="tent"))
    )
    for token in (tablet.token, tablet.courier):
        sent = world.call("POST", "/api/sync", token=token, json_body={})
        assert (sent.status_code, sent.json()["code"]) == OUT
    [shown] = waiting(world)
    assert (shown["member"], shown["label"], shown["key"]) == (amina.member, "Tablet 3", tablet.vault.member_key)
    assert decides(world, "confirm") == (200, "")

    assert (tablet.stands(), tablet.reads()) == ("confirmed", (200, "amina"))
    assert (waiting(world), notices(world)) == ([], [])
    assert world.device("bilal").sends([talk]).acks == [("ok",)], "its member key counts from now on"
    assert [line[0] for line in world.rows("SELECT what FROM audit ORDER BY number")] == [
        "invited", "enrol_asked", "enrol_confirmed"
    ]  # fmt: skip


def test_a_reply_that_was_lost_is_given_again(world: World) -> None:
    tablet, code = Newcomer(world), invited(world, "amina")
    first = tablet.takes(code).json()

    assert tablet.takes(code).json() == first
    assert decides(world, "confirm") == (200, "")
    again = tablet.takes(code).json()
    assert (again["state"], again["me"]["display_name"]) == ("confirmed", "amina")
    assert notices(world) == []


def test_T12_who_photographed_the_link_and_was_second_gets_nothing_and_is_noticed(world: World) -> None:
    code, tablet, thief = invited(world, "amina"), Newcomer(world), Newcomer(world)
    assert tablet.takes(code).status_code == 200

    for _ in range(2):
        refused = thief.takes(code)
        assert (refused.status_code, refused.json()["code"]) == (410, "code_used")

    assert (thief.stands(), thief.reads()) == ("signed_out", OUT)
    assert [one["key"] for one in waiting(world)] == [tablet.vault.member_key]
    assert notices(world) == [("code_used", world.id("amina"), world.coordinator, 2)]


def test_T12_who_photographed_it_and_was_first_waits_for_ever_and_shows_other_words(world: World) -> None:
    code, tablet, thief = invited(world, "amina"), Newcomer(world), Newcomer(world)
    assert thief.takes(code).json()["state"] == "waiting"
    assert tablet.takes(code).json()["code"] == "code_used"
    assert [what for what, *_ in notices(world)] == ["code_used"]
    assert waiting(world)[0]["key"] == thief.vault.member_key, "the desk's words are the thief's, not the tablet's"

    assert decides(world, "refuse") == (200, "")

    assert (thief.stands(), thief.reads()) == ("refused", OUT)
    assert thief.takes(code).json()["state"] == "refused", "the code is burnt"
    assert sorted(what for what, *_ in notices(world)) == ["code_used", "other_words"]
    assert decides(world, "confirm", of=world.rows("SELECT id FROM enrolment")[0][0]) == (404, "not_found")


def test_T11_a_late_code_yields_nothing_and_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    code, tablet = invited(world, "amina"), Newcomer(world)
    later(monkeypatch, 11)

    answer = tablet.takes(code)

    assert (answer.status_code, answer.json()["code"]) == (410, "code_late")
    assert (waiting(world), tablet.stands()) == ([], "signed_out")
    assert notices(world) == [("code_late", world.id("amina"), world.coordinator, 1)]


def test_a_link_is_tried_before_anything_is_typed_and_is_not_used_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    used, good = invited(world, "amina"), invited(world, "bilal")
    Newcomer(world).takes(used)
    looks = [world.call("POST", "/api/enrol/look", json_body={"code": code}) for code in (good, good, used, "guess")]

    assert [answer.status_code for answer in looks] == [200] * 4
    assert [answer.json() for answer in looks] == [{"works": works} for works in (True, True, False, False)]
    assert notices(world) == [("code_used", world.id("amina"), world.coordinator, 1)], "who was second is noticed here"
    assert Newcomer(world).takes(good).status_code == 200
    late = invited(world, "amina")
    later(monkeypatch, 11)
    assert world.call("POST", "/api/enrol/look", json_body={"code": late}).json() == {"works": False}
    assert sorted(what for what, *_ in notices(world)) == ["code_late", "code_used", "unconfirmed", "unconfirmed"]


def test_T11_a_guessed_code_is_nobodys_and_makes_no_notice(world: World) -> None:
    answer = Newcomer(world).takes("guess")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert notices(world) == []


def test_T12_a_tablet_that_nobody_confirmed_is_too_late_and_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tablet = Newcomer(world)
    tablet.takes(invited(world, "amina"))
    id = waiting(world)[0]["id"]
    later(monkeypatch, 11)

    assert decides(world, "confirm", of=id) == (410, "code_late")
    assert (tablet.stands(), tablet.reads(), waiting(world)) == ("late", OUT, [])
    assert [what for what, *_ in notices(world)] == ["unconfirmed"]
    assert [what for what, *_ in notices(world)] == ["unconfirmed"], "once"


def test_a_notice_is_seen_by_each_coordinator_and_again_where_it_happens_again(world: World) -> None:
    second = world.join("els", "coordinator")
    world.device("els", member=second, role="coordinator")
    code = invited(world, "amina")
    Newcomer(world).takes(code)
    Newcomer(world).takes(code)
    [shown] = world.device("griet").asks("GET", "/api/notices").json()

    seen = world.device("griet").asks("POST", f"/api/notices/{shown['id']}/seen", {"at": shown["at"]})

    assert (seen.status_code, notices(world)) == (200, [])
    assert [what for what, *_ in notices(world, "els")] == ["code_used"]
    world.run(asyncio.sleep(0.01))
    Newcomer(world).takes(code)
    assert [times for *_, times in notices(world)] == [2]
    assert world.device("griet").asks("POST", "/api/notices/none/seen", {"at": 1}).status_code == 404


def test_a_link_made_on_the_server_asks_no_words_but_is_noticed_too(world: World) -> None:
    tablet, code = Newcomer(world), printed(world, world.id("amina"))

    answer = tablet.takes(code).json()

    assert (answer["state"], answer["me"]["display_name"], answer["token"]) == ("confirmed", "amina", "")
    assert (tablet.stands(), tablet.reads()) == ("confirmed", (200, "amina"))
    assert tablet.takes(code).json() == answer
    assert Newcomer(world).takes(code).json()["code"] == "code_used"
    assert notices(world) == [("code_used", world.id("amina"), "", 1)]


def test_a_tablet_gives_up(world: World) -> None:
    tablet = Newcomer(world)
    tablet.takes(invited(world, "amina"))

    assert (tablet.stops(), tablet.stands(), waiting(world)) == ("stopped", "stopped", [])
    assert notices(world) == []


def test_many_at_once_make_one_tablet(world: World) -> None:
    code, tablets = invited(world, "amina"), [Newcomer(world) for _ in range(8)]

    async def all_at_once() -> list[httpx.Response]:
        return await asyncio.gather(*(world.http.post("/api/enrol", json=one.says(code)) for one in tablets))

    assert sorted(answer.status_code for answer in world.run(all_at_once())) == [200] + [410] * 7
    assert [times for *_, times in notices(world)] == [7]


@pytest.mark.parametrize("wrong", ["proof", "member_key", "token", "courier"])
def test_key_code_and_tokens_come_from_one_hand(sqlite_world: World, wrong: str) -> None:
    world = sqlite_world
    tablet, other, code = Newcomer(world), Newcomer(world), invited(world, "amina")

    answer = tablet.takes(code, **{wrong: other.says(code)[wrong]})

    assert (answer.status_code, answer.json()) == (400, {"code": "bad_value", "detail": "proof"})
    assert tablet.takes(code).status_code == 200, "the code was not used up"


def test_an_older_app_cannot_wait_and_uses_nothing_up(sqlite_world: World) -> None:
    code = invited(sqlite_world, "amina")

    answer = sqlite_world.call("POST", "/api/enrol", json_body={"code": code, "label": ""})

    assert (answer.status_code, answer.json()["code"]) == (426, "protocol")
    assert Newcomer(sqlite_world).takes(code).status_code == 200


@pytest.mark.parametrize("change", [{"active": False}, {"role": "coordinator"}])
def test_nobody_is_let_in_who_meanwhile_left_or_became_a_coordinator(
    sqlite_world: World, change: dict[str, object]
) -> None:
    tablet = Newcomer(sqlite_world)
    tablet.takes(invited(sqlite_world, "amina"))
    id = waiting(sqlite_world)[0]["id"]
    sqlite_world.device("griet").asks("PATCH", f"/api/members/{sqlite_world.id('amina')}", change)

    assert decides(sqlite_world, "confirm", of=id) == (404, "not_found")
    assert tablet.reads() == OUT


def test_confirming_asks_who_is_there_and_another_organisation_sees_nothing(
    worlds: Callable[[Settings], World], sqlite_settings: Settings
) -> None:
    world = worlds(sqlite_settings).organise()
    tablet = Newcomer(world)
    code = invited(world, "amina")
    tablet.takes(code)
    Newcomer(world).takes(code)
    id = waiting(world)[0]["id"]
    notice = world.device("griet").asks("GET", "/api/notices").json()[0]["id"]
    other = World(world.settings, runner=world.runner, name="other")
    other.server, other.app, other.http = world.server, world.app, world.http
    other.organise()
    assert (waiting(other), notices(other)) == ([], [])
    for path in (f"/api/enrolments/{id}/confirm", f"/api/enrolments/{id}/refuse"):
        assert other.device("griet").asks("POST", path).status_code == 404
    assert other.device("griet").asks("POST", f"/api/notices/{notice}/seen", {"at": 1}).status_code == 404
    world.run(_forget_who_is_there(world))

    assert decides(world, "confirm") == (403, "verify")
    assert world.call("POST", "/api/sign-in", json_body={"email": EMAIL, "password": PASSWORD}).status_code == 200


async def _forget_who_is_there(world: World) -> None:
    async with world.server.store.writing() as tx:
        await tx.run("UPDATE device SET verified_at = 0")
