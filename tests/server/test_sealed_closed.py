"""Boxes that stay closed, and edits of whoever lost their access: kept whole, and nobody is held up."""

import json
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from server.settings import Settings
from sync.edits import Edit
from sync.sealed import SealedEdit, parts
from sync.wire import encode_edit
from tests.support.device import Device
from tests.support.seal import Vault, encode
from tests.support.world import World


def faults(world: World, amina: Device, vault: Vault) -> dict[str, SealedEdit]:
    """Return boxes that must stay closed, by what is wrong with them: of a session, and of before sessions."""
    edit, other = amina.edit(1, "talk-1", channel="tent"), amina.edit(2, "talk-2", channel="street")
    good, text = vault.seals(edit), encode_edit(edit).decode()
    change = msgspec.structs.replace
    flipped = "B" if good.box[60] == "A" else "A"
    stranger = replace(vault, key=Vault("", vault.transport).key)
    bilal = replace(world.vault(world.device("bilal")), has_sessions=vault.has_sessions)
    forged = of_sessions(vault, bilal, edit) if vault.has_sessions else of_before(vault, edit, other)
    return forged | {
        "tampered": change(good, box=good.box[:60] + flipped + good.box[61:]),
        "cut off": change(good, box=good.box[:-8]),
        "a few letters": change(good, box="AAAA"),
        "no base64": change(good, box=good.box + "A" * (4 - len(good.box) % 4 + 1)),
        "another's number": change(good, n=2),
        "another's author": change(good, a=world.device("bilal").author),
        "another record": change(good, id=world.id("talk-2")),
        "another event": change(good, event=""),
        "another transport key": change(good, key="AAAAAAAAAAA"),
        "names inside that are not those outside": vault.seals(edit, edit=encode_edit(other).decode()),
        "signed by a key nobody registered": stranger.seals(edit),
        "signed by another member": bilal.seals(edit, member=vault.member),
        "a member nobody knows": vault.seals(edit, member="m-nobody"),
        "a member with U+0000": vault.seals(edit, member="m\0"),
        "a signature that is none": vault.seals(edit, sig="AAAA"),
        "no signature": vault.seals(edit, sig=""),
        "no letter": vault.closes(edit, b"[]"),
        "not JSON": vault.closes(edit, b"\xff"),
        "nested too deeply": vault.closes(edit, b"[" * 60_000),
        "an empty box": vault.closes(edit, b""),
        "a letter with one name more": vault.closes(edit, json.dumps({"edit": text, "member": "", "sig": "", "x": 1}).encode()),
        "half a character": vault.closes(edit, b'{"edit":"\\ud800","member":"m","sig":""}'),
    }  # fmt: skip


def of_before(vault: Vault, edit: Edit, other: Edit) -> dict[str, SealedEdit]:
    text = encode_edit(edit).decode()
    return {
        "a signature of another edit": vault.seals(edit, sig=vault.sign(encode_edit(other).decode())),
        "an edit changed after it was signed": vault.seals(
            edit, edit=text.replace("tent", "door"), sig=vault.sign(text)
        ),
    }


def of_sessions(vault: Vault, thief: Vault, edit: Edit) -> dict[str, SealedEdit]:
    sealed, change = vault.seals(edit), msgspec.structs.replace
    _, content = parts(sealed.box)
    return {
        "a session that another member opened": thief.seals(edit, member=vault.member, sig=vault.session_signature),
        "a signature of another session": vault.seals(edit, sig=vault.next_day().session_signature),
        "a signature of the edit alone": vault.seals(edit, sig=vault.sign(encode_edit(edit).decode())),
        "another session's enc": change(sealed, box=f"{parts(vault.next_day().seals(edit).box)[0]}.{content}"),
        "an enc that is too short": change(sealed, box=f"AAAA.{content}"),
        "an enc that is no point": change(sealed, box=f"{'A' * 43}.{content}"),
    }


@pytest.mark.parametrize("has_sessions", [True, False], ids=["a session", "before sessions"])
def test_a_box_that_cannot_be_opened_is_parked_and_kept_whole_once(world: World, has_sessions: bool) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    bad = faults(world, amina, replace(world.vault(amina), has_sessions=has_sessions))
    before = world.stored()

    first = dict(zip(bad, amina.sends(map(encode, bad.values())).acks, strict=True))
    again = dict(zip(bad, amina.sends(map(encode, bad.values())).acks, strict=True))

    assert first == again == dict.fromkeys(bad, ("parked", "sealed"))
    assert world.stored() == before
    rows = world.rows("SELECT a, n, record, key, box, event FROM box ORDER BY id")
    assert [SealedEdit(*row) for row in rows] == list(bad.values())
    listed = griet.asks("GET", "/api/sealed").json()
    assert [(one["n"], one["carried_by"], one["device"]) for one in listed][:2] == [(1, amina.member, amina.id)] * 2
    whys = dict(zip(bad, (one["why"] for one in listed), strict=True))
    assert (whys["tampered"], whys["another transport key"]) == ("not_opened", "no_key")
    assert (whys["no signature"], whys["names inside that are not those outside"]) == ("not_signed", "other_names")


def test_a_box_that_nobody_can_open_takes_no_number_away_from_its_author(world: World) -> None:
    amina, bilal = world.device("amina"), world.device("bilal")
    vault, thief = world.vault(amina), world.vault(bilal)
    edit = amina.edit(1, "talk-1", channel="tent")
    assert bilal.sends([encode(thief.closes(edit, b"mine now"))]).acks == [("parked", "sealed")]

    assert amina.sends([encode(vault.seals(edit))]).acks == [("ok",)]


def test_kept_boxes_raise_a_counter_so_that_an_older_copy_is_found_out(world: World) -> None:
    amina = world.device("amina")
    vault = world.vault(amina)
    sql = "SELECT counter FROM stream WHERE name = 'org/parked'"
    amina.sends([encode(vault.closes(amina.edit(1, "talk-1", channel="tent"), b"x"))])
    assert world.rows(sql) == [(1,)]

    amina.sends([encode(vault.closes(amina.edit(2, "talk-2", channel="tent"), b"x"))])

    assert world.rows(sql) == [(2,)]
    assert world.server.outside._latest[f"{world.organisation} org/parked"] == 2


def test_one_bad_box_among_499_good_ones_holds_nobody_up(sqlite_world: World) -> None:
    world = sqlite_world
    amina = world.device("amina")
    vault = world.vault(amina)
    boxes = [vault.seals(amina.edit(n, f"talk-{n}", channel="tent")) for n in range(1, 501)]
    boxes[249] = msgspec.structs.replace(boxes[249], n=900)

    acks = amina.sends(map(encode, boxes)).acks

    assert acks[249] == ("parked", "sealed")
    assert acks[:249] + acks[250:] == [("ok",)] * 499


def test_what_a_revoked_tablet_carries_is_parked_whoever_wrote_it(world: World) -> None:
    amina, bilal, griet = world.device("amina"), world.device("bilal"), world.device("griet")
    vault = world.vault(bilal)
    griet.asks("POST", f"/api/devices/{amina.id}/revoke")

    acks = amina.sends([encode(vault.seals(bilal.edit(1, "talk-1", channel="tent")))]).acks

    assert acks == [("parked", "revoked")]
    [parked] = griet.asks("GET", "/api/parked").json()
    assert (parked["by"], parked["set"], parked["code"]) == (bilal.member, {"channel": "tent"}, "revoked")


def test_what_a_member_signed_who_left_is_parked_whoever_carries_it(world: World) -> None:
    amina, bilal, griet = world.device("amina"), world.device("bilal"), world.device("griet")
    vault = world.vault(amina)
    before = amina.edit(1, "talk-1", channel="tent")
    assert bilal.sends([encode(vault.seals(before))]).acks == [("ok",)]
    griet.asks("PATCH", f"/api/members/{amina.member}", {"active": False})

    acks = bilal.sends([encode(vault.seals(before)), encode(vault.seals(amina.edit(2, "talk-2", channel="tent")))]).acks

    assert acks == [("repeat",), ("parked", "revoked")]


def test_what_was_signed_on_a_tablet_that_was_stolen_since_is_parked(world: World) -> None:
    first, second, griet = world.device("amina"), world.device("amina", tablet="second"), world.device("griet")
    stolen, other = world.vault(first), world.vault(second)
    griet.asks("POST", f"/api/devices/{first.id}/revoke")

    before, after = first.edit(1, "talk-1", channel="tent"), second.edit(1, "talk-2", channel="tent")
    acks = second.sends([encode(stolen.seals(before)), encode(other.seals(after))]).acks

    assert acks == [("parked", "revoked"), ("ok",)]


def test_a_member_of_another_organisation_signs_nothing_here(
    worlds: Callable[..., World], sqlite_settings: Settings
) -> None:
    here = worlds(sqlite_settings).organise()
    there = World(sqlite_settings, runner=here.runner, name="other")
    there.server, there.app, there.http = here.server, here.app, here.http
    there.organise()
    vault = there.vault(there.device("amina"))

    acks = (
        here.device("amina").sends([encode(vault.seals(here.device("amina").edit(1, "talk-1", channel="tent")))]).acks
    )

    assert acks == [("parked", "sealed")]
