"""Sealed edits at the server: whose they are, what is kept of those that stay closed, and that nothing else changes."""

import json
from collections.abc import Callable
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.settings import Settings
from sync.edits import Edit
from sync.wire import encode_edit
from tests.support.device import Device
from tests.support.seal import encode
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


def test_what_a_tablet_of_before_sessions_sealed_is_the_same_edit(world: World) -> None:
    amina, bilal = world.device("amina"), world.device("bilal")
    vault = world.vault(amina)
    before = replace(vault, has_sessions=False)
    first, second = (amina.edit(n, f"talk-{n}", channel="tent") for n in (1, 2))

    acks = bilal.sends([encode(before.seals(first)), encode(vault.seals(second))]).acks
    again = bilal.sends(
        [encode(vault.seals(first)), encode(before.seals(second)), encode(vault.next_day().seals(first))]
    ).acks

    assert (acks, again) == ([("ok",)] * 2, [("repeat",)] * 3)
    assert set(world.rows("SELECT member, device FROM edit WHERE a = ?", amina.author)) == {(amina.member, amina.id)}


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
    assert world.clones(edit.a, 1) == [encode_edit(other)]


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
