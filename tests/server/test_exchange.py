"""One call: every answer an edit can get, and who then has the record."""

import asyncio
import json
from collections.abc import Sequence
from itertools import permutations

import pytest

from server.store.history import TAKEN
from sync import checks
from sync.fields import text
from sync.kinds import KINDS
from tests.support.world import World


def test_a_talk_written_on_a_tablet_arrives_at_the_desk(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    amina.writes("talk-1", "visit", channel="tent", language="fr")
    amina.writes("issue-1", "issue", visit=world.id("talk-1"), theme="ENE", own_words="la facture est trop haute")

    assert amina.syncs().acks == [("ok",), ("ok",)]
    griet.syncs()

    assert griet.sees("issue-1") == {
        "visit": world.id("talk-1"), "theme": "ENE", "own_words": "la facture est trop haute"
    }  # fmt: skip
    assert griet.records[world.id("issue-1")].author == amina.member


def test_a_refused_edit_does_not_hold_up_the_ones_behind_it(world: World) -> None:
    amina = world.device("amina")
    good = [amina.edit(n, f"talk-{n}", channel="tent") for n in range(1, 501) if n != 250]
    bad = amina.edit(250, "talk-250", channel="rooftop")

    reply = amina.sends([*good[:249], bad, *good[249:]])

    assert reply.acks[249] == ("refused", "bad_value")
    assert reply.acks[:249] + reply.acks[250:] == [("ok",)] * 499
    assert world.rows("SELECT count(*) FROM record WHERE kind = 'visit'") == [(499,)]


def test_every_way_to_refuse_an_edit_has_its_code(world: World) -> None:
    amina = world.device("amina")
    amina.sends([amina.edit(1, "talk-1", channel="tent")])
    raw: dict[str, object] = {
        "a": amina.author,
        "n": 9,
        "h": "0000000000000001",
        "kind": "visit",
        "id": "x",
        "event": world.event,
    }
    raw |= {"set": {"channel": "tent"}}

    def edited(**changes: object) -> bytes:
        return json.dumps({**raw, **changes}).encode()

    expected = [
        (edited(set={"channel": 1}), ("refused", "bad_value")),
        (edited(set={"channel": 1.0}), ("refused", "bad_value")),
        (edited(set={}), ("refused", "bad_value")),
        (edited(set={"language": "x" * 13}), ("refused", "too_long")),
        (edited(kind="issue", set={"own_words": "é" * 2001}), ("refused", "too_long")),
        (edited(set={"mood": "good"}), ("refused", "unknown_field")),
        (edited(kind="dog", set={"bark": "loud"}), ("refused", "unknown_kind")),
        (edited(id=world.id("talk-1"), kind="issue", set={"theme": "ENE"}), ("refused", "wrong_record")),
        (edited(sequence=4), ("refused", "bad_value")),
        (edited(by=world.coordinator), ("refused", "bad_value")),
        (edited(n="9"), ("refused", "bad_value")),
        (edited(n=0), ("refused", "bad_value")),
        (edited(n=2**53), ("refused", "bad_value")),
        (edited(a="short"), ("refused", "bad_value")),
        (edited(h="yesterday"), ("refused", "bad_value")),
        (edited(u=2), ("refused", "bad_value")),
        (edited(over={"language": ["x:1"]}), ("refused", "bad_value")),
        (edited(over={"channel": [f"{amina.author}:{n}" for n in range(1, 66)]}), ("refused", "too_long")),
        (edited(set={"outcome_reason": "a\u0000b"}), ("refused", "bad_value")),
        (json.dumps({**raw, "set": {"outcome_reason": "\ud800"}}).encode(), ("refused", "bad_value")),
        (edited(id="é"), ("refused", "bad_value")),
        (edited(kind="issue", set={"own_words": "x" * 33_000}), ("refused", "too_long")),
        (b"[]", ("refused", "bad_value")),
        (b"null", ("refused", "bad_value")),
        (b"1e400", ("refused", "bad_value")),
    ]
    before = world.stored()

    reply = amina.sends([body for body, _ in expected])

    assert [(body[:90], ack) for (body, _), ack in zip(expected, reply.acks, strict=True)] == [
        (body[:90], ack) for body, ack in expected
    ]
    assert world.stored() == before


def test_what_is_not_allowed_is_parked_and_kept_whole(world: World) -> None:
    amina, bilal, griet = world.device("amina"), world.device("bilal"), world.device("griet")
    amina.writes("talk-1", "visit", channel="tent")
    amina.syncs()
    foreign = bilal.edit(1, "talk-1", outcome="solved")

    assert bilal.sends([foreign]).acks == [("parked", "not_allowed")]

    [parked] = griet.asks("GET", "/api/parked").json()
    assert (parked["a"], parked["n"], parked["set"], parked["code"], parked["by"]) == (
        bilal.author, 1, {"outcome": "solved"}, "not_allowed", bilal.member
    )  # fmt: skip
    griet.syncs()
    assert griet.sees("talk-1") == {"channel": "tent"}


def test_what_is_impossible_is_parked(world: World) -> None:
    amina = world.device("amina")

    acks = amina.sends(
        [
            amina.edit(1, "issue-1", "issue", theme="ENE", risk_flag=True, quote_consent="anonymous"),
            amina.edit(
                2, "promise-1", "follow_up", what="call", state="done", **{"card": world.id("c"), "on": "2026-10-01"}
            ),
            amina.edit(3, "talk-9", "visit", event=world.id("no such event"), channel="tent"),
        ]
    ).acks

    assert acks == [("parked", "not_possible")] * 3


def test_the_desk_takes_a_parked_edit_in_with_its_author_and_time(world: World) -> None:
    amina, bilal, griet = world.device("amina"), world.device("bilal"), world.device("griet")
    amina.writes("talk-1", "visit", channel="tent")
    amina.syncs()
    foreign = bilal.edit(1, "talk-1", outcome="solved")
    bilal.sends([foreign])

    taken = griet.asks("POST", f"/api/parked/{bilal.author}/1/take")

    assert taken.json() == {"ack": ["ok"]}
    griet.syncs()
    [version] = griet.records[world.id("talk-1")].live["outcome"]
    assert (version.value, version.by, version.e) == ("solved", bilal.member, foreign.h)
    assert griet.asks("GET", "/api/parked").json() == []
    assert bilal.sends([foreign]).acks == [("parked", "not_allowed")], "its first answer stays"


def test_after_a_parked_move_was_taken_in_the_next_move_is_legal(world: World) -> None:
    amina, sofie, griet = world.device("amina"), world.device("sofie"), world.device("griet")
    card = amina.gives_card("fox", "79")
    move = amina.hands_over("handover-1", card=card)
    amina.syncs()
    tom = world.device("tom")
    accepted = tom.edit(1, "handover-1", "referral", state="accepted", over={"state": [f"{move.a}:{move.n}"]})
    assert tom.sends([accepted]).acks == [("parked", "not_allowed")]
    griet.asks("POST", f"/api/parked/{tom.author}/1/take")
    sofie.syncs()

    sofie.writes("handover-1", "referral", state="in_progress")

    assert sofie.syncs().acks == [("ok",)]


def test_a_parked_edit_that_is_dropped_changes_nothing_and_stays_in_the_history(world: World) -> None:
    amina, bilal, griet = world.device("amina"), world.device("bilal"), world.device("griet")
    amina.writes("talk-1", "visit", channel="tent")
    amina.syncs()
    bilal.sends([bilal.edit(1, "talk-1", outcome="solved")])

    assert griet.asks("POST", f"/api/parked/{bilal.author}/1/drop").status_code == 200

    assert griet.asks("GET", "/api/parked").json() == []
    assert griet.asks("POST", f"/api/parked/{bilal.author}/1/take").status_code == 404
    lines = griet.asks("GET", f"/api/records/{world.id('talk-1')}/history").json()
    assert [(line["by"], line["set"], line["ack"]) for line in lines] == [
        (amina.member, {"channel": "tent"}, ["ok"]),
        (bilal.member, {"outcome": "solved"}, ["parked", "not_allowed"]),
    ]


def test_of_two_coordinators_who_decide_at_once_the_first_decides(world: World) -> None:
    amina, bilal, griet = world.device("amina"), world.device("bilal"), world.device("griet")
    names = [f"talk-{number}" for number in range(1, 7)]
    for name in names:
        amina.writes(name, "visit", channel="tent")
    amina.syncs()
    bilal.sends([bilal.edit(number, name, outcome="solved") for number, name in enumerate(names, start=1)])

    async def decide(number: int, acts: Sequence[str]) -> list[int]:
        paths = [f"/api/parked/{bilal.author}/{number}/{act}" for act in acts]
        answers = await asyncio.gather(*(world.http.post(path, headers=griet.headers, json={}) for path in paths))
        return [answer.status_code for answer in answers]

    for number, acts in enumerate(permutations(("take", "drop", "take")), start=1):
        assert sorted(world.run(decide(number, acts))) == [200, 404, 404]

    griet.syncs()
    parked = dict(world.rows("SELECT n, parked FROM edit WHERE a = ?", bilal.author))
    assert {name: griet.sees(name).get("outcome") for name in names} == {
        name: "solved" if parked[number] == TAKEN else None for number, name in enumerate(names, start=1)
    }
    told = world.rows("SELECT about, what FROM audit WHERE what LIKE 'parked_%' ORDER BY about")
    assert len(told) == len({about for about, _ in told}) == len(names)


def test_edits_of_several_scopes_are_answered_in_the_order_of_the_request(world: World) -> None:
    griet = world.device("griet")
    other = world.id("another event")
    edits = [
        griet.edit(1, "service-1", "service", event="", name="Sociaal huis"),
        griet.edit(2, other, "event", event=other, name="Brico", state="draft"),
        griet.edit(3, "talk-1", "visit", channel="rooftop"),
        griet.edit(4, "talk-2", "visit", channel="tent"),
        griet.edit(5, "amina", "member", event="", role="admin"),
    ]

    assert griet.sends(edits).acks == [("ok",), ("ok",), ("refused", "bad_value"), ("ok",), ("parked", "not_allowed")]


def test_a_newer_apps_unknown_field_is_parked_for_a_server_that_will_know_it(world: World) -> None:
    amina = world.device("amina")
    new_field = amina.edit(1, "talk-1", channel="tent", mood="good")
    new_kind = amina.edit(2, "dog-1", "dog", bark="loud")
    poison = [
        b'{"a":"x","n":3,"h":"z","kind":"dog","id":"d","set":{"b":1}}',
        b'{"a":"%s","n":4,"h":"0000000000000001","kind":"dog","id":"d","event":"\\u0000","set":{"b":1}}' % amina.author.encode(),
        b'{"a":"%s","n":5,"h":"0000000000000001","kind":"dog","id":"d","set":{"b":"\\u0000"}}' % amina.author.encode(),
    ]  # fmt: skip

    acks = amina.sends([new_field, new_kind, *poison], kinds=2).acks

    assert acks == [("parked", "unknown_field")] * 2 + [("refused", "bad_value")] * 3
    assert amina.sends([amina.edit(6, "talk-2", mood="good")]).acks == [("refused", "unknown_field")]


def test_what_a_newer_app_wrote_is_taken_in_when_the_server_knows_it_and_not_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    mood, dog = amina.edit(1, "talk-1", channel="tent", mood="good"), amina.edit(2, "dog-1", "dog", bark="loud")
    amina.sends([mood, dog, amina.edit(3, "talk-1", channel="tent")], kinds=2)
    before = world.stored()

    for number in (1, 2):
        answer = griet.asks("POST", f"/api/parked/{amina.author}/{number}/take")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_yet_known")

    assert world.stored() == before
    assert {one["n"]: one["known"] for one in griet.asks("GET", "/api/parked").json()} == {1: False, 2: False}
    assert griet.asks("POST", f"/api/parked/{amina.author}/2/drop").status_code == 200
    monkeypatch.setitem(KINDS["visit"].fields, "mood", text())
    monkeypatch.setitem(checks._CHECKS["visit"], "mood", checks._check_of(text()))
    assert [one["known"] for one in griet.asks("GET", "/api/parked").json()] == [True]
    assert griet.asks("POST", f"/api/parked/{amina.author}/1/take").json() == {"ack": ["ok"]}
    griet.syncs()
    assert griet.sees("talk-1") == {"channel": "tent", "mood": "good"}
