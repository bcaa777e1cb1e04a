"""Erasing by card: what goes, what stays, and that nothing comes back to life."""

from collections.abc import Callable
from pathlib import Path

import aiosqlite

from server.settings import Settings
from sync.ids import erasure_id
from tests.server.test_audiences import agrees, everybody
from tests.support.world import Device, World

SECRET = "Mevrouw Peeters van de Clesselaan"


def writes_a_whole_case(world: World) -> tuple[Device, str]:
    """A card with everything that can hang on it, arrived everywhere."""
    amina, griet = world.device("amina"), world.device("griet")
    card = amina.gives_card("fox", "79")
    amina.writes("talk-1", "visit", card=card, channel="tent")
    amina.writes("issue-1", "issue", card=card, theme="HOU", own_words=SECRET, **{"barriers/delay": True})
    amina.writes("issue-2", "issue", visit=world.id("talk-1"), theme="ENE", own_words=SECRET)
    amina.writes("consent-1", "consent", card=card, given_how="spoken", **{"purposes/call_back": "given"})
    amina.writes("contact-1", "contact", card=card, channel="phone", value=SECRET, consent=world.id("consent-1"))
    amina.writes("promise-1", "follow_up", card=card, what="call", who_acts="member", on="2026-10-01", state="planned",
                 promised=SECRET, assignee=f"member:{amina.member}")  # fmt: skip
    amina.hands_over("handover-1", card=card, issue=world.id("issue-1"))
    assert amina.syncs().acks == [("ok",)] * 8
    griet.syncs()
    griet.writes("question-1", "remark", about=world.id("issue-1"), text=SECRET)
    assert griet.syncs().acks == [("ok",)]
    world.device("sofie").syncs()
    return amina, card


def test_what_hangs_on_the_card_is_forgotten_everywhere_and_issues_keep_their_codes_at_the_desk(world: World) -> None:
    amina, card = writes_a_whole_case(world)
    griet, sofie = world.device("griet"), world.device("sofie")

    amina.erases(card)
    assert amina.syncs().acks == [("ok",)]

    for device in (amina, griet, sofie):
        device.syncs()
        for name in (card, "talk-1", "consent-1", "contact-1", "promise-1", "handover-1", "question-1"):
            assert device.sees(name) is None
    assert amina.sees("issue-1") is None and sofie.sees("issue-1") is None
    assert griet.sees("issue-1") == {"theme": "HOU", "barriers/delay": True}
    assert griet.sees("issue-2") == {"theme": "ENE"}
    frozen = griet.records[world.id("issue-1")]
    assert (frozen.author, frozen.erased, {v.by for vs in frozen.live.values() for v in vs}) == ("", True, {""})
    assert agrees(*everybody(world))


def test_no_word_of_it_stays_in_the_database(world: World) -> None:
    amina, card = writes_a_whole_case(world)
    bilal = world.device("bilal")
    parked = [
        bilal.edit(1, "issue-1", "issue", own_words=SECRET),
        bilal.edit(2, "talk-9", outcome="solved", card=card, outcome_reason=SECRET, event=world.event),
        bilal.edit(3, "promise-9", "follow_up", card=card, promised=SECRET, state="done"),
    ]
    assert [ack[0] for ack in bilal.sends(parked).acks] == ["parked", "ok", "parked"]
    clone = amina.edit(3, "issue-1", "issue", own_words=SECRET + "!")
    assert amina.sends([clone]).acks == [("parked", "clone")]

    amina.erases(card)
    amina.syncs()

    assert not [found for found in world.words() if SECRET.encode() in found]
    assert world.rows("SELECT root FROM card_key WHERE root IN (?, ?)", card, world.id("talk-1")) == []
    assert world.device("griet").asks("GET", "/api/parked").json() == []


def test_T30_edits_of_a_tablet_that_did_not_know_are_answered_erased_and_leave_nothing(world: World) -> None:
    amina, card = writes_a_whole_case(world)
    bilal, griet = world.device("bilal"), world.device("griet")
    amina.erases(card)
    amina.syncs()
    late = [
        bilal.edit(1, "talk-2", card=card, channel="street"),
        bilal.edit(2, "issue-3", "issue", visit=world.id("talk-2"), theme="ENE", own_words=SECRET),
        bilal.edit(3, "issue-1", "issue", own_words=SECRET),
        bilal.edit(4, "note-1", "remark", about=world.id("issue-1"), text=SECRET),
        bilal.edit(5, card, "card", state="given"),
        bilal.edit(6, "contact-1", "contact", value=SECRET),
    ]
    before = world.rows("SELECT id FROM record ORDER BY id"), world.rows("SELECT count(*) FROM edit")

    assert bilal.sends(late).acks == [("erased",)] * 6
    assert bilal.sends(late).acks == [("erased",)] * 6

    assert (world.rows("SELECT id FROM record ORDER BY id"), world.rows("SELECT count(*) FROM edit")) == before
    again = bilal.edit(7, "talk-2", outcome="solved")
    assert bilal.sends([again]).acks == [("erased",)], "the talk that named the card is erased with it"
    assert agrees(griet, bilal)


def test_an_edit_that_names_an_erased_card_erases_the_record_it_belongs_to(world: World) -> None:
    amina, card = writes_a_whole_case(world)
    bilal, griet = world.device("bilal"), world.device("griet")
    bilal.writes("talk-2", "visit", channel="street")
    bilal.writes("issue-3", "issue", visit=world.id("talk-2"), theme="ENE", own_words=SECRET)
    bilal.syncs()
    amina.erases(card)
    amina.syncs()
    griet.syncs()

    bilal.writes("talk-2", "visit", card=card)
    assert bilal.syncs().acks == [("erased",)]

    assert bilal.sees("talk-2") is None and bilal.sees("issue-3") is None
    griet.syncs()
    assert griet.sees("talk-2") is None
    assert griet.sees("issue-3") == {"theme": "ENE"}
    assert agrees(*everybody(world))


def test_what_is_about_a_record_that_hangs_on_the_card_by_a_parked_edit_alone_goes_with_it(world: World) -> None:
    amina, card = writes_a_whole_case(world)
    bilal, rita, griet = (world.device(name) for name in ("bilal", "rita", "griet"))
    rita.writes("wall-1", "issue", theme="ENE", source="wall")
    rita.writes("note-1", "remark", about=world.id("wall-1"), text=SECRET)
    assert rita.syncs().acks == [("ok",), ("ok",)]
    assert bilal.sends([bilal.edit(1, "wall-1", "issue", card=card)]).acks == [("parked", "not_allowed")]

    amina.erases(card)
    amina.syncs()

    rita.syncs()
    griet.syncs()
    assert (rita.sees("wall-1"), rita.sees("note-1"), griet.sees("note-1")) == (None, None, None)
    assert griet.sees("wall-1") == {"theme": "ENE", "source": "wall"}
    assert agrees(*everybody(world))


def test_a_device_that_never_had_the_event_again_still_hears_of_the_erasure(world: World) -> None:
    amina, card = writes_a_whole_case(world)
    griet = world.device("griet")
    griet.syncs()
    griet.writes(world.event, "event", **{f"team/{amina.member}": False})
    griet.writes(erasure_id(card), "erasure", card=card)
    assert griet.syncs().acks == [("ok",), ("ok",)]

    gone = amina.syncs().streams["org"]["gone"]

    assert {(id, why) for id, why in gone} >= {(world.id("issue-1"), "erased"), (card, "erased")}


def test_the_place_of_what_was_erased_may_go_to_another_record_and_opens_it_to_nobody(world: World) -> None:
    amina, griet, sofie = world.device("amina"), world.device("griet"), world.device("sofie")
    card = amina.gives_card("fox", "79")
    amina.writes("talk-1", "visit", card=card, channel="tent")
    amina.hands_over("handover-1", card=card)
    amina.syncs()
    sofie.syncs()
    # As after a fault: it stands in a stream that it does not know of.
    elsewhere = "INSERT INTO entry SELECT s.id, r.place, 99 FROM stream s, record r WHERE s.name = 'org' AND r.id = ?"
    world.spoils(elsewhere, world.id("talk-1"))
    amina.erases(card)
    amina.syncs()
    griet.writes("talk-2", "visit", channel="tent")
    assert griet.syncs().acks == [("ok",)]

    streams = ("SELECT s.name FROM entry e JOIN stream s ON s.id = e.stream JOIN record r ON r.place = e.place"
               " WHERE r.id = ? ORDER BY s.name")  # fmt: skip
    desk = f"event:{world.event}"
    assert world.rows(streams, world.id("talk-2")) == [(f"{desk}/desk",), (f"{desk}/member:{griet.member}",)]
    assert world.rows("SELECT count(*) FROM entry WHERE place NOT IN (SELECT place FROM record)") == [(0,)]
    for device in (amina, sofie):
        device.syncs()
        assert device.sees("talk-2") is None
    assert agrees(*everybody(world))


def test_what_was_written_and_erased_in_one_call_is_frozen_once(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    card = amina.gives_card("fox", "79")
    amina.writes("talk-1", "visit", card=card, channel="tent")
    amina.writes("issue-1", "issue", visit=world.id("talk-1"), card=card, theme="HOU", own_words=SECRET)
    amina.erases(card)
    assert amina.syncs().acks == [("ok",)] * 4

    griet.syncs()
    assert griet.sees("issue-1") == {"theme": "HOU"} and griet.sees("talk-1") is None
    assert world.rows("SELECT count(*) FROM record WHERE id = ?", world.id("issue-1")) == [(1,)]
    assert agrees(*everybody(world))


def test_erasing_twice_does_nothing_the_second_time(world: World) -> None:
    amina, card = writes_a_whole_case(world)
    bilal = world.device("bilal")
    amina.erases(card)
    amina.syncs()
    streams = "SELECT name, counter FROM stream WHERE name NOT LIKE '%/parked' ORDER BY name"
    before = world.rows(streams)

    assert bilal.sends([bilal.edit(1, erasure_id(card), "erasure", card=card)]).acks in (
        [("parked", "not_allowed")],
        [("ok",)],
    )

    assert world.rows(streams) == before
    assert agrees(*everybody(world))


def test_what_was_erased_since_the_backup_is_erased_again_before_anybody_reads(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, tmp_path: Path
) -> None:
    world = worlds(sqlite_settings).organise()
    amina, card = writes_a_whole_case(world)
    world.device("tom"), world.device("bilal")
    backup = tmp_path / "backup.sqlite"
    world.run(_copy(world, backup))
    amina.erases(card)
    amina.syncs()
    griet = world.device("griet")
    griet.asks("POST", f"/api/devices/{world.device('tom').id}/revoke")
    griet.asks("PATCH", f"/api/members/{world.device('bilal').member}", {"active": False})
    world.stop()

    restored = worlds(Settings(database_file=str(backup), state_dir=sqlite_settings.state_dir))

    restored.organisation = world.organisation
    assert not [found for found in restored.words() if SECRET.encode() in found]
    assert restored.rows("SELECT revoked_at IS NULL FROM device WHERE id = ?", world.device("tom").id) == [(0,)]
    assert restored.rows("SELECT active FROM member WHERE id = ?", world.device("bilal").member) == [(0,)]
    assert restored.server.epoch != world.server.epoch


async def _copy(world: World, backup: Path) -> None:
    async with aiosqlite.connect(world.settings.database_file) as source, aiosqlite.connect(backup) as target:
        await source.backup(target)
