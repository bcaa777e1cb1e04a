"""The digest and the pushes of a morning: never two at once for the same promise, never more than a day's number."""

import pytest

from server.reminders.scheduler import AGAIN_MS
from tests.support.push import Browser, PushService, Reminding, asks, subscribes
from tests.support.tuesday import at, instant, promises
from tests.support.world import World


def wishes(world: World, **values: object) -> None:
    asks(world.device("amina"), "PUT", "/api/reminders/preferences", {"digest": True, "before": ["PT2H"]} | values)


def bodies(service: PushService, browser: Browser) -> list[str]:
    return [push["notification"]["body"] for push in service.opened(browser)]


@pytest.mark.parametrize("minute", [0, 40])
def test_a_digest_speaks_for_what_would_be_pushed_with_it(
    world: World, service: PushService, browser: Browser, reminding: Reminding, minute: int
) -> None:
    wishes(world)
    promises(
        world, "amina", "p-1", 9, at=instant(at(9, minute))
    )  # two hours before: in the quiet, or soon after the digest

    for looked in (30, 31, 40, 59):
        reminding.look(at(7, looked))
    reminding.look(at(8, 59))

    assert bodies(service, browser) == ["1 vandaag"]


def test_what_comes_later_in_the_day_is_pushed_in_its_time_and_what_is_tomorrows_beside_the_digest(
    world: World, service: PushService, browser: Browser, reminding: Reminding
) -> None:
    wishes(world, before=["PT2H", "PT26H"])
    promises(world, "amina", "today", 14)
    promises(world, "amina", "tomorrow", 9, at=instant(at(9, 30, days=1)))

    reminding.look(at(7, 30))
    reminding.look(at(12))

    assert sorted(bodies(service, browser)) == ["1 afspraak", "1 afspraak", "1 vandaag"]


def test_what_a_digest_spoke_for_and_no_device_took_is_said_to_the_next_one(
    world: World, service: PushService, browser: Browser, reminding: Reminding
) -> None:
    wishes(world, before=["PT6H"])
    promises(world, "amina", "p-1", 13, at=instant(at(13, 30)))
    service.says(410)
    reminding.look(at(7, 30))
    assert reminding.states() == ["expired"]

    service.says(201)
    subscribes(world.device("amina"), browser)
    reminding.look(at(12))  # too late for a digest

    assert bodies(service, browser)[1:] == ["1 afspraak"]


def test_a_push_and_a_digest_count_towards_one_number_whichever_comes_first(
    world: World, service: PushService, browser: Browser, reminding: Reminding
) -> None:
    promises(world, "amina", "p-1", 14)
    wishes(world, per_day=1)
    reminding.look(at(7, 30))
    reminding.look(at(12))
    assert bodies(service, browser) == ["1 vandaag"]

    promises(world, "amina", "p-2", 10, at=instant(at(10, days=1)))
    wishes(world, per_day=1, digest_at="08:30")
    reminding.look(at(8, days=1))
    reminding.look(at(8, 30, days=1))
    assert bodies(service, browser)[1:] == ["1 afspraak"]


def test_where_another_process_is_about_to_say_the_digest_no_push_comes_before_it(
    world: World, service: PushService, browser: Browser, reminding: Reminding, monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes(world)
    promises(world, "amina", "p-1", 9)
    reminding.look(at(7))
    turns = iter([True, False])  # to read, and not to say: the other has it just then, and no more a moment later

    async def turn(tx: object, organisation: str) -> bool:
        return next(turns, True)

    monkeypatch.setattr("server.store.reminders.take_turn", turn)

    assert reminding.look(at(7, 30)) == at(7, 30) + AGAIN_MS
    assert service.came == []
    reminding.look(at(7, 30) + AGAIN_MS)
    assert bodies(service, browser) == ["1 vandaag"]


def test_somebody_who_is_not_there_yet_is_late_after_half_an_hour_as_on_their_tablet(
    world: World, service: PushService, browser: Browser, reminding: Reminding
) -> None:
    wishes(world, digest_at="09:00", before=[])
    promises(world, "amina", "p-1", 8, at=instant(at(8, 29)))
    promises(world, "amina", "p-2", 8, at=instant(at(8, 30)))

    reminding.look(at(9))

    assert bodies(service, browser) == ["1 vandaag, 1 te laat"]
