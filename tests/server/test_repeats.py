"""The same edit again: after a lost reply, a hundred times, side by side, or with other content under its name."""

import asyncio

import httpx

from sync.wire import encode_edit
from tests.support.world import World


def test_T24_a_call_whose_reply_was_lost_is_answered_repeat_and_changes_nothing(world: World) -> None:
    amina = world.device("amina")
    edits = [amina.edit(n, f"talk-{n}", channel="tent") for n in range(1, 21)]
    assert amina.sends(edits).acks == [("ok",)] * 20
    before = world.stored(), world.rows("SELECT name, counter, digest FROM stream ORDER BY name")

    for _ in range(100):
        assert amina.sends(edits).acks == [("repeat",)] * 20

    assert (world.stored(), world.rows("SELECT name, counter, digest FROM stream ORDER BY name")) == before


def test_T24_the_same_calls_side_by_side_have_one_effect(world: World) -> None:
    amina = world.device("amina")
    edits = [amina.edit(n, f"talk-{n % 7}", outcome="solved", outcome_reason=f"{n}") for n in range(1, 51)]
    bodies = [amina.body(map(encode_edit, edits)) for _ in range(100)]

    async def all_at_once() -> list[httpx.Response]:
        headers = {**amina.headers, "Content-Type": "application/json"}
        calls = [world.http.post("/api/sync", content=body, headers=headers) for body in bodies]
        return await asyncio.gather(*calls)

    replies = world.run(all_at_once())

    answers = [[tuple(ack) for ack in reply.json()["acks"]] for reply in replies]
    assert sorted(answers) == sorted([[("ok",)] * 50] + [[("repeat",)] * 50] * 99)
    assert world.rows("SELECT count(*) FROM edit WHERE a = ?", amina.author) == [(50,)]


def test_an_edit_that_comes_again_gets_its_first_answer_even_where_it_would_be_allowed_now(world: World) -> None:
    bilal = world.device("bilal")
    edit = bilal.edit(1, "table-1", "presence", state="busy")
    assert bilal.sends([edit]).acks == [("parked", "not_allowed")]
    world.edit_as_griet("presence", world.id("table-1"), world.event, {"state": "free"})

    assert bilal.sends([edit]).acks == [("parked", "not_allowed")]


def test_the_same_edit_twice_in_one_call_is_one(world: World) -> None:
    amina = world.device("amina")
    edit = amina.edit(1, "talk-1", channel="tent")

    assert amina.sends([edit, edit]).acks == [("ok",), ("repeat",)]


def test_other_content_under_the_same_number_is_a_clone_and_both_are_kept(world: World) -> None:
    amina = world.device("amina")
    first = amina.edit(1, "talk-1", channel="tent")
    other = amina.edit(1, "talk-1", channel="street")
    third = amina.edit(1, "talk-2", channel="door")
    assert amina.sends([first]).acks == [("ok",)]

    assert amina.sends([other]).acks == [("parked", "clone")]
    assert amina.sends([other, third]).acks == [("parked", "clone")] * 2

    assert amina.sends([first]).acks == [("repeat",)]
    assert sorted(world.clones(first.a, 1)) == sorted([encode_edit(other), encode_edit(third)])
    griet = world.device("griet")
    griet.syncs()
    assert griet.sees("talk-1") == {"channel": "tent"}
    assert griet.sees("talk-2") is None


def test_later_edits_that_arrive_before_earlier_ones_end_in_the_same_record(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    talk, theme, level = (
        amina.edit(1, "issue-1", "issue", own_words="brieven", theme="DIG"),
        amina.edit(2, "issue-1", "issue", theme="ENE", over={"theme": [f"{amina.author}:1"]}),
        amina.edit(3, "issue-1", "issue", level="federal"),
    )

    assert amina.sends([theme]).acks == [("ok",)]
    assert amina.sends([level, talk]).acks == [("ok",), ("ok",)]

    griet.syncs()
    assert griet.sees("issue-1") == {"own_words": "brieven", "theme": "ENE", "level": "federal"}
