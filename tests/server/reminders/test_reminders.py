"""Who is reminded, of what, and who is not: from an edit on a tablet to a notification that a browser opens."""

import pytest

from tests.support.push import PushService, Reminding, asks, subscribes
from tests.support.tuesday import at, instant, promises
from tests.support.world import World


def test_a_promise_reminds_whoever_made_it_by_a_count_that_only_their_browser_opens(
    world: World, service: PushService, reminding: Reminding
) -> None:
    browser = service.browser()
    subscribes(world.device("amina"), browser, "nl")
    promise = promises(world, "amina", "p-1", 14)

    assert reminding.look(at(12, days=-2)) == at(18, days=-1)
    assert service.came == []
    assert reminding.look(at(18, days=-1)) == at(12)

    [(_, headers, body)] = service.came
    push = browser.opens(body)
    tag = push["notification"]["tag"]
    page = f"https://onthaal.example/reminder/{tag}"
    assert push == {
        "web_push": 8030, "app_badge": 1, "mutable": True,
        "notification": {
            "title": "Onthaal", "body": "1 afspraak", "lang": "nl", "tag": tag, "navigate": page,
            "actions": [
                {"action": action, "title": title, "navigate": f"{page}?do={action}"}
                for action, title in (("done", "Gedaan"), ("later", "Later"), ("call", "Bellen"))
            ],
        },
    }  # fmt: skip
    assert (headers["Topic"], len(tag), headers["Content-Encoding"]) == (tag, 22, "aes128gcm")
    assert 0 < int(headers["TTL"]) <= 86_400
    assert headers["Authorization"].startswith("vapid t=")
    assert b"Peeters" not in body
    opened = asks(world.device("amina"), "GET", f"/api/reminders/opened/{tag}")
    assert opened.json() == {"kind": "follow_ups", "follow_ups": [promise]}
    for other in ("bilal", "griet"):
        assert asks(world.device(other), "GET", f"/api/reminders/opened/{tag}").status_code == 404


def test_what_is_due_together_comes_as_one_and_is_said_once(
    world: World, service: PushService, reminding: Reminding
) -> None:
    browser = service.browser()
    subscribes(world.device("amina"), browser, "en")
    for number, hour in enumerate((14, 15, 16)):
        promises(world, "amina", f"p-{number}", hour)

    reminding.look(at(18, days=-1))
    reminding.look(at(18, 1, days=-1))
    reminding.look(at(18, 30, days=-1))

    [push] = service.opened(browser)
    assert push["notification"]["body"] == "3 follow-ups"
    assert "actions" not in push["notification"]


@pytest.mark.parametrize("change", [{"state": "done"}, {"state": "withdrawn"}, {"at": "moved"}, {"state": "moved"}])
def test_what_was_done_moved_or_withdrawn_elsewhere_reminds_no_more(
    world: World, service: PushService, reminding: Reminding, change: dict[str, str]
) -> None:
    browser = service.browser()
    amina, griet = world.device("amina"), world.device("griet")
    subscribes(amina, browser)
    promise = promises(world, "amina", "p-1", 14)
    griet.syncs()
    reminding.say(at(18, days=-1))  # said, and not yet carried

    values = change if "state" in change else {"at": instant(at(14, days=2))}
    griet.writes(promise, "follow_up", **values)
    assert griet.syncs().acks == [("ok",)]
    reminding.say(at(18, days=-1) + 1000)
    reminding.carry(at(18, days=-1) + 2000)

    assert service.came == []
    assert reminding.states() == ["needless"]
    reminding.look(at(12))
    assert len(service.came) == 0
    assert reminding.look(at(12, days=2)) > at(12, days=2)
    assert len(service.came) == ("at" in change)


def test_a_promise_that_nobody_took_reminds_the_coordinator(
    world: World, service: PushService, reminding: Reminding
) -> None:
    browsers = {name: service.browser() for name in ("griet", "bilal", "sofie")}
    for name, browser in browsers.items():
        subscribes(world.device(name), browser)
    promises(world, "bilal", "of-a-service", 14, who_acts="service", assignee=f"service:{world.id('housing-service')}")
    promises(world, "bilal", "of-nobody", 15, who_acts="service", assignee=f"service:{world.id('no-service')}")
    promises(world, "bilal", "of-a-stranger", 16, assignee=f"member:{world.id('nobody')}")

    reminding.look(at(18, days=-1))

    bodies = {name: [push["notification"]["body"] for push in service.opened(one)] for name, one in browsers.items()}
    assert bodies == {"griet": ["2 afspraken"], "bilal": [], "sofie": ["1 afspraak"]}


def test_in_the_morning_there_is_a_digest_and_for_the_coordinator_what_waits_for_review(
    world: World, service: PushService, reminding: Reminding
) -> None:
    browsers = {name: service.browser() for name in ("griet", "amina", "bilal")}
    for name, browser in browsers.items():
        subscribes(world.device(name), browser, "en")
    promises(world, "amina", "today", 14)
    promises(world, "amina", "late", 14, at=instant(at(14, days=-1)))
    amina = world.device("amina")
    amina.writes("issue-1", "issue", theme="ENE", source="worker")
    amina.syncs()
    # Wishes without reminders by the hour: only the morning is looked at here.
    for name in browsers:
        asks(world.device(name), "PUT", "/api/reminders/preferences", {"before": [], "digest": True})

    reminding.look(at(7, 29))
    assert service.came == []
    for minute in (30, 31, 50):
        reminding.look(at(7, minute))

    bodies = {name: [push["notification"]["body"] for push in service.opened(one)] for name, one in browsers.items()}
    assert bodies == {"griet": ["1 to review"], "amina": ["1 today, 1 late"], "bilal": []}


def test_wishes_change_when_somebody_is_reminded_and_the_day_has_its_limit(
    world: World, service: PushService, reminding: Reminding
) -> None:
    amina, griet, browser = world.device("amina"), world.device("griet"), service.browser()
    subscribes(amina, browser)
    for hour in (10, 12, 14, 16):
        promises(world, "amina", f"p-{hour}", hour)
    asks(
        griet,
        "PUT",
        "/api/reminders/organisation",
        {"per_day": 2, "language": "fr", "before": ["PT3H"], "digest": False},
    )
    own = asks(amina, "PUT", "/api/reminders/preferences", {"before": ["PT1H"]}).json()

    assert (own["in_force"]["per_day"], own["in_force"]["before"]) == (2, ["PT1H"])
    assert (own["own"]["per_day"], own["organisation"]["language"]) == (None, "fr")
    wake = reminding.look(at(8))
    assert wake == at(9)
    for hour in range(9, 18):
        reminding.look(at(hour))
    assert [push["notification"]["body"] for push in service.opened(browser)] == ["1 afspraak", "3 afspraken"]
    assert asks(amina, "PUT", "/api/reminders/organisation", {"per_day": 20}).json()["code"] == "not_allowed"
    assert asks(amina, "PUT", "/api/reminders/preferences", {"zone": "Mars/Olympus"}).json()["code"] == "bad_value"


def test_who_joins_the_service_or_leaves_the_team_is_reminded_or_not(
    world: World, service: PushService, reminding: Reminding
) -> None:
    browsers = {name: service.browser() for name in ("sofie", "griet")}
    for name, browser in browsers.items():
        subscribes(world.device(name), browser)
    promises(world, "bilal", "p", 14, who_acts="service", assignee=f"service:{world.id('housing-service')}")
    reminding.say(at(12, days=-2))

    world.edit_as_griet("event", world.event, world.event, {f"team/{world.id('sofie')}": False})
    reminding.look(at(18, days=-1))

    assert service.opened(browsers["sofie"]) == []
    assert len(service.opened(browsers["griet"])) == 1


def test_two_vaults_of_one_browser_are_reminded_each_of_their_own_and_two_sessions_once(
    world: World, service: PushService, reminding: Reminding
) -> None:
    shared, desk = service.browser(), service.browser()
    for name in ("amina", "bilal"):
        subscribes(world.device(name), shared)
        promises(world, name, f"of-{name}", 14)
    subscribes(world.device("griet"), desk)
    subscribes(world.device("griet", member=world.coordinator, role="coordinator", tablet="later"), desk)
    promises(world, "griet", "of-griet", 14)

    reminding.look(at(18, days=-1))

    paths = [path for path, _, _ in service.came]
    assert sorted(paths) == sorted(browser.endpoint.removeprefix(service.origin) for browser in (shared, shared, desk))


def test_revoking_leaving_and_signing_out_end_the_reminders(
    world: World, service: PushService, reminding: Reminding
) -> None:
    griet = world.device("griet")
    for name in ("amina", "bilal", "sofie"):
        subscribes(world.device(name), service.browser())
    subscribes(griet, service.browser())
    link = asks(world.device("bilal"), "POST", "/api/reminders/calendar", {}).json()["link"]
    path = "/calendar/" + link.rpartition("/")[2]
    assert world.call("GET", path).status_code == 200

    assert asks(griet, "POST", f"/api/devices/{world.device('amina').id}/revoke").status_code == 200
    assert asks(griet, "PATCH", f"/api/members/{world.id('bilal')}", {"active": False}).status_code == 200
    assert asks(world.device("sofie"), "DELETE", "/api/reminders/subscription").json()["subscribed"] is False
    asks(griet, "POST", "/api/sign-out")

    assert world.rows("SELECT member FROM push_subscription") == []
    assert world.call("GET", path).status_code == 404


def test_the_desk_sees_what_was_sent_and_who_cannot_be_reached(
    world: World, service: PushService, reminding: Reminding
) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    subscribes(amina, service.browser())
    for name in ("amina", "bilal"):
        promises(world, name, f"of-{name}", 14)

    reminding.look(at(18, days=-1))
    tested = asks(amina, "POST", "/api/reminders/test")

    assert (tested.status_code, tested.json()) == (202, {"devices": 1})
    rows = asks(griet, "GET", "/api/reminders/sent").json()
    assert {row["kind"]: row["waiting"] for row in rows} == {"test": 1, "follow_ups": 0}
    assert next(row for row in rows if row["kind"] == "follow_ups") == {
        "at": at(18, days=-1), "member": amina.member, "kind": "follow_ups", "count": 1, "devices": 1, "accepted": 1,
        "expired": 0, "gave_up": 0, "needless": 0, "waiting": 0,
    }  # fmt: skip
    unreachable = asks(griet, "GET", "/api/reminders/unreachable").json()
    assert unreachable == [{"member": world.id("bilal"), "promises": 1, "next_at": at(14)}]
    for path in ("sent", "unreachable"):
        assert asks(amina, "GET", f"/api/reminders/{path}").status_code == 403


def test_no_table_of_reminders_holds_a_word_and_nothing_is_opened_to_remind(
    world: World, service: PushService, reminding: Reminding
) -> None:
    subscribes(world.device("amina"), service.browser())
    promises(world, "amina", "p-1", 14)
    world.server.store.keys.clear()
    opened: list[object] = []
    world.server.store.keys.open = lambda *given: opened.append(given)  # type: ignore[method-assign] -- a spy

    reminding.look(at(18, days=-1))

    assert (len(service.came), opened) == (1, [])
    tables = (
        "reminder", "reminder_about", "reminder_task", "reminder_wishes", "reminder_morning", "push_delivery",
        "push_subscription", "calendar_feed",
    )  # fmt: skip
    kept = repr([world.rows(f"SELECT * FROM {table}") for table in tables])
    assert [word for word in ("p-1", "Peeters", "amina") if word in kept] == []


@pytest.mark.parametrize("wishes", ['{"zone": "Mars/Olympus"}', '{"of_an_older_server": 1}'])
def test_wishes_that_cannot_be_read_silence_nobody_and_everybodys_rules_hold_for_them(
    world: World, service: PushService, reminding: Reminding, wishes: str
) -> None:
    for name in ("amina", "bilal"):
        subscribes(world.device(name), service.browser())
        promises(world, name, f"of-{name}", 14)
    asks(world.device("griet"), "PUT", "/api/reminders/organisation", {"digest": True})

    async def spoil() -> None:
        async with world.server.store.writing() as tx:
            given = (world.organisation, world.id("bilal"), wishes)
            await tx.run("INSERT INTO reminder_wishes VALUES (?, ?, ?)", *given)

    world.run(spoil())

    reminding.look(at(18, days=-1))
    assert len(service.came) == 2
    reminding.look(at(7, 30))
    assert len(service.came) == 4
    assert asks(world.device("griet"), "GET", "/api/reminders/unreachable").json() == []


def test_what_was_said_is_forgotten_after_ninety_days(world: World, service: PushService, reminding: Reminding) -> None:
    subscribes(world.device("amina"), service.browser())
    promises(world, "amina", "p-1", 14)
    reminding.look(at(18, days=-1))
    tables = ("reminder", "reminder_about", "push_delivery")

    for days, kept in ((88, 1), (91, 0)):
        reminding.look(at(18, days=days))
        assert [len(world.rows(f"SELECT * FROM {table}")) for table in tables] == [kept] * 3
