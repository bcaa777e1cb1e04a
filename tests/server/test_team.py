"""The team page: how each tablet stands as it last said; a role that takes a tablet away; a PIN alone, accepted in writing."""

import pytest

from tests.support.device import Device
from tests.support.newcomer import Newcomer, invited, printed
from tests.support.seal import encode
from tests.support.world import World

WHY = "Raad van bestuur, 26 november: geen toestellen met een eigen slot."


def tablet_of(world: World, device: Device) -> dict[str, object]:
    """Return how the team page shows a tablet."""
    [found] = [
        one for one in world.device("griet").asks("GET", "/api/team").json()["devices"] if one["id"] == device.id
    ]
    return {name: found[name] for name in ("waiting", "app", "persisted")}


def test_a_tablet_stands_on_the_team_page_as_it_said_at_its_last_contact(world: World) -> None:
    amina = world.device("amina")
    assert tablet_of(world, amina) == {"waiting": 0, "app": "", "persisted": None}
    amina.sends([], app="0.1.0", persisted=False)
    assert tablet_of(world, amina) == {"waiting": 0, "app": "0.1.0", "persisted": False}, "in its first minute"

    amina.sends([amina.edit(1, "talk-1", channel="tent")], waiting=3, app="0.2.0", persisted=True)
    assert tablet_of(world, amina) == {"waiting": 2, "app": "0.2.0", "persisted": True}, "what came was answered"

    amina.sends([amina.edit(2, "talk-2", channel="tent")], waiting=2, app="0.2.0")
    assert tablet_of(world, amina) == {"waiting": 1, "app": "0.2.0", "persisted": True}, "within the same minute"

    amina.sends([], waiting=1, app="0.2.0", persisted=False)
    amina.sends([], waiting=0, app="0.2.1", persisted=False)
    assert tablet_of(world, amina) == {"waiting": 0, "app": "0.2.1", "persisted": False}


def test_the_courier_of_a_locked_tablet_says_how_many_boxes_wait(world: World) -> None:
    tablet, amina = Newcomer(world), world.device("amina")
    me = tablet.takes(printed(world, amina.member)).json()["me"]
    courier = Device(world, amina.member, tablet.courier, me["device"], amina.author, is_session=False)
    vault = world.vault(amina)

    reply = courier.sends([encode(vault.seals(amina.edit(1, "talk-1", channel="tent")))], waiting=4, persisted=False)

    assert (reply.acks, reply.streams) == ([("ok",)], {})
    assert tablet_of(world, courier) == {"waiting": 3, "app": "", "persisted": False}


def test_who_becomes_a_coordinator_loses_the_tablet_and_nothing_that_was_written_on_it(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    assert amina.sends([amina.edit(1, "talk-1", channel="tent")]).acks == [("ok",)]

    changed = griet.asks("PATCH", f"/api/members/{amina.member}", {"role": "coordinator"})

    assert changed.status_code == 200
    assert amina.asks("GET", "/api/team").json()["code"] == "revoked", "it would read as a desk, and ask nobody"
    reply = amina.sends([amina.edit(2, "talk-2", channel="tent")])
    assert (reply.acks, reply.streams, reply.body["wipe"]) == ([("parked", "revoked")], {}, True)
    assert [one["id"] for one in griet.asks("GET", "/api/parked").json()] == [world.id("talk-2")]
    assert griet.asks("POST", f"/api/parked/{amina.author}/2/take").json()["ack"] == ["ok"]


@pytest.mark.parametrize("role", ["researcher", "logistics"])
def test_another_role_takes_no_tablet_away(sqlite_world: World, role: str) -> None:
    amina = sqlite_world.device("amina")

    sqlite_world.device("griet").asks("PATCH", f"/api/members/{amina.member}", {"role": role})

    assert amina.asks("GET", "/api/me").json()["role"] == role


def says(world: World, *, accepted: bool, words: str = WHY) -> tuple[int, object]:
    answer = world.device("griet").asks("POST", "/api/policy/pin-alone", {"accepted": accepted, "words": words})
    return answer.status_code, answer.json().get("code", answer.json().get("pin_alone"))


def link(world: World) -> str:
    return str(world.device("griet").asks("POST", f"/api/members/{world.id('amina')}/invitation").json()["link"])


def test_a_pin_alone_is_taken_only_where_it_was_accepted_in_writing(world: World) -> None:
    code, griet = invited(world, "amina"), world.device("griet")
    refused = Newcomer(world).takes(code, tier="pin")
    assert (refused.status_code, refused.json()) == (403, {"code": "not_allowed", "detail": "tier"})
    assert not link(world).endswith("&pin")

    assert says(world, accepted=True, words="ok") == (400, "bad_value")
    status, kept = says(world, accepted=True)
    assert (status, isinstance(kept, dict) and kept["member"]) == (200, griet.member)

    assert link(world).endswith("&pin")
    tablet = Newcomer(world)
    assert tablet.takes(code, tier="pin").json()["state"] == "waiting", "the code was not used up"
    griet.asks("POST", f"/api/enrolments/{griet.asks('GET', '/api/enrolments').json()[0]['id']}/confirm")
    assert [one["tier"] for one in griet.asks("GET", "/api/team").json()["devices"] if one["label"]] == ["pin"]

    assert says(world, accepted=False, words="") == (200, None)
    assert Newcomer(world).takes(printed(world, world.id("amina")), tier="pin").status_code == 403
    lines = griet.asks("GET", "/api/audit").json()["lines"]
    assert [(one["what"], one["reason"]) for one in lines if one["what"].startswith("pin_")] == [
        ("pin_withdrawn", None), ("pin_accepted", WHY)
    ]  # fmt: skip
    assert griet.asks("GET", "/api/audit/check").json()["broken"] is None


def test_accepting_asks_who_is_there_and_is_the_coordinators(sqlite_world: World) -> None:
    world = sqlite_world
    body = {"accepted": True, "words": WHY}
    assert world.device("amina").asks("POST", "/api/policy/pin-alone", body).json()["code"] == "not_allowed"
    assert world.device("amina").asks("GET", "/api/policy").json()["code"] == "not_allowed"

    async def forget() -> None:
        async with world.server.store.writing() as tx:
            await tx.run("UPDATE device SET verified_at = 0")

    world.device("griet")
    world.run(forget())
    assert world.device("griet").asks("POST", "/api/policy/pin-alone", body).json()["code"] == "verify"
