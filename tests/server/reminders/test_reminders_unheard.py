"""What nobody heard is not said: odd records, devices that come later, outboxes that waited, wishes that change."""

from datetime import timedelta

import pytest

from server.clock import now_ms
from tests.support.push import PushService, Reminding, asks, subscribes
from tests.support.tuesday import TUESDAY, at, instant, promises
from tests.support.world import World


def test_what_is_odd_about_one_of_them_silences_nobody_else(
    world: World, service: PushService, reminding: Reminding
) -> None:
    browser = service.browser()
    subscribes(world.device("amina"), browser)
    promises(world, "amina", "p-0001", 14, at="0001-01-01T00:00:00Z")
    promises(world, "amina", "p-9999", 14, at="9999-12-31T23:59:00Z")
    promises(world, "amina", "p-1", 14)

    async def spoil() -> None:
        """What an older server kept: of a zone that is gone, in an organisation of its own, and of a colleague."""
        async with world.server.store.writing() as tx:
            for id, made_at in (("before-all", 0), ("behind-all", at(0))):
                await tx.run("INSERT INTO organisation (id, name, created_at) VALUES (?, 'odd', ?)", id, made_at)
                await tx.run("INSERT INTO reminder_wishes VALUES (?, '', '{\"zone\": \"Mars/Olympus\"}')", id)
                await tx.run(
                    "INSERT INTO reminder_task VALUES (?, 'x', 'm', 'e', 'call', ?, 0, '', 0, 0, 0, 0, 0)", id, at(14)
                )
            task = (world.organisation, world.id("bilal"), at(14))
            await tx.run("INSERT INTO reminder_task VALUES (?, 'y', ?, 'e', 'call', ?, 0, 'odd', 0, 0, 0, 0, 0)", *task)

    world.run(spoil())

    assert reminding.look(at(18, days=-1)) == at(18, 1, days=-1)  # the odd ones again in a minute, and not at once

    [push] = service.opened(browser)
    assert push["notification"]["body"] == "1 afspraak"


def test_who_turns_reminders_on_hears_of_what_fell_due_before(
    world: World, service: PushService, reminding: Reminding
) -> None:
    promises(world, "amina", "over", 10, at=None, on=f"{TUESDAY - timedelta(days=2):%Y-%m-%d}")
    promises(world, "amina", "tomorrow", 10, at=None, on=f"{TUESDAY:%Y-%m-%d}")
    assert reminding.look(at(18, days=-1)) > at(18, days=-1)

    browser = service.browser()
    subscribes(world.device("amina"), browser)
    reminding.look(at(18, 5, days=-1))
    subscribes(world.device("amina"), browser)  # as each start of the app may
    reminding.look(at(18, 6, days=-1))

    assert [push["notification"]["body"] for push in service.opened(browser)] == ["1 afspraak"]


@pytest.mark.parametrize(("status", "state"), [(410, "expired"), (403, "gave_up")])
@pytest.mark.parametrize(("hour", "minute", "said"), [(12, 0, "1 afspraak"), (7, 30, "1 vandaag")])
def test_what_a_device_did_not_take_is_said_to_the_next_one_and_to_no_other_before(
    world: World, service: PushService, reminding: Reminding, hour: int, minute: int, said: str, status: int, state: str
) -> None:
    amina, browser = world.device("amina"), service.browser()
    # Once a day: what nobody saw does not use that up.
    asks(amina, "PUT", "/api/reminders/preferences", {"digest": True, "before": ["PT2H"], "per_day": 1})
    promises(world, "amina", "p-1", 14)
    subscribes(amina, service.browser())
    service.says(status)
    for later in (0, 1, 2):
        reminding.look(at(hour, minute + later))
    assert (reminding.states(), len(service.came)) == ([state], 1)

    service.says(201)
    subscribes(amina, browser)
    reminding.look(at(hour, minute + 5))
    subscribes(amina, browser)  # as each start of the app may
    reminding.look(at(hour, minute + 10))

    assert [push["notification"]["body"] for push in service.opened(browser)] == [said]


@pytest.mark.parametrize(("hour", "minute", "said"), [(12, 0, "1 afspraak"), (7, 30, "1 vandaag")])
def test_a_device_that_came_while_another_one_failed_hears_of_it_then(
    world: World, service: PushService, reminding: Reminding, hour: int, minute: int, said: str
) -> None:
    amina, browser = world.device("amina"), service.browser()
    asks(amina, "PUT", "/api/reminders/preferences", {"digest": True, "before": ["PT2H"]})
    promises(world, "amina", "p-1", 14)
    subscribes(amina, service.browser())
    reminding.say(at(hour, minute))
    subscribes(world.device("amina", tablet="second"), browser)
    reminding.say(at(hour, minute + 1))

    async def came(ms: int) -> None:
        """The clock of the test is weeks ahead of the route's."""
        async with world.server.store.writing() as tx:
            await tx.run("UPDATE push_subscription SET made_at = ? WHERE endpoint = ?", ms, browser.endpoint)

    world.run(came(at(hour, minute + 1)))
    service.says(403)
    reminding.carry(at(hour, minute + 2))
    assert service.opened(browser) == []
    service.says(201)
    reminding.look(at(hour, minute + 3))

    assert [push["notification"]["body"] for push in service.opened(browser)] == [said]


def test_what_was_done_while_a_push_waited_is_not_counted(
    world: World, service: PushService, reminding: Reminding
) -> None:
    amina, browser = world.device("amina"), service.browser()
    asks(amina, "PUT", "/api/reminders/preferences", {"before": ["PT2H"]})
    subscribes(amina, browser)
    made = [promises(world, "amina", f"p-{minute}", 14, at=instant(at(14, minute))) for minute in (0, 5, 10)]
    reminding.say(at(12))

    for promise in made[:2]:
        amina.writes(promise, "follow_up", state="done")
    amina.syncs()
    reminding.say(at(12, 1))
    reminding.carry(at(12, 1))

    [push] = service.opened(browser)
    assert (push["notification"]["body"], push["app_badge"]) == ("1 afspraak", 1)
    assert len(push["notification"]["actions"]) == 3


@pytest.mark.parametrize(
    ("done", "said"), [(["late"], ["1 vandaag"]), (["today"], ["1 te laat"]), (["late", "today"], [])]
)
def test_a_digest_that_waited_says_what_still_stands_or_nothing(
    world: World, service: PushService, reminding: Reminding, done: list[str], said: list[str]
) -> None:
    amina, browser = world.device("amina"), service.browser()
    asks(amina, "PUT", "/api/reminders/preferences", {"before": [], "digest": True})
    subscribes(amina, browser)
    made = {"late": promises(world, "amina", "late", 6), "today": promises(world, "amina", "today", 14)}
    reminding.say(at(7, 30))

    for name in done:
        amina.writes(made[name], "follow_up", state="done")
    amina.syncs()
    reminding.say(at(7, 31))
    reminding.carry(at(7, 31))

    assert [push["notification"]["body"] for push in service.opened(browser)] == said
    assert reminding.states() == (["accepted"] if said else ["needless"])


def test_the_digest_counts_for_review_what_the_desk_counts(
    world: World, service: PushService, reminding: Reminding
) -> None:
    amina, griet, browser = world.device("amina"), world.device("griet"), service.browser()
    asks(griet, "PUT", "/api/reminders/preferences", {"digest": True})
    subscribes(griet, browser)
    for name in ("new", "asked", "answered", "asked-again", "seen"):
        amina.writes(name, "issue", theme="ENE", source="worker")
    amina.syncs()
    griet.syncs()
    for name in ("asked", "answered", "asked-again"):
        griet.writes(name, "issue", review="question")
    griet.writes("seen", "issue", review="seen")
    for name in ("answered", "asked-again"):
        amina.writes(f"answer-{name}", "remark", about=world.id(name), text="Peeters")
    assert {ack[0] for ack in (*griet.syncs().acks, *amina.syncs().acks)} == {"ok"}
    # A minute later: two devices' clocks agree to within half a call's time, which is long on a busy machine.
    again = griet.edit(99, "again", "remark", at_ms=now_ms() + 60_000, about=world.id("asked-again"), text="Peeters")
    assert griet.sends([again]).acks == [("ok",)]

    reminding.look(at(7, 30))

    assert [push["notification"]["body"] for push in service.opened(browser)] == ["2 te bekijken"]


def test_another_zone_of_the_organisation_moves_the_days(
    world: World, service: PushService, reminding: Reminding
) -> None:
    promises(world, "amina", "p-1", 14, at=None, on=f"{TUESDAY:%Y-%m-%d}")
    reminding.say(at(12, days=-2))
    assert world.rows("SELECT over_at FROM reminder_task") == [(at(0, days=1),)]

    asks(world.device("griet"), "PUT", "/api/reminders/organisation", {"zone": "Europe/Lisbon"})
    reminding.say(at(12, days=-2))

    assert world.rows("SELECT over_at FROM reminder_task") == [(at(1, days=1),)]


def test_who_only_seems_to_have_a_way_to_be_reminded_cannot_be_reached(
    world: World, service: PushService, reminding: Reminding
) -> None:
    griet = world.device("griet")
    names = ("amina", "bilal", "sofie", "tom")
    for name in names:
        promises(world, name, f"of-{name}", 14)
    made = {name: asks(world.device(name), "POST", "/api/reminders/calendar", {}).json() for name in ("sofie", "tom")}
    world.call("GET", "/calendar/" + made["sofie"]["link"].rpartition("/")[2])
    for name in ("amina", "bilal"):
        subscribes(world.device(name), service.browser())
    asks(world.device("bilal"), "PUT", "/api/reminders/preferences", {"is_on": False})
    reminding.say(at(12, days=-2))

    def missed() -> set[str]:
        rows = asks(griet, "GET", "/api/reminders/unreachable").json()
        return {name for name in names if world.id(name) in {row["member"] for row in rows}}

    assert missed() == {"bilal", "tom"}
    service.says(403)
    reminding.look(at(18, days=-1))
    assert missed() == {"amina", "bilal", "tom"}
    service.says(201)
    reminding.look(at(12))
    assert missed() == {"bilal", "tom"}


@pytest.mark.parametrize(
    ("wishes", "own", "missed"),
    [({}, None, 1), ({}, "PT3H", 0), ({"digest": True}, None, 0), ({"before": ["PT2H"]}, None, 0)],
)
def test_who_wants_nothing_that_would_remind_them_cannot_be_reached(
    world: World, service: PushService, reminding: Reminding, wishes: dict[str, object], own: str | None, missed: int
) -> None:
    amina = world.device("amina")
    subscribes(amina, service.browser())
    asks(amina, "PUT", "/api/reminders/preferences", {"before": [], "digest": False} | wishes)
    promises(world, "amina", "p-1", 14, remind_before=own)
    reminding.say(at(12, days=-2))

    assert len(asks(world.device("griet"), "GET", "/api/reminders/unreachable").json()) == missed


def test_a_tablet_that_signs_out_gets_no_more_pushes(world: World, service: PushService, reminding: Reminding) -> None:
    subscribes(world.device("amina"), service.browser())
    promises(world, "amina", "p-1", 14)

    assert asks(world.device("amina"), "POST", "/api/sign-out").status_code == 200
    reminding.look(at(18, days=-1))

    assert (world.rows("SELECT * FROM push_subscription"), service.came) == ([], [])


def test_an_event_that_is_archived_reminds_nobody(world: World, service: PushService, reminding: Reminding) -> None:
    for name in ("amina", "griet"):
        subscribes(world.device(name), service.browser())
    promises(world, "amina", "p-1", 14)
    reminding.say(at(12, days=-2))

    griet = world.device("griet")
    griet.syncs()
    for state in ("closed", "restituted", "archived"):
        griet.writes(world.event, "event", state=state)
        assert griet.syncs().acks == [("ok",)]
    reminding.look(at(18, days=-1))

    assert service.came == []


def test_whoever_gets_another_role_or_joins_the_service_is_reminded_from_then_on(
    world: World, service: PushService, reminding: Reminding
) -> None:
    griet, browser = world.device("griet"), service.browser()
    subscribes(griet, service.browser())
    subscribes(world.device("tom"), browser)
    promises(world, "bilal", "p", 14, who_acts="service", assignee=f"service:{world.id('housing-service')}")
    reminding.say(at(12, days=-2))

    def reminded() -> set[str]:
        return {row[0] for row in world.rows("SELECT member FROM reminder_task")}

    assert reminded() == {world.id("sofie")}
    joined = asks(griet, "PATCH", f"/api/members/{world.id('tom')}", {"service": world.id("housing-service")})
    assert joined.status_code == 200, joined.text
    reminding.look(at(18, days=-1))
    assert (reminded(), len(service.opened(browser))) == ({world.id("sofie"), world.id("tom")}, 1)

    left = asks(griet, "PATCH", f"/api/members/{world.id('sofie')}", {"role": "generalist", "service": None})
    assert left.status_code == 200, left.text
    reminding.say(at(12))
    assert reminded() == {world.id("tom")}
