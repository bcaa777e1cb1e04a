"""Who has which record: it comes and goes with hand-overs, states and teams, and digests agree all along."""

from collections.abc import Iterable

import pytest

from sync.digest import as_hex, record_digest
from tests.support.world import Device, World


def agrees(*devices: Device) -> bool:
    """Whether each device's own digest of every stream is the server's."""
    for device in devices:
        device.syncs()
        worker = device.tablet.workers[device.member]
        for stream, digest in worker.digests.items():
            own = 0
            for id in worker.streams[stream]:
                own ^= record_digest(device.records[id])
            assert as_hex(own) == digest, (device.author, stream)
    return True


def everybody(world: World) -> Iterable[Device]:
    return [world.device(name) for name in ("amina", "bilal", "sofie", "tom", "rita", "rachid", "luc", "griet")]


def names_of(world: World, device: Device, *names: str) -> set[str]:
    device.syncs()
    return {name for name in names if device.sees(name) is not None}


def test_a_talk_is_seen_by_its_author_and_the_desk_alone(world: World) -> None:
    amina = world.device("amina")
    amina.writes("talk-1", "visit", channel="tent")
    amina.writes("wall-1", "issue", source="wall", theme="NEI")
    amina.syncs()

    names = ("amina", "bilal", "sofie", "rita", "luc", "griet")
    seen = {name: names_of(world, world.device(name), "talk-1", "wall-1") for name in names}

    both = {"talk-1", "wall-1"}
    assert seen == {"amina": both, "griet": both, "rita": {"wall-1"}, "bilal": set(), "sofie": set(), "luc": set()}
    assert agrees(*everybody(world))


def test_a_hand_over_and_its_issue_go_to_the_table_and_come_back_when_the_person_withdraws(world: World) -> None:
    amina, sofie, tom = world.device("amina"), world.device("sofie"), world.device("tom")
    card = amina.gives_card("fox", "79")
    amina.writes("issue-1", "issue", card=card, theme="HOU", own_words="de kachel is stuk")
    amina.hands_over("handover-1", card=card, issue=world.id("issue-1"))
    amina.syncs()
    all_three = ("handover-1", "issue-1", card)
    assert names_of(world, sofie, *all_three) == set(all_three)
    assert names_of(world, tom, *all_three) == {card}

    sofie.writes("handover-1", "referral", state="accepted")
    assert sofie.syncs().acks == [("ok",)]
    amina.syncs()
    amina.writes("handover-1", "referral", state="withdrawn")
    assert amina.syncs().acks == [("ok",)]

    assert names_of(world, sofie, *all_three) == {card}
    assert agrees(*everybody(world))


def test_a_table_given_to_another_service_takes_its_hand_overs_along(world: World) -> None:
    amina, sofie, tom = world.device("amina"), world.device("sofie"), world.device("tom")
    card = amina.gives_card("fox", "79")
    amina.hands_over("handover-1", card=card)
    amina.syncs()
    assert names_of(world, sofie, "handover-1") == {"handover-1"}
    griet = world.device("griet")
    griet.syncs()

    griet.writes("housing-table", "presence", service=world.id("debt-service"))
    assert griet.syncs().acks == [("ok",)]

    assert names_of(world, sofie, "handover-1") == set()
    assert names_of(world, tom, "handover-1") == {"handover-1"}
    assert agrees(*everybody(world))


def test_a_hand_over_that_names_another_issue_takes_the_first_one_away_from_the_table(world: World) -> None:
    amina, sofie = world.device("amina"), world.device("sofie")
    card = amina.gives_card("fox", "79")
    for issue in ("issue-1", "issue-2"):
        amina.writes(issue, "issue", card=card, theme="HOU")
    amina.hands_over("handover-1", card=card, issue=world.id("issue-1"))
    amina.syncs()
    assert names_of(world, sofie, "issue-1", "issue-2") == {"issue-1"}

    amina.writes("handover-1", "referral", issue=world.id("issue-2"))
    amina.syncs()

    assert names_of(world, sofie, "issue-1", "issue-2") == {"issue-2"}
    assert agrees(*everybody(world))


def test_an_issue_without_the_card_leaves_the_table_when_the_card_of_its_hand_over_is_erased(world: World) -> None:
    amina, sofie = world.device("amina"), world.device("sofie")
    card = amina.gives_card("fox", "79")
    amina.writes("issue-1", "issue", theme="HOU", own_words="no heating")
    amina.hands_over("handover-1", card=card, issue=world.id("issue-1"))
    amina.syncs()
    sofie.syncs()
    assert sofie.sees("issue-1")

    amina.erases(card)
    amina.syncs()
    sofie.syncs()

    assert (sofie.sees("issue-1"), bool(amina.sees("issue-1"))) == (None, True)
    assert agrees(*everybody(world))


def test_a_remark_goes_where_its_record_goes(world: World) -> None:
    amina, griet, sofie = world.device("amina"), world.device("griet"), world.device("sofie")
    card = amina.gives_card("fox", "79")
    amina.writes("issue-1", "issue", card=card, theme="HOU")
    amina.syncs()
    griet.syncs()
    griet.writes("question-1", "remark", about=world.id("issue-1"), text="Welke straat?")
    griet.syncs()
    assert names_of(world, amina, "question-1") == {"question-1"}
    assert names_of(world, sofie, "question-1") == set()

    amina.hands_over("handover-1", card=card, issue=world.id("issue-1"))
    amina.syncs()

    assert names_of(world, sofie, "issue-1", "question-1") == {"issue-1", "question-1"}
    assert agrees(*everybody(world))


def test_who_leaves_the_team_loses_the_event_and_who_comes_back_gets_it_again(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    amina.writes("talk-1", "visit", channel="tent")
    amina.syncs()
    griet.syncs()
    griet.writes(world.event, "event", **{f"team/{amina.member}": False})
    griet.syncs()

    closed = amina.syncs().closed

    assert closed == [f"event:{world.event}{part}" for part in ("", "/cards", f"/member:{amina.member}")]
    assert amina.sees("talk-1") is None
    griet.writes(world.event, "event", **{f"team/{amina.member}": True})
    griet.syncs()
    assert names_of(world, amina, "talk-1") == {"talk-1"}
    assert agrees(*everybody(world))


def test_a_researcher_who_joins_the_team_late_gets_the_wall(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    amina.writes("wall-1", "issue", source="wall", theme="NEI")
    amina.syncs()
    world.join("rosa", "researcher")
    griet.syncs()

    griet.writes(world.event, "event", **{f"team/{world.id('rosa')}": True})
    griet.syncs()

    assert names_of(world, world.device("rosa"), "wall-1") == {"wall-1"}
    assert agrees(world.device("rosa"), *everybody(world))


def test_a_generalist_who_becomes_a_researcher_gets_the_wall(world: World) -> None:
    amina, griet, bilal = world.device("amina"), world.device("griet"), world.device("bilal")
    amina.writes("wall-1", "issue", source="wall", theme="NEI")
    amina.syncs()
    assert names_of(world, bilal, "wall-1") == set()

    changed = griet.asks("PATCH", f"/api/members/{bilal.member}", {"role": "researcher"})

    assert changed.status_code == 200
    assert names_of(world, bilal, "wall-1") == {"wall-1"}
    assert agrees(*everybody(world))


def test_contact_data_goes_to_whoever_was_promised_to_call_and_never_to_the_desk(world: World) -> None:
    amina, sofie, griet = world.device("amina"), world.device("sofie"), world.device("griet")
    card = amina.gives_card("fox", "79")
    amina.writes("consent-1", "consent", card=card, **{"purposes/call_back": "given"}, given_how="spoken")
    amina.writes(
        "contact-1", "contact", card=card, channel="phone", value="0470 00 00 00", consent=world.id("consent-1")
    )
    promise = amina.writes(
        "promise-1", "follow_up", card=card, what="call", who_acts="service", on="2026-10-01", state="planned",
        assignee=f"service:{world.id('housing-service')}",
    )  # fmt: skip
    assert amina.syncs().acks == [("ok",)] * 4
    assert names_of(world, sofie, "contact-1", "promise-1") == {"contact-1", "promise-1"}
    assert names_of(world, griet, "contact-1", "promise-1") == {"promise-1"}

    sofie.writes("promise-1", "follow_up", state="done")
    assert sofie.syncs().acks == [("ok",)], promise

    assert names_of(world, sofie, "contact-1", "promise-1") == {"promise-1"}
    assert agrees(*everybody(world))


def test_nobody_opens_contact_data_by_a_promise_of_their_own(world: World) -> None:
    amina, bilal, griet = world.device("amina"), world.device("bilal"), world.device("griet")
    card = amina.gives_card("fox", "79")
    amina.writes("consent-1", "consent", card=card, **{"purposes/call_back": "given"}, given_how="spoken")
    amina.writes("contact-1", "contact", card=card, channel="phone", value="0470", consent=world.id("consent-1"))
    assert set(amina.syncs().acks) == {("ok",)}
    for number, who in enumerate((bilal, griet), start=1):
        what = {"card": card, "what": "call", "who_acts": "member", "on": "2026-10-01", "state": "planned"}
        who.writes(f"promise-{number}", "follow_up", **what, assignee=f"member:{who.member}")
        assert who.syncs().acks == [("ok",)]

    assert [names_of(world, who, "contact-1") for who in (bilal, griet)] == [set(), set()]


@pytest.mark.parametrize("first", ["contact-1", "promise-1"])
def test_contact_data_reaches_whoever_promised_though_nobody_has_sent_its_card_yet(world: World, first: str) -> None:
    amina, bilal, sofie = world.device("amina"), world.device("bilal"), world.device("sofie")
    card, shown = world.card("fox", "79")
    amina.writes("consent-1", "consent", card=card, **{"purposes/call_back": "given"}, given_how="spoken")
    assert amina.syncs().acks == [("ok",)]
    contact = {"channel": "phone", "value": "0470 00 00 00", "consent": world.id("consent-1")}
    promise = {"what": "call", "who_acts": "service", "on": "2026-10-01", "state": "planned"}
    promise["assignee"] = f"service:{world.id('housing-service')}"
    writes = {"contact-1": ("contact", contact), "promise-1": ("follow_up", promise)}
    for name in sorted(writes, key=lambda name: name != first):
        kind, values = writes[name]
        amina.writes(name, kind, card=card, **values)
        assert amina.syncs().acks == [("ok",)]

    assert names_of(world, sofie, *writes) == {*writes}
    assert agrees(*everybody(world))
    bilal.writes(card, "card", **shown)
    assert bilal.syncs().acks == [("ok",)]
    assert names_of(world, sofie, *writes) == {*writes}


def test_a_promise_opens_contact_data_to_no_stream_but_that_of_a_member_or_a_service(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    card = amina.gives_card("fox", "79")
    amina.writes("consent-1", "consent", card=card, **{"purposes/call_back": "given"}, given_how="spoken")
    amina.writes("contact-1", "contact", card=card, channel="phone", value="0470", consent=world.id("consent-1"))
    for number, assignee in enumerate(("desk", "residents"), start=1):
        what = {"card": card, "what": "call", "who_acts": "member", "on": "2026-10-01", "state": "planned"}
        amina.writes(f"promise-{number}", "follow_up", **what, assignee=assignee)

    assert amina.syncs().acks[-2:] == [("refused", "bad_value")] * 2
    assert names_of(world, griet, "contact-1") == set()
    found = "SELECT count(*) FROM entry WHERE place = (SELECT place FROM record WHERE id = ?)"
    assert world.rows(found, world.id("contact-1")) == [(1,)]


def test_two_organisations_on_one_server_never_meet(world: World, worlds: object) -> None:
    amina = world.device("amina")
    amina.writes("talk-1", "visit", channel="tent")
    amina.syncs()
    other = World(world.settings, runner=world.runner, name="other")
    other.server, other.app, other.http = world.server, world.app, world.http
    other.organise()
    stranger = other.device("amina")
    stranger.syncs()
    assert world.id("talk-1") not in stranger.records

    assert other.device("griet").asks("GET", f"/api/records/{world.id('talk-1')}/history").status_code == 404
    there = stranger.edit(1, world.id("talk-1"), event=world.event, outcome="solved")

    assert stranger.sends([there]).acks == [("parked", "not_possible")]
    assert stranger.asks("GET", f"/api/records/{world.id('talk-1')}/history").status_code == 403
    griet = world.device("griet")
    griet.syncs()
    assert griet.sees("talk-1") == {"channel": "tent"}
    assert stranger.sends([], cursors={f"event:{world.event}": 0}).closed == [f"event:{world.event}"]
