"""What the two tokens of a vault open, how a tablet of before vaults makes itself known, and when a browser clears itself."""

import pytest

from server.clock import new_token
from server.people.sign_in import hash_token
from tests.support.device import Device
from tests.support.newcomer import printed
from tests.support.seal import Vault, encode
from tests.support.world import World


def moves_in(world: World, device: Device, vault: Vault, **other: str) -> dict[str, str]:
    """Return what a tablet says that moves in."""
    return {"member_key": vault.member_key, "token": new_token(), "courier": new_token(), **other}


def courier_of(world: World, device: Device) -> Device:
    """Return the courier of a device's vault, whose key is registered."""
    asked = moves_in(world, device, Vault(device.member, world.server.transport.current()))
    assert device.asks("POST", "/api/me/vault", asked).status_code == 200
    return Device(world, device.member, asked["courier"], device.id, device.author, is_session=False)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/me"), ("GET", "/api/team"), ("GET", "/api/poke"), ("GET", "/api/sealed"), ("GET", "/api/parked"),
        ("POST", "/api/sign-out"), ("POST", "/api/sealed/retry"), ("POST", "/api/me/vault"),
    ],
)  # fmt: skip
def test_a_couriers_token_opens_nothing_else(world: World, method: str, path: str) -> None:
    courier = tablet_courier(world, "amina")

    answer = world.call(method, path, token=courier, json_body={} if method == "POST" else None)

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def tablet_courier(world: World, who: str) -> str:
    """Return the courier's token of a tablet that takes a link now."""
    code = printed(world, world.device(who).member)
    answer = world.call("POST", "/api/enrol", json_body={"code": code}).json()
    assert answer["courier"] != answer["token"]
    return str(answer["courier"])


def test_t07_a_courier_brings_sealed_edits_and_reads_nothing(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    courier, vault = courier_of(world, world.device("bilal")), world.vault(amina)
    talk = amina.edit(1, "talk-1", channel="tent")

    reply = courier.sends([encode(vault.seals(talk)), amina.edit(2, "talk-2", channel="tent")], cursors={"org": 0})

    assert reply.acks == [("ok",), ("refused", "bad_value")]
    assert (reply.streams, reply.closed) == ({}, [])
    griet.syncs()
    assert griet.records[world.id("talk-1")].author == amina.member


def test_a_tablet_that_moves_in_goes_by_other_tokens_from_then_on(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    vault = Vault(amina.member, world.server.transport.current())
    asked = moves_in(world, amina, vault)

    answer = amina.asks("POST", "/api/me/vault", asked)

    assert (answer.status_code, answer.json()["member"]) == (200, amina.member)
    assert answer.json()["transport"]["id"] == vault.transport.id
    assert amina.asks("GET", "/api/me").json()["code"] == "signed_out"  # the token that lay in clear
    assert world.call("GET", "/api/me", token=asked["token"]).json()["device"] == amina.id
    bilal = world.device("bilal")
    assert bilal.sends([encode(vault.seals(amina.edit(1, "talk-1", channel="tent")))]).acks == [("ok",)]
    griet.syncs()
    assert griet.records[world.id("talk-1")].author == amina.member
    assert world.rows("SELECT member, about FROM audit WHERE what = 'moved_in'") == [(amina.member, amina.id)]


def test_a_reply_that_is_lost_locks_nobody_out(world: World) -> None:
    amina = world.device("amina")
    asked = moves_in(world, amina, Vault(amina.member, world.server.transport.current()))
    assert amina.asks("POST", "/api/me/vault", asked).status_code == 200

    again = world.call("POST", "/api/me/vault", token=asked["token"], json_body=asked)

    assert again.status_code == 200
    assert world.rows("SELECT count(*) FROM member_key") == [(1,)]


@pytest.mark.parametrize("other", ["member_key", "token", "courier"])
def test_a_key_and_its_tokens_are_never_replaced(world: World, other: str) -> None:
    amina = world.device("amina")
    vault = Vault(amina.member, world.server.transport.current())
    asked = moves_in(world, amina, vault)
    assert amina.asks("POST", "/api/me/vault", asked).status_code == 200
    before = world.rows("SELECT public FROM member_key"), world.rows("SELECT token_hash, courier_hash FROM device")

    mine = moves_in(world, amina, Vault(amina.member, vault.transport))
    answer = world.call("POST", "/api/me/vault", token=asked["token"], json_body={**asked, other: mine[other]})

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert before == (
        world.rows("SELECT public FROM member_key"),
        world.rows("SELECT token_hash, courier_hash FROM device"),
    )


def test_nobody_takes_a_token_that_is_anothers(world: World) -> None:
    amina, bilal = world.device("amina"), world.device("bilal")
    vault = Vault(amina.member, world.server.transport.current())

    for name in ("token", "courier"):
        answer = amina.asks("POST", "/api/me/vault", moves_in(world, amina, vault, **{name: bilal.token}))
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert bilal.asks("GET", "/api/me").status_code == 200


@pytest.mark.parametrize(
    "spoilt",
    [{"member_key": "AAAA"}, {"member_key": "!" * 87}, {"token": "short"}, {"courier": "ü" * 43}, {"more": "x"}],
)
def test_what_is_no_vault_changes_nothing(world: World, spoilt: dict[str, str]) -> None:
    amina = world.device("amina")
    asked = moves_in(world, amina, Vault(amina.member, world.server.transport.current()), **spoilt)

    assert amina.asks("POST", "/api/me/vault", asked).status_code == 400
    same = {**asked, "courier": asked["token"]}
    assert amina.asks("POST", "/api/me/vault", same).status_code == 400

    assert amina.asks("GET", "/api/me").status_code == 200
    assert world.rows("SELECT count(*) FROM member_key") == [(0,)]


def test_a_desk_has_no_vault_yet(world: World) -> None:
    griet = world.device("griet")
    asked = moves_in(world, griet, Vault(griet.member, world.server.transport.current()))

    assert griet.asks("POST", "/api/me/vault", asked).json()["code"] == "not_allowed"


def test_the_courier_of_a_revoked_vault_is_heard_until_nothing_waits_behind_its_lock(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    vault = world.vault(amina)
    token = new_token()
    world.run(_give_courier(world, amina.id, token))
    courier = Device(world, amina.member, token, amina.id, amina.author, is_session=False)
    griet.asks("POST", f"/api/devices/{amina.id}/revoke")

    # Edits without a box wait for their worker: an empty call does not end the device.
    for _ in range(2):
        assert courier.sends([], waiting=1).body["wipe"] is True
    assert courier.sends([encode(vault.seals(amina.edit(1, "talk-1", channel="tent")))]).acks == [("parked", "revoked")]
    assert amina.sends([amina.edit(2, "talk-2", channel="tent")]).acks == [("parked", "revoked")]
    assert courier.sends([]).status == 200

    last = courier.sends([])
    assert (last.status, last.code) == (401, "revoked")
    assert len(griet.asks("GET", "/api/parked").json()) == 2


async def _give_courier(world: World, device: str, token: str) -> None:
    async with world.server.store.writing() as tx:
        await tx.run("UPDATE device SET courier_hash = ? WHERE id = ?", hash_token(token), device)


def test_a_browser_clears_itself_when_it_asks_for_it_and_never_by_the_answer_to_one_vault(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    griet.asks("POST", f"/api/devices/{amina.id}/revoke")
    assert amina.sends([]).status == 200
    assert "clear-site-data" not in amina.sends([]).headers

    answer = world.call("POST", "/api/forget", headers={"Sec-Fetch-Site": "same-origin"}, json_body={})
    assert (answer.status_code, answer.headers["clear-site-data"]) == (200, '"cache", "storage"')
    other = world.call("POST", "/api/forget", headers={"Sec-Fetch-Site": "cross-site"}, json_body={})
    assert (other.status_code, "clear-site-data" in other.headers) == (403, False)
