"""Wrong clocks: nobody is locked out, and times are corrected once."""

import pytest

from server.clock import now_ms
from sync.stamp import from_ms, ms_of
from tests.support.world import World

DAY_MS = 86_400_000


def times(world: World, name: str) -> int:
    griet = world.device("griet")
    griet.syncs()
    [[version]] = [griet.records[world.id(name)].live["channel"]]
    return ms_of(version.e)


@pytest.mark.parametrize("off_ms", [0, -10 * 60_000, 3 * DAY_MS, -3 * DAY_MS, 365 * DAY_MS])
def test_T28_an_uncalibrated_tablets_times_are_moved_by_how_far_its_clock_was_off(
    sqlite_world: World, off_ms: int
) -> None:
    amina = sqlite_world.device("amina")
    written = now_ms() - 3600_000
    edit = amina.edit(1, "talk-1", at_ms=written + off_ms, u=1, channel="tent")

    assert amina.sends([edit], now=now_ms() + off_ms).acks == [("ok",)]

    assert abs(times(sqlite_world, "talk-1") - written) < 10_000


def test_a_calibrated_tablets_times_are_left_alone(sqlite_world: World) -> None:
    amina = sqlite_world.device("amina")
    written = now_ms() - 3600_000

    amina.sends([amina.edit(1, "talk-1", at_ms=written, channel="tent")], now=now_ms() + 5 * DAY_MS)

    assert times(sqlite_world, "talk-1") == written


@pytest.mark.parametrize("ahead_ms", [10 * 60_000, DAY_MS, 253_402_300_799_000])
def test_T28_no_time_is_later_than_five_minutes_from_now(sqlite_world: World, ahead_ms: int) -> None:
    amina = sqlite_world.device("amina")

    assert amina.sends([amina.edit(1, "talk-1", at_ms=now_ms() + ahead_ms, channel="tent")]).acks == [("ok",)]

    assert abs(times(sqlite_world, "talk-1") - now_ms() - 300_000) < 10_000


def test_T28_a_tablet_of_1970_works_and_what_it_saw_it_beats(sqlite_world: World) -> None:
    amina, griet = sqlite_world.device("amina"), sqlite_world.device("griet")
    first = amina.edit(1, "talk-1", at_ms=0, channel="tent")
    assert amina.sends([first], now=1000).acks == [("ok",)]

    second = amina.edit(2, "talk-1", at_ms=-5, over={"channel": [f"{amina.author}:1"]}, channel="door")

    assert amina.sends([second], now=0).acks == [("ok",)]
    griet.syncs()
    assert griet.sees("talk-1") == {"channel": "door"}


def test_who_changes_what_another_made_does_not_become_its_author_by_a_clock_set_since(sqlite_world: World) -> None:
    amina, griet = sqlite_world.device("amina"), sqlite_world.device("griet")
    born = amina.edit(1, "talk-1", at_ms=now_ms() - 3600_000, channel="tent")
    amina.sends([born])

    # Written by a clock that was right; then somebody set it a day ahead, so that the server moves the time a day back.
    later = griet.edit(1, "talk-1", at_ms=now_ms(), u=1, over={"channel": [f"{amina.author}:1"]}, channel="door")
    assert griet.sends([later], now=now_ms() + DAY_MS).acks == [("ok",)]

    griet.syncs()
    record = griet.records[sqlite_world.id("talk-1")]
    assert (record.author, griet.sees("talk-1")) == (amina.member, {"channel": "door"})


def test_the_first_time_given_to_an_edit_stays_when_it_comes_again(sqlite_world: World) -> None:
    amina = sqlite_world.device("amina")
    edit = amina.edit(1, "talk-1", at_ms=5000, u=1, channel="tent")
    amina.sends([edit], now=5000)
    first = times(sqlite_world, "talk-1")

    assert amina.sends([edit], now=5000 + DAY_MS).acks == [("repeat",)]

    assert times(sqlite_world, "talk-1") == first


def test_T28_stamps_at_the_ends_of_the_scale_are_taken(sqlite_world: World) -> None:
    amina = sqlite_world.device("amina")
    bodies = [
        b'{"a":"%s","n":%d,"h":"%s","kind":"visit","id":"talk-%d","event":"%s","set":{"channel":"tent"},"u":1}'
        % (amina.author.encode(), n, h.encode(), n, sqlite_world.event.encode())
        for n, h in enumerate(["0" * 16, "f" * 16, from_ms(2**47)], 1)
    ]

    assert amina.sends(bodies, now=-(2**53) + 1).acks == [("ok",)] * 3
    assert amina.sends(bodies, now=2**53 - 1).acks == [("repeat",)] * 3
