"""A one-time link of a desk: made on the server, it opens a session once, and proves nothing by itself."""

from urllib.parse import urlsplit

import pytest

from server.acts import make_invitation
from server.clock import now_ms
from server.people import entry
from tests.support.desk import Desk
from tests.support.world import PASSWORD, World


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def code_for(world: World, member: str) -> str:
    return urlsplit(world.run(make_invitation(world.server, member))).fragment.partition("=")[2]


def test_it_opens_a_desk_once_and_is_written_down(desk: Desk) -> None:
    world = desk.world
    link = world.run(make_invitation(world.server, world.coordinator))
    path, code = link.split("#in=")

    opened = desk.asks("POST", "/api/sign-in/link", {"code": code})

    assert path == "http://localhost:8000/desk"
    assert (opened.status_code, opened.json()["member"]) == (200, world.coordinator)
    assert desk.asks("GET", "/api/team").status_code == 200
    again = Desk(world).asks("POST", "/api/sign-in/link", {"code": code})
    assert (again.status_code, again.json()["code"]) == (410, "code_used")
    trail = [(line["what"], line["detail"]) for line in desk.asks("GET", "/api/audit").json()["lines"]]
    assert trail[:2] == [("sign_in_failed", "used"), ("signed_in", "link")]


def test_what_is_grave_still_asks_who_is_there(desk: Desk) -> None:
    desk.asks("POST", "/api/sign-in/link", {"code": code_for(desk.world, desk.world.coordinator)})
    amina = f"/api/members/{desk.world.id('amina')}/invitation"

    assert desk.asks("POST", amina).json()["code"] == "verify"
    assert desk.asks("POST", "/api/verify", {"password": PASSWORD}).status_code == 200
    assert desk.asks("POST", amina).status_code == 201


def test_it_makes_no_tablet_of_a_coordinator_and_a_tablet_link_opens_no_desk(desk: Desk) -> None:
    world = desk.world
    of_griet, of_amina = code_for(world, world.coordinator), code_for(world, world.id("amina"))

    tablet = world.call("POST", "/api/enrol", json_body={"code": of_griet, "label": ""})
    opened = desk.asks("POST", "/api/sign-in/link", {"code": of_amina})

    assert [(one.status_code, one.json()["code"]) for one in (tablet, opened)] == [(404, "not_found")] * 2
    assert desk.asks("POST", "/api/sign-in/link", {"code": of_griet}).status_code == 200, "neither was used up"
    assert world.call("POST", "/api/enrol", json_body={"code": of_amina, "label": ""}).status_code == 200


def test_nobody_makes_one_for_another_coordinator_at_the_desk(desk: Desk) -> None:
    desk.signs_in()

    made = desk.asks("POST", f"/api/members/{desk.world.coordinator}/invitation")

    assert (made.status_code, made.json()["code"]) == (403, "not_allowed")


def test_it_is_late_after_ten_minutes_and_unknown_where_it_was_guessed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, now = code_for(desk.world, desk.world.coordinator), now_ms()
    monkeypatch.setattr(entry, "now_ms", lambda: now + 11 * 60_000)

    late, guessed = (desk.asks("POST", "/api/sign-in/link", {"code": one}) for one in (code, "guess"))

    assert [(one.status_code, one.json()["code"]) for one in (late, guessed)] == [
        (410, "code_late"),
        (404, "not_found"),
    ]
