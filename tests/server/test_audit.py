"""The audit trail: what is written down, that it holds, and that it shows where somebody changed it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from server.settings import Settings
from server.store import audit
from server.store.engine import Store
from server.store.migrations import migrate
from tests.support.device import Device
from tests.support.newcomer import printed
from tests.support.world import EMAIL, PASSWORD, World

Worlds = Callable[[Settings], World]


def trail(griet: Device, query: str = "") -> list[tuple[str, str, str, str]]:
    """Return (member, what, about, detail), oldest first."""
    lines = griet.asks("GET", f"/api/audit{query}").json()["lines"]
    return [(line["member"], line["what"], line["about"], line["detail"]) for line in reversed(lines)]


def test_everything_grave_is_written_down(world: World) -> None:
    griet, amina = world.device("griet"), world.device("amina")
    world.call("POST", "/api/sign-in", json_body={"email": EMAIL, "password": "een ander wachtwoord"})
    me = world.call("POST", "/api/sign-in", json_body={"email": EMAIL, "password": PASSWORD}).json()
    made = griet.asks("POST", "/api/members", {"display_name": "Yusuf", "role": "generalist"}).json()["id"]
    griet.asks("PATCH", f"/api/members/{made}", {"role": "researcher", "display_name": "Yusuf B."})
    griet.asks("POST", f"/api/members/{made}/invitation")
    code = printed(world, made)
    tablet = world.call("POST", "/api/enrol", json_body={"code": code, "label": ""}).json()["me"]["device"]
    world.call("POST", "/api/enrol", json_body={"code": code, "label": ""})
    griet.asks("POST", f"/api/devices/{tablet}/revoke")
    griet.asks("PATCH", f"/api/members/{made}", {"active": False})
    card = amina.gives_card("fox", "79")
    amina.syncs()
    amina.erases(card)
    amina.syncs()

    assert trail(griet) == [
        (world.coordinator, "sign_in_failed", "", "password"),
        (world.coordinator, "signed_in", me["device"], "password"),
        (world.coordinator, "member_added", made, "generalist"),
        (world.coordinator, "role_changed", made, "generalist researcher"),
        (world.coordinator, "member_changed", made, ""),
        (world.coordinator, "invited", made, ""),
        (made, "enrolled", tablet, ""),
        (made, "enrol_failed", "", "used"),
        (world.coordinator, "revoked", tablet, ""),
        (world.coordinator, "member_left", made, ""),
        (amina.member, "erased", card, ""),
    ]
    assert "Yusuf" not in str(world.rows("SELECT * FROM audit")), "ids and codes only"
    assert griet.asks("GET", "/api/audit/check").json()["broken"] is None


def test_a_line_about_a_tablet_says_whose_it_is_and_what_it_is_called(world: World) -> None:
    griet = world.device("griet")
    griet.asks("POST", f"/api/members/{world.id('amina')}/invitation")
    code = printed(world, world.id("amina"))
    world.call("POST", "/api/enrol", json_body={"code": code, "label": "blue ribbon"})

    enrolled, invited, *_ = griet.asks("GET", "/api/audit").json()["lines"]

    assert enrolled["device"] == {"member": world.id("amina"), "label": "blue ribbon", "is_session": False}
    assert invited["device"] is None


def test_edits_taken_in_and_left_out_are_written_down(world: World) -> None:
    griet, luc = world.device("griet"), world.device("luc")
    luc.sends([luc.edit(1, "talk-1", channel="tent"), luc.edit(2, "talk-2", channel="tent")])

    griet.asks("POST", f"/api/parked/{luc.author}/1/take")
    griet.asks("POST", f"/api/parked/{luc.author}/2/drop")

    assert trail(griet) == [
        (griet.member, "parked_taken", world.id("talk-1"), "not_allowed"),
        (griet.member, "parked_dropped", world.id("talk-2"), "not_allowed"),
    ]


def test_the_trail_is_read_by_kind_by_member_and_page_by_page(sqlite_world: World) -> None:
    griet = sqlite_world.device("griet")

    async def many() -> None:
        async with sqlite_world.server.store.writing() as tx:
            for n in range(250):
                line = audit.Line(f"m{n % 2}", "invited" if n % 5 else "revoked", f"x{n}")
                await audit.add(tx, sqlite_world.organisation, line, now_ms=n)

    sqlite_world.run(many())
    first = griet.asks("GET", "/api/audit").json()
    assert (first["lines"][0]["about"], len(first["lines"]), first["next"]) == ("x249", 100, 151)
    assert first["kinds"] == ["invited", "revoked"]
    last = griet.asks("GET", "/api/audit?before=51").json()
    assert (len(last["lines"]), last["next"]) == (50, None)
    assert len(trail(griet, "?what=revoked")) == 50
    assert {line[0] for line in trail(griet, "?member=m1")} == {"m1"}
    for query in ("before=0", "before=x", "what=" + "x" * 65):
        assert griet.asks("GET", f"/api/audit?{query}").status_code == 400, query


def test_another_organisation_reads_nothing_of_it(worlds: Worlds, sqlite_settings: Settings) -> None:
    world = worlds(sqlite_settings).organise()
    beside = msgspec.structs.replace(
        sqlite_settings, state_dir=sqlite_settings.state_dir + "2", key_file=str(sqlite_settings.key_path)
    )
    other = worlds(beside, "brico")
    other.organise()
    world.device("griet").asks("POST", f"/api/members/{world.id('amina')}/invitation")

    assert trail(other.device("griet")) == []
    assert other.device("griet").asks("GET", "/api/audit/check").json()["count"] == 0
    assert world.device("griet").asks("GET", "/api/audit/check").json()["count"] == 1
    for name in ("amina", "rachid"):
        for path in ("/api/audit", "/api/audit/check"):
            assert world.device(name).asks("GET", path).json()["code"] == "not_allowed"


TAMPERED: dict[str, tuple[str, int]] = {
    "a member": ("UPDATE audit SET member = 'x' WHERE number = 3", 3),
    "a time": ("UPDATE audit SET at = at + 1 WHERE number = 3", 3),
    "what": ("UPDATE audit SET what = 'x' WHERE number = 1", 1),
    "a hash": ("UPDATE audit SET hash = 'x' WHERE number = 4", 4),
    "a row taken out": ("DELETE FROM audit WHERE number = 2", 2),
    "the last row taken out": ("DELETE FROM audit WHERE number = 5", 5),
    "all taken out": ("DELETE FROM audit", 1),
    "the head": ("UPDATE audit_head SET hash = 'x'", 6),
    "a reason": ("UPDATE audit_reason SET words = 'x' WHERE number = 5", 5),
    "a reason in clear": ("UPDATE audit_reason SET words = 'x', root = '' WHERE number = 5", 5),
    "two rows swapped": ("", 3),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_whoever_changes_a_row_is_found_at_that_row(sqlite_world: World, how: str) -> None:
    griet, (statement, row) = sqlite_world.device("griet"), TAMPERED[how]

    async def tamper() -> None:
        async with sqlite_world.server.store.writing() as tx:
            for n in range(5):
                reason = "omdat" if n == 4 else ""
                await audit.add(tx, sqlite_world.organisation, audit.Line("m", "invited", f"x{n}"), reason, now_ms=n)
        checked = griet.world.server.store
        async with checked.reading() as tx:
            assert (await audit.check(tx, sqlite_world.organisation)).broken is None
        async with checked.writing() as tx:
            if how == "two rows swapped":
                await tx.run("UPDATE audit SET number = 99 WHERE number = 3")
                await tx.run("UPDATE audit SET number = 3 WHERE number = 4")
                await tx.run("UPDATE audit SET number = 4 WHERE number = 99")
            else:
                await tx.run(statement)

    sqlite_world.run(tamper())
    assert griet.asks("GET", "/api/audit/check").json()["broken"] == row


def test_many_processes_make_one_chain(settings: Settings) -> None:
    async def at_once() -> audit.Checked:
        stores = [Store(file=Path(settings.database_file), url=settings.database_url) for _ in range(4)]
        for store in stores:
            await store.open()
        await migrate(stores[0])

        async def adds(store: Store, name: str) -> None:
            for n in range(25):
                async with store.writing() as tx:
                    await audit.add(tx, "picol", audit.Line(name, "invited", f"{n}"), now_ms=n)

        await asyncio.gather(*(adds(store, f"m{n}") for n, store in enumerate(stores * 2)))
        async with stores[0].reading() as tx:
            checked = await audit.check(tx, "picol")
        for store in stores:
            await store.close()
        return checked

    checked = asyncio.run(at_once())
    assert (checked.count, checked.broken) == (200, None)


def test_what_fails_leaves_no_line(sqlite_world: World) -> None:
    griet = sqlite_world.device("griet")
    before = trail(griet)

    assert griet.asks("POST", "/api/members/nobody/invitation").status_code == 404
    assert griet.asks("POST", "/api/devices/none/revoke").status_code == 404

    assert trail(griet) == before


def test_erasing_takes_the_words_of_a_reason_and_the_chain_still_holds(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    card = amina.gives_card("fox", "79")
    amina.writes("consent-1", "consent", card=card, given_how="spoken", **{"purposes/call_back": "given"})
    amina.writes("contact-1", "contact", card=card, channel="phone", value="0470", consent=world.id("consent-1"))
    amina.syncs()
    griet.asks("POST", f"/api/contacts/{world.id('contact-1')}/read", {"reason": "mevrouw Peeters bellen"})
    amina.erases(card)
    amina.syncs()

    assert "Peeters" not in str(world.rows("SELECT * FROM audit_reason") + world.rows("SELECT * FROM audit"))
    assert ("contact_read", world.id("contact-1")) in [line[1:3] for line in trail(griet)]
    assert griet.asks("GET", "/api/audit/check").json()["broken"] is None


def test_a_coordinator_whom_a_promise_opens_contact_data_to_stands_in_the_trail(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    card = amina.gives_card("fox", "79")
    amina.writes("consent-1", "consent", card=card, given_how="spoken", **{"purposes/call_back": "given"})
    amina.writes("contact-1", "contact", card=card, channel="phone", value="0470", consent=world.id("consent-1"))
    what = {"card": card, "what": "call", "who_acts": "member", "on": "2026-10-01", "state": "planned"}
    amina.writes("promise-1", "follow_up", **what, assignee=f"member:{amina.member}")
    assert set(amina.syncs().acks) == {("ok",)}
    opened = (griet.member, "contact_opened", world.id("contact-1"), "promise")
    assert opened not in trail(griet)

    griet.syncs()
    griet.writes("promise-1", "follow_up", assignee=f"member:{griet.member}")
    assert griet.syncs().acks == [("ok",)]
    amina.writes("contact-1", "contact", value="0471")
    amina.syncs()

    # Once: that its words changed later opens it to nobody new.
    assert trail(griet).count(opened) == 1
    assert griet.asks("GET", "/api/audit/check").json()["broken"] is None


def test_who_becomes_a_coordinator_and_goes_on_seeing_what_promises_opened_stands_in_the_trail(world: World) -> None:
    amina, griet, bilal = world.device("amina"), world.device("griet"), world.device("bilal")
    card = amina.gives_card("fox", "79")
    amina.writes("consent-1", "consent", card=card, given_how="spoken", **{"purposes/call_back": "given"})
    told = {"channel": "phone", "value": "0470", "consent": world.id("consent-1")}
    amina.writes("contact-1", "contact", card=card, **told)
    what = {"card": card, "what": "call", "who_acts": "member", "on": "2026-10-01", "state": "planned"}
    amina.writes("promise-1", "follow_up", **what, assignee=f"member:{bilal.member}")
    assert set(amina.syncs().acks) == {("ok",)}
    roles = {"role": "coordinator", "email": "bilal@demo.onthaal.example", "password": "een lang wachtwoord 9"}

    assert griet.asks("PATCH", f"/api/members/{bilal.member}", roles).status_code == 200
    assert griet.asks("PATCH", f"/api/members/{bilal.member}", {"role": "generalist"}).status_code == 200
    griet.asks("PATCH", f"/api/members/{amina.member}", {"role": "coordinator"})

    lines = [line for line in trail(griet) if line[1] in ("role_changed", "revoked", "contact_opened")]
    # Whoever took the number knew it before: no line for them.
    assert lines == [
        (griet.member, "role_changed", bilal.member, "generalist coordinator"),
        (griet.member, "revoked", bilal.id, ""),
        (bilal.member, "contact_opened", world.id("contact-1"), "role"),
        (griet.member, "role_changed", bilal.member, "coordinator generalist"),
        (griet.member, "role_changed", amina.member, "generalist coordinator"),
        (griet.member, "revoked", amina.id, ""),
    ]
