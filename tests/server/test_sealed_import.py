"""What a tablet could not send, brought in a file; and boxes tried again when their key came back."""

import json
import shutil
from pathlib import Path

import msgspec

from server.exchange import sealed_routes
from sync.sealed import SealedEdit
from sync.wire import encode_edit
from tests.support.device import Device
from tests.support.seal import encode
from tests.support.world import World


def brings(device: Device, edits: list[SealedEdit], **more: object) -> list[tuple[str, ...]]:
    """Import a file; return the answers."""
    body = json.dumps({"edits": [json.loads(encode(one)) for one in edits], **more})
    answer = device.asks("POST", "/api/sealed/import", json.loads(body))
    assert answer.status_code == 200, answer.text
    return [tuple(ack) for ack in answer.json()["acks"]]


def test_a_file_of_a_dead_tablets_edits_is_brought_by_another_and_by_the_desk(world: World) -> None:
    amina, bilal, griet = world.device("amina"), world.device("bilal"), world.device("griet")
    vault = world.vault(amina)
    file = [vault.seals(amina.edit(n, f"talk-{n}", channel="tent")) for n in (1, 2)]
    file.append(msgspec.structs.replace(file[0], n=3))

    assert brings(bilal, file) == [("ok",), ("ok",), ("parked", "sealed")]
    before = world.stored()
    assert brings(griet, file) == [("repeat",), ("repeat",), ("parked", "sealed")]
    assert amina.sends(map(encode, file)).acks == [("repeat",), ("repeat",), ("parked", "sealed")]
    assert world.stored() == before
    griet.syncs()
    assert griet.records[world.id("talk-1")].author == amina.member


def test_a_file_holds_sealed_edits_alone(sqlite_world: World) -> None:
    bilal = sqlite_world.device("bilal")
    clear = json.loads(encode_edit(bilal.edit(1, "talk-1", channel="tent")))

    answer = bilal.asks("POST", "/api/sealed/import", {"edits": [clear, None, 5]})

    assert answer.json() == {"acks": [["refused", "bad_value"]] * 3}
    assert sqlite_world.rows("SELECT count(*) FROM record WHERE kind = 'visit'") == [(0,)]


def test_more_than_a_call_may_hold_fits_in_a_file(sqlite_world: World) -> None:
    amina = sqlite_world.device("amina")
    vault = sqlite_world.vault(amina)
    file = [vault.seals(amina.edit(n, f"talk-{n % 40}", outcome_reason=str(n))) for n in range(1, 621)]

    assert brings(amina, file) == [("ok",)] * 620


def test_times_in_a_file_are_not_corrected(sqlite_world: World) -> None:
    amina, griet = sqlite_world.device("amina"), sqlite_world.device("griet")
    edit = amina.edit(1, "talk-1", at_ms=1_600_000_000_000, u=1, channel="tent")

    assert brings(griet, [sqlite_world.vault(amina).seals(edit)]) == [("ok",)]

    griet.syncs()
    [version] = griet.records[edit.id].live["channel"]
    assert version.e == edit.h


def test_a_newer_apps_file_is_parked_where_it_is_not_understood(sqlite_world: World) -> None:
    amina = sqlite_world.device("amina")
    sealed = sqlite_world.vault(amina).seals(amina.edit(1, "talk-1", mood="good"))

    assert brings(amina, [sealed]) == [("refused", "unknown_field")]
    assert brings(amina, [sealed], kinds=2) == [("parked", "unknown_field")]


def test_what_is_no_such_file_is_refused_whole(sqlite_world: World) -> None:
    amina, too_many = sqlite_world.device("amina"), sealed_routes.FILE_EDITS_MAX + 1
    json_type = {"Content-Type": "application/json", **amina.headers}

    def status(content: bytes, headers: dict[str, str] = json_type) -> int:
        return sqlite_world.call("POST", "/api/sealed/import", headers=headers, content=content).status_code

    bad = (
        b"",
        b"[]",
        b"null",
        b'{"edits":5}',
        b'{"edits":[],"x":1}',
        b"\xff",
        b'{"edits":[],"kinds":-1}',
        b"[" * 100_000,
    )
    assert [status(content) for content in bad] == [400] * len(bad)
    assert status(json.dumps({"edits": [0] * too_many}).encode()) == 400
    assert status(b" " * (sealed_routes.FILE_BYTES_MAX + 1)) == 413
    assert status(b"{}", amina.headers) == 415
    assert status(b'{"edits":[]}', {"Content-Type": "application/json"}) == 401


def test_a_revoked_tablet_brings_no_file(sqlite_world: World) -> None:
    amina, griet = sqlite_world.device("amina"), sqlite_world.device("griet")
    griet.asks("POST", f"/api/devices/{amina.id}/revoke")

    answer = amina.asks("POST", "/api/sealed/import", {"edits": []})

    assert (answer.status_code, answer.json()["code"]) == (401, "revoked")


# ── tried again ───────────────────────────────────────────────────────────────────────────────────────


def test_boxes_are_opened_when_their_key_came_back(world: World, tmp_path: Path) -> None:
    amina, bilal, griet = world.device("amina"), world.device("bilal"), world.device("griet")
    vault, keys = world.vault(amina), Path(world.settings.state_dir) / "transport-keys"
    world.server.transport.rotate(now_ms=0)
    lost = keys / f"{vault.transport.id}.json"
    shutil.move(lost, tmp_path / "away.json")
    good = [vault.seals(amina.edit(n, f"talk-{n}", channel="tent")) for n in (1, 2)]
    not_hers = vault.seals(amina.edit(3, "table-1", "presence", state="busy"))
    unsound = vault.seals(amina.edit(4, "talk-4", channel="rooftop"))
    spoilt = vault.closes(amina.edit(5, "talk-5", channel="tent"), b"?")
    sent = [*good, not_hers, unsound, spoilt]
    assert bilal.sends(map(encode, sent)).acks == [("parked", "sealed")] * 5
    assert griet.asks("POST", "/api/sealed/retry").json() == {"tried": 5, "opened": 0}

    shutil.move(tmp_path / "away.json", lost)

    assert griet.asks("POST", "/api/sealed/retry").json() == {"tried": 5, "opened": 3}
    griet.syncs()
    assert griet.records[world.id("talk-1")].author == amina.member
    assert [one["code"] for one in griet.asks("GET", "/api/parked").json()] == ["not_allowed"]
    assert [(one["n"], one["why"]) for one in griet.asks("GET", "/api/sealed").json()] == [
        (4, "bad_value"), (5, "not_opened"),
    ]  # fmt: skip
    assert bilal.sends(map(encode, sent)).acks == [
        ("repeat",), ("repeat",), ("parked", "not_allowed"), ("refused", "bad_value"), ("parked", "sealed"),
    ]  # fmt: skip


def test_boxes_whose_edit_came_otherwise_meanwhile_are_repeats(sqlite_world: World) -> None:
    world = sqlite_world
    amina, griet = world.device("amina"), world.device("griet")
    vault = world.vault(amina)
    edit = amina.edit(1, "talk-1", channel="tent")
    other = world.vault(world.device("amina", tablet="second"))
    late = other.seals(edit)
    world.run(_forget_key(world, other.public))
    assert amina.sends([encode(late)]).acks == [("parked", "sealed")]
    assert amina.sends([encode(vault.seals(edit))]).acks == [("ok",)]
    world.run(_give_key(world, amina.member, other.public))

    assert griet.asks("POST", "/api/sealed/retry").json() == {"tried": 1, "opened": 1}

    assert griet.asks("GET", "/api/sealed").json() == []
    assert world.rows("SELECT count(*) FROM clone") == [(0,)]


async def _forget_key(world: World, public: bytes) -> None:
    async with world.server.store.writing() as tx:
        await tx.run("DELETE FROM member_key WHERE public = ?", public)


async def _give_key(world: World, member: str, public: bytes) -> None:
    device = world.devices["amina/second"].id
    async with world.server.store.writing() as tx:
        await tx.run("INSERT INTO member_key VALUES (?, ?, ?, ?, 0)", world.organisation, member, device, public)


def test_a_box_that_nobody_will_ever_open_is_left_out_and_that_is_written_down(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    vault = world.vault(amina)
    amina.sends([encode(vault.closes(amina.edit(n, "talk-1", channel="tent"), b"?")) for n in (1, 2)])
    [first, second] = griet.asks("GET", "/api/sealed").json()

    assert griet.asks("POST", f"/api/sealed/{first['number']}/drop").status_code == 200

    assert griet.asks("POST", f"/api/sealed/{first['number']}/drop").status_code == 404
    assert griet.asks("GET", "/api/sealed").json() == [second]
    assert world.rows("SELECT about, detail FROM audit WHERE what = 'box_dropped'") == [
        (world.id("talk-1"), "not_opened")
    ]


def test_only_a_coordinator_sees_what_stays_closed(sqlite_world: World) -> None:
    amina = sqlite_world.device("amina")
    for method, path in (("GET", "/api/sealed"), ("POST", "/api/sealed/retry"), ("POST", "/api/sealed/1/drop")):
        assert amina.asks(method, path).json()["code"] == "not_allowed", path
        assert sqlite_world.call(method, path).json()["code"] == "signed_out", path
