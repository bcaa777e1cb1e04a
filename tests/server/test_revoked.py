"""A tablet that lost its access: what waits on it is still read, then it is told to wipe, then it is shut out."""

import pytest

from server.clock import now_ms
from server.people import sign_in
from tests.support.newcomer import printed
from tests.support.world import EMAIL, PASSWORD, Device, World


def test_its_edits_are_parked_and_it_gets_nothing_any_more(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    amina.writes("talk-1", "visit", channel="tent")
    amina.syncs()
    assert griet.asks("POST", f"/api/devices/{amina.id}/revoke").status_code == 200

    reply = amina.sends([amina.edit(9, "talk-2", channel="street")], cursors={"org": 1, f"event:{world.event}": 2})

    assert reply.acks == [("parked", "revoked")]
    assert (reply.streams, reply.closed, reply.body["wipe"]) == ({}, [f"event:{world.event}", "org"], True)
    [parked] = griet.asks("GET", "/api/parked").json()
    assert (parked["code"], parked["set"]) == ("revoked", {"channel": "street"})
    assert amina.asks("GET", "/api/me").status_code == 401


def test_after_an_empty_call_it_is_shut_out(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    griet.asks("POST", f"/api/devices/{amina.id}/revoke")
    assert amina.sends([amina.edit(1, "talk-1", channel="tent")]).acks == [("parked", "revoked")]
    assert amina.sends([]).status == 200

    reply = amina.sends([])

    assert (reply.status, reply.code) == (401, "revoked")
    assert world.rows("SELECT count(*) FROM edit WHERE a = ?", amina.author) == [(1,)]


def test_what_is_written_after_a_last_reply_that_was_lost_is_still_read(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    griet.asks("POST", f"/api/devices/{amina.id}/revoke")
    assert amina.sends([]).status == 200  # the reply is lost: nobody knows yet, and somebody goes on writing

    assert amina.sends([amina.edit(1, "talk-1", channel="tent")]).acks == [("parked", "revoked")]

    assert (amina.sends([]).status, len(griet.asks("GET", "/api/parked").json())) == (401, 1)


def test_after_seven_days_it_is_shut_out_whatever_it_holds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    griet.asks("POST", f"/api/devices/{amina.id}/revoke")
    now = now_ms()
    monkeypatch.setattr(world.app.state, "clock", lambda: now + 7 * 86_400_000 + 60_000)

    assert amina.sends([amina.edit(1, "talk-1", channel="tent")]).status == 401


def test_what_came_before_the_revocation_keeps_its_first_answer(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    edit = amina.edit(1, "talk-1", channel="tent")
    assert amina.sends([edit]).acks == [("ok",)]
    griet.asks("POST", f"/api/devices/{amina.id}/revoke")

    assert amina.sends([edit]).acks == [("repeat",)]


def test_another_tablet_of_the_same_worker_goes_on(world: World) -> None:
    first, second, griet = world.device("amina"), world.device("amina", tablet="second"), world.device("griet")
    griet.asks("POST", f"/api/devices/{first.id}/revoke")

    second.writes("talk-1", "visit", channel="tent")

    assert second.syncs().acks == [("ok",)]


def test_a_member_who_leaves_loses_every_tablet_for_good(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    griet.asks("PATCH", f"/api/members/{amina.member}", {"active": False})
    assert amina.sends([amina.edit(1, "talk-1", channel="tent")]).acks == [("parked", "revoked")]

    griet.asks("PATCH", f"/api/members/{amina.member}", {"active": True})

    assert amina.sends([amina.edit(2, "talk-1", channel="tent")]).acks == [("parked", "revoked")]
    assert griet.syncs().status == 200
    shown = griet.sees(amina.member)
    assert shown is not None and shown["active"] is True


def test_the_desk_takes_in_what_a_revoked_tablet_still_had(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    griet.asks("POST", f"/api/devices/{amina.id}/revoke")
    amina.sends([amina.edit(1, "talk-1", channel="tent")])

    griet.asks("POST", f"/api/parked/{amina.author}/1/take")

    griet.syncs()
    assert griet.sees("talk-1") == {"channel": "tent"}
    assert griet.records[world.id("talk-1")].author == amina.member


def test_nobody_without_a_token_is_answered(world: World) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer x"},
        {"Cookie": "onthaal_session=x", "Sec-Fetch-Site": "same-origin"},
    ):
        answer = world.call("POST", "/api/sync", headers={"Content-Type": "application/json", **headers}, content=b"{}")
        assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
        assert "clear-site-data" not in answer.headers


# ── a coordinator's session ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def els(world: World) -> Device:
    """A second coordinator, whose desk has read the organisation."""
    world.join("els", "coordinator")
    desk = world.device("els", role="coordinator")
    assert desk.syncs().status == 200
    return desk


def leaves(world: World, desk: Device) -> None:
    answer = world.device("griet").asks("PATCH", f"/api/members/{desk.member}", {"active": False})
    assert answer.status_code == 200


def test_a_desk_that_lost_its_access_hands_over_what_waits_and_is_told_to_wipe(world: World, els: Device) -> None:
    leaves(world, els)
    assert els.asks("POST", "/api/desk/key").status_code == 200, "or what waits in its copy could not be read"

    reply = els.sends([els.edit(1, "talk-1", channel="tent")], cursors={"org": 1})

    assert (reply.status, reply.acks, reply.streams) == (200, [("parked", "revoked")], {})
    assert reply.body["wipe"] is True
    [parked] = world.device("griet").asks("GET", "/api/parked").json()
    assert (parked["code"], parked["set"]) == ("revoked", {"channel": "tent"})
    assert els.sends([]).body["wipe"] is True
    assert (els.sends([]).status, els.sends([]).code) == (401, "revoked")
    assert els.asks("POST", "/api/desk/key").json()["code"] == "revoked"


def test_a_desk_that_lost_its_access_opens_nothing_else(world: World, els: Device) -> None:
    leaves(world, els)

    for path in ("/api/me", "/api/team", "/api/parked", "/api/poke", "/api/account"):
        assert els.asks("GET", path).status_code == 401, path


def test_a_desk_that_was_closed_when_it_lost_its_access_is_wiped_within_seven_days(
    world: World, els: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaves(world, els)
    now = now_ms()
    monkeypatch.setattr(world.app.state, "clock", lambda: now + 3 * 86_400_000)
    assert els.sends([els.edit(1, "talk-1", channel="tent")]).body["wipe"] is True

    monkeypatch.setattr(world.app.state, "clock", lambda: now + 8 * 86_400_000)
    assert els.sends([]).status == 401


def test_a_browser_keeps_the_cookie_for_as_long_as_its_desk_may_have_to_be_wiped(world: World) -> None:
    signed_in = world.call("POST", "/api/sign-in", json_body={"email": EMAIL, "password": PASSWORD})

    kept_s = int(signed_in.headers["set-cookie"].lower().split("max-age=")[1].split(";")[0])

    assert kept_s * 1000 == sign_in.SESSION_MS + sign_in.WIPE_MS


def test_a_tablet_ends_for_all_who_work_on_it_and_for_nobody_elsewhere(world: World) -> None:
    griet = world.device("griet")

    def enrols(who: str, tablet: str) -> tuple[str, str]:
        asked = {"code": printed(world, world.id(who)), "label": "", "tablet": tablet}
        told = world.call("POST", "/api/enrol", json_body=asked).json()
        return told["token"], told["me"]["device"]

    (amina, one), (bilal, other) = enrols("amina", "blue-ribbon"), enrols("bilal", "blue-ribbon")
    (elsewhere, _), (old, _), (older, _) = enrols("amina", "red-ribbon"), enrols("amina", ""), enrols("bilal", "")
    team = {device["id"]: device["tablet"] for device in griet.asks("GET", "/api/team").json()["devices"]}
    assert team[one] == team[other] == "blue-ribbon"

    assert griet.asks("POST", f"/api/devices/{one}/revoke", {}).status_code == 200

    asked = [world.call("GET", "/api/me", token=token).status_code for token in (amina, bilal, elsewhere, old, older)]
    assert asked == [401, 401, 200, 200, 200]
    lines = [line for line in griet.asks("GET", "/api/audit").json()["lines"] if line["what"] == "revoked"]
    assert {line["about"] for line in lines} == {one, other}
    assert world.call("POST", "/api/enrol", json_body={"code": "x", "tablet": "no <b>"}).status_code == 400
