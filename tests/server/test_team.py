"""The team page: how each tablet stands as it last said; a role that takes a tablet away; a PIN alone, accepted in writing."""

import pytest

from server.clock import now_ms
from tests.support.desk import Desk
from tests.support.device import Device
from tests.support.newcomer import Newcomer, invited, printed
from tests.support.seal import encode
from tests.support.world import EMAIL, World

WHY = "Raad van bestuur, 26 november: geen toestellen met een eigen slot."


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


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


def test_a_tablet_stands_there_with_its_last_contact(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    amina, griet = world.device("amina"), world.device("griet")

    def last_contact() -> int:
        devices = griet.asks("GET", "/api/team").json()["devices"]
        return next(int(one["last_contact"]) for one in devices if one["id"] == amina.id)

    amina.sends([])
    first = last_contact()
    assert abs(first - now_ms()) < 60_000
    later = now_ms() + 3 * 3600_000
    with monkeypatch.context() as patched:
        patched.setattr(world.app.state, "clock", lambda: later)
        amina.sends([])

    assert last_contact() == later


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


def changes(world: World, member: str, **fields: object) -> tuple[int, object]:
    answer = world.device("griet").asks("PATCH", f"/api/members/{member}", fields)
    return answer.status_code, answer.json().get("detail") or answer.json().get("code")


def test_who_is_no_coordinator_any_more_loses_the_desk_and_nothing_that_was_written_at_it(world: World) -> None:
    world.join("els", "coordinator")
    els = world.device("els", role="coordinator")
    els.syncs()

    assert changes(world, els.member, role="generalist") == (200, None)

    assert els.asks("GET", "/api/team").status_code == 401
    reply = els.sends([els.edit(1, "talk-1", channel="tent")])
    assert (reply.acks, reply.streams, reply.body["wipe"]) == ([("parked", "revoked")], {}, True)


def test_who_is_no_coordinator_signs_in_at_no_desk(desk: Desk) -> None:
    world = desk.world
    els = world.join("els", "coordinator")
    assert changes(world, els, email="els@picol.example", password="een eerste lang wachtwoord") == (200, None)
    assert desk.signs_in("een eerste lang wachtwoord", email="els@picol.example") == (200, "")

    assert changes(world, els, role="researcher") == (200, None)
    assert desk.signs_in("een eerste lang wachtwoord", email="els@picol.example") == (403, "not_allowed")


def test_who_becomes_a_coordinator_gets_an_address_and_a_first_password(desk: Desk) -> None:
    world = desk.world
    amina = world.device("amina").member
    wanted = {"role": "coordinator", "email": "Amina@picol.example "}
    assert changes(world, amina, **wanted, password="kort") == (400, "weak_password")
    assert changes(world, amina, **(wanted | {"email": EMAIL}), password="een eerste lang wachtwoord") == (409, "email")
    assert desk.signs_in("een eerste lang wachtwoord", email="amina@picol.example") == (401, "wrong_password")

    assert changes(world, amina, **wanted, password="een eerste lang wachtwoord") == (200, None)
    assert desk.signs_in("een eerste lang wachtwoord", email="amina@picol.example") == (200, "")


def test_nobody_takes_their_own_place_at_the_desk_away(world: World) -> None:
    griet = world.device("griet").member

    assert changes(world, griet, role="generalist") == (403, "oneself")
    assert changes(world, griet, active=False) == (403, "oneself")
    assert changes(world, griet, display_name="Griet O.") == (200, None)


def test_a_service_is_one_that_is_here_and_of_who_sits_at_its_table(world: World) -> None:
    amina = world.device("amina").member
    housing = world.id("housing-service")

    assert changes(world, amina, service=housing) == (400, "service")
    assert changes(world, amina, role="service_worker", service="none-such") == (400, "service")
    assert changes(world, amina, role="service_worker", service=world.device("griet").member) == (400, "service")
    assert changes(world, amina, role="clown") == (400, "role")
    assert changes(world, amina, role="service_worker", service=housing) == (200, None)
    assert world.device("amina").asks("GET", "/api/me").json()["service"] == housing
    assert changes(world, amina, role="generalist") == (200, None)
    assert world.device("amina").asks("GET", "/api/me").json()["service"] is None


def test_areas_of_a_member_are_those_that_were_said_last(world: World) -> None:
    amina = world.device("amina")

    def shown() -> set[str]:
        amina.syncs()
        fields = amina.sees(amina.member) or {}
        return {name.removeprefix("areas/") for name, value in fields.items() if name.startswith("areas/") and value}

    assert changes(world, amina.member, areas=["Laken", "Kuregem"]) == (200, None)
    assert shown() == {"Laken", "Kuregem"}
    assert changes(world, amina.member, areas=["Laken", "Marollen"]) == (200, None)
    assert shown() == {"Laken", "Marollen"}
    assert changes(world, amina.member, areas=["a/b"])[0] == 400
    assert changes(world, amina.member, areas=[]) == (200, None)
    assert shown() == set()


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
