"""Sealed edits at the server: whose they are, what is kept of those that stay closed, and that nothing else changes."""

import json
from collections.abc import Callable

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.settings import Settings
from sync.edits import Edit
from sync.sealed import SealedEdit
from sync.wire import encode_edit
from tests.support.device import Device
from tests.support.seal import Vault, encode
from tests.support.world import World


def test_t08_a_workers_edits_arrive_while_another_is_signed_in_and_are_hers(world: World) -> None:
    amina, bilal, griet = world.device("amina"), world.device("bilal"), world.device("griet")
    vault = world.vault(amina)
    talk = amina.edit(1, "talk-1", channel="tent")
    words = amina.edit(2, "issue-1", "issue", visit=world.id("talk-1"), own_words="il fait froid", theme="ENE")

    reply = bilal.sends([encode(vault.seals(talk)), encode(vault.seals(words))])

    assert reply.acks == [("ok",), ("ok",)]
    griet.syncs()
    assert griet.sees("issue-1") == {"visit": world.id("talk-1"), "own_words": "il fait froid", "theme": "ENE"}
    assert griet.records[world.id("talk-1")].author == amina.member
    assert world.rows("SELECT DISTINCT member, device FROM edit WHERE a = ?", amina.author) == [
        (amina.member, amina.id)
    ]


def test_what_she_may_do_counts_and_not_what_her_carrier_may(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    vault, desk = world.vault(amina), world.vault(griet)
    not_hers = amina.edit(1, "table-1", "presence", state="busy")
    desks = griet.edit(1, "table-2", "presence", service=world.id("housing-service"), state="free")

    assert griet.sends([encode(vault.seals(not_hers))]).acks == [("parked", "not_allowed")]
    assert amina.sends([encode(desk.seals(desks))]).acks == [("ok",)]


def test_t24_the_same_edit_sealed_again_is_a_repeat_and_other_content_a_clone(world: World) -> None:
    amina, bilal = world.device("amina"), world.device("bilal")
    vault = world.vault(amina)
    edit = amina.edit(1, "talk-1", channel="tent")
    first = encode(vault.seals(edit))
    assert bilal.sends([first]).acks == [("ok",)]
    before = world.stored()

    for again in (first, encode(vault.seals(edit)), encode_edit(edit)):
        assert bilal.sends([again, again]).acks == [("repeat",), ("repeat",)]

    assert world.stored() == before
    other = amina.edit(1, "talk-1", channel="street")
    assert bilal.sends([encode(vault.seals(other))]).acks == [("parked", "clone")]
    assert world.rows("SELECT body FROM clone") == [(encode_edit(other),)]


def test_an_edit_parked_once_is_answered_so_for_ever_also_sealed_again(world: World) -> None:
    amina = world.device("amina")
    vault = world.vault(amina)
    edit = amina.edit(1, "table-1", "presence", state="busy")
    assert amina.sends([encode(vault.seals(edit))]).acks == [("parked", "not_allowed")]
    world.edit_as_griet("presence", world.id("table-1"), world.event, {"state": "free"})

    assert amina.sends([encode(vault.seals(edit)), encode_edit(edit)]).acks == [("parked", "not_allowed")] * 2


def test_t30_a_sealed_edit_of_an_erased_record_is_answered_erased_opened_or_not(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    vault = world.vault(amina)
    card = amina.gives_card("fox", "79")
    amina.writes("talk-1", "visit", channel="tent", card=card)
    amina.syncs()
    closed = vault.closes(amina.edit(90, "talk-1", outcome="solved"), b"unreadable")
    assert amina.sends([encode(closed)]).acks == [("parked", "sealed")]
    griet.syncs()
    griet.erases(card)
    griet.syncs()

    late = amina.edit(91, "talk-1", outcome="solved")
    new = amina.edit(92, "talk-2", channel="tent", card=card)
    again = vault.closes(late, b"unreadable, too")

    assert amina.sends([encode(vault.seals(late)), encode(vault.seals(new)), encode(again)]).acks == [("erased",)] * 3
    assert world.rows("SELECT count(*) FROM box") == [(0,)]  # what waited closed went with its record
    assert world.rows("SELECT count(*) FROM record WHERE id = ?", world.id("talk-2")) == [(0,)]


def faults(world: World, amina: Device, vault: Vault) -> dict[str, SealedEdit]:
    """Return boxes that must stay closed, by what is wrong with them."""
    edit, other = amina.edit(1, "talk-1", channel="tent"), amina.edit(2, "talk-2", channel="street")
    good, text = vault.seals(edit), encode_edit(edit).decode()
    change = msgspec.structs.replace
    flipped = "B" if good.box[60] == "A" else "A"
    stranger = Vault(vault.member, vault.transport)
    bilal = world.vault(world.device("bilal"))
    return {
        "tampered": change(good, box=good.box[:60] + flipped + good.box[61:]),
        "cut off": change(good, box=good.box[:-8]),
        "a few letters": change(good, box="AAAA"),
        "no base64": change(good, box=good.box + "A" * (4 - len(good.box) % 4 + 1)),
        "another's number": change(good, n=2),
        "another's author": change(good, a=world.device("bilal").author),
        "another record": change(good, id=world.id("talk-2")),
        "another event": change(good, event=""),
        "another transport key": change(good, key="AAAAAAAAAAA"),
        "names inside that are not those outside": vault.seals(
            edit, edit=encode_edit(other).decode(), sig=vault.sign(encode_edit(other).decode())
        ),
        "signed by a key nobody registered": stranger.seals(edit),
        "signed by another member": bilal.seals(edit, member=vault.member),
        "a member nobody knows": vault.seals(edit, member="m-nobody"),
        "a member with U+0000": vault.seals(edit, member="m\0"),
        "a signature of another edit": vault.seals(edit, sig=vault.sign(encode_edit(other).decode())),
        "a signature that is none": vault.seals(edit, sig="AAAA"),
        "no signature": vault.seals(edit, sig=""),
        "an edit changed after it was signed": vault.seals(
            edit, edit=text.replace("tent", "door"), sig=vault.sign(text)
        ),
        "no letter": vault.closes(edit, b"[]"),
        "not JSON": vault.closes(edit, b"\xff"),
        "nested too deeply": vault.closes(edit, b"[" * 60_000),
        "an empty box": vault.closes(edit, b""),
        "a letter with one name more": vault.closes(edit, json.dumps({"edit": text, "member": "", "sig": "", "x": 1}).encode()),
        "half a character": vault.closes(edit, b'{"edit":"\\ud800","member":"m","sig":""}'),
    }  # fmt: skip


def test_a_box_that_cannot_be_opened_is_parked_and_kept_whole_once(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    bad = faults(world, amina, world.vault(amina))
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


def test_sealed_and_clear_edits_stand_in_one_call_in_the_order_they_were_written(world: World) -> None:
    amina, sofie = world.device("amina"), world.device("sofie")
    vault, table = world.vault(amina), world.vault(sofie)
    card = amina.gives_card("fox", "79")
    amina.syncs()
    asked = amina.hands_over("handover-1", card=card)
    name = [f"{asked.a}:{asked.n}"]
    accepted = sofie.edit(1, "handover-1", "referral", state="accepted", over={"state": name})
    begun = sofie.edit(2, "handover-1", "referral", state="in_progress", over={"state": [f"{sofie.author}:1"]})

    # Each names the one before: in another order they would be parked as impossible.
    acks = sofie.sends(
        [encode(vault.seals(asked)), encode(table.seals(accepted)), begun, b"{}", encode(vault.seals(asked))]
    ).acks

    assert acks == [("ok",), ("ok",), ("ok",), ("refused", "bad_value"), ("repeat",)]


def test_what_is_no_sound_edit_is_refused_sealed_as_in_clear(world: World) -> None:
    amina = world.device("amina")
    vault = world.vault(amina)
    edit = amina.edit(1, "talk-1", channel="tent")
    unsound = [
        amina.edit(1, "talk-1", channel="rooftop"),
        amina.edit(1, "talk-1", mood="good"),
        amina.edit(1, "talk-1", outcome_reason="x" * 2001),
        amina.edit(1, "talk-1"),
        amina.edit(1, "dog-1", "dog", bark="loud"),
    ]
    texts = ["null", "{}", '{"a":1}', "{" + " " * 33_000 + encode_edit(edit).decode()[1:]]
    sealed = [encode(vault.seals(one)) for one in unsound] + [encode(vault.seals(edit, edit=text)) for text in texts]
    clear = [encode_edit(one) for one in unsound] + [text.encode() for text in texts]

    acks = amina.sends(sealed).acks

    assert acks == amina.sends(clear).acks
    assert {ack[0] for ack in acks} == {"refused"}


def test_a_newer_apps_unknown_field_is_parked_sealed_as_in_clear(world: World) -> None:
    amina = world.device("amina")
    edit = amina.edit(1, "talk-1", channel="tent", mood="good")

    assert amina.sends([encode(world.vault(amina).seals(edit))], kinds=2).acks == [("parked", "unknown_field")]


def test_a_clock_that_is_off_is_corrected_in_a_sealed_edit_too(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    vault = world.vault(amina)
    day = 86_400_000
    now = amina.tablet.offset_ms + json.loads(amina.body())["now"]
    edit = amina.edit(1, "talk-1", at_ms=now - day, u=1, channel="tent")

    amina.sends([encode(vault.seals(edit))], now=now - day)

    griet.syncs()
    [version] = griet.records[world.id("talk-1")].live["channel"]
    assert abs(int(version.e[:12], 16) - now) < 60_000


EDITS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(("tent", "street", "door", "rooftop", None)), st.booleans()),
    min_size=1,
    max_size=6,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=EDITS)
def test_sealed_and_clear_edits_make_the_same_record(
    worlds: Callable[[Settings], World], sqlite_world: World, written: list[tuple[int, str | None, bool]]
) -> None:
    world = sqlite_world
    world.join(f"worker-{len(world.devices)}", "generalist")
    device = world.device(f"worker-{len(world.devices)}")
    vault, griet, start = world.vault(device), world.device("griet"), len(world.devices) * 100
    team: dict[str, bool | str | int | None | list[bool | str | int | None]] = {f"team/{device.member}": True}
    world.edit_as_griet("event", world.event, world.event, team)
    ends = []
    for way in ("clear", "sealed"):
        edits = [
            device.edit(start + n if way == "clear" else start + 50 + n, f"{way} {start} {record}", channel=channel)
            for n, (record, channel, _) in enumerate(written)
        ]
        sent = [
            encode(vault.seals(edit)) if way == "sealed" and is_sealed else encode_edit(edit)
            for edit, (_, _, is_sealed) in zip(edits, written, strict=True)
        ]
        acks = device.sends(sent).acks
        griet.syncs()
        ends.append((acks, [griet.sees(f"{way} {start} {n}") for n in range(3)], _authors(griet, edits)))
    assert ends[0] == ends[1]


def _authors(griet: Device, edits: list[Edit]) -> list[str]:
    return [griet.records[edit.id].author for edit in edits if edit.id in griet.records]


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

    acks = second.sends(
        [encode(stolen.seals(first.edit(1, "talk-1", channel="tent"))), encode(other.seals(second.edit(1, "talk-2", channel="tent")))]
    ).acks  # fmt: skip

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
