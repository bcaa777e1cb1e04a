"""Ids of somebody else's, and claims of being somebody else: nothing is given, nothing is stored, nothing is told."""

import json

import pytest

from server.clock import new_id, now_ms
from server.store import reminders
from server.store.reminders import Said
from sync import wire
from tests.support.authenticator import Authenticator, text
from tests.support.newcomer import Newcomer, invited
from tests.support.routes import body_of, path_of, routes
from tests.support.seal import encode
from tests.support.world import World


def beside(world: World) -> World:
    """Another organisation on the same server."""
    other = World(world.settings, runner=world.runner, name="other")
    other.server, other.app, other.http = world.server, world.app, world.http
    return other.organise()


def written(world: World) -> dict[str, dict[str, str]]:
    """Make one of each thing that a route names by its id; return route → the ids in its path."""
    amina, griet, luc = world.device("amina"), world.device("griet"), world.device("luc")
    card = amina.gives_card("fox", "79")
    amina.writes("consent-1", "consent", card=card, given_how="spoken", **{"purposes/call_back": "given"})
    amina.writes("contact-1", "contact", card=card, channel="phone", value="0470", consent=world.id("consent-1"))
    amina.writes("promise-1", "follow_up", card=card, what="call", who_acts="member", on="2026-10-01", state="planned",
                 assignee=f"member:{amina.member}")  # fmt: skip
    assert amina.syncs().acks == [("ok",)] * 4
    assert luc.sends([luc.edit(1, "talk-1", channel="tent")]).acks == [("parked", "not_allowed")]
    assert amina.sends([encode(world.vault(amina).closes(amina.edit(9, "talk-9"), b"?"))]).acks == [
        ("parked", "sealed")
    ]
    code = invited(world, "bilal")
    assert [Newcomer(world).takes(code).status_code for _ in range(2)] == [200, 410]
    contact, parked = world.id("contact-1"), {"author": luc.author, "number": "1"}
    member, device = {"member_id": amina.member}, {"device_id": amina.id}
    asked = {"enrolment_id": griet.asks("GET", "/api/enrolments").json()[0]["id"]}
    return {
        "GET /api/records/{}/history": {"record_id": world.id("promise-1")},
        "POST /api/contacts/{}/read": {"record_id": contact},
        "GET /api/cards/{}/contacts": {"card_id": card},
        "GET /api/reminders/meetings/{}": {"record_id": world.id("promise-1")},
        "GET /api/reminders/opened/{}": {"reminder_id": reminded(world, amina.member)},
        "PATCH /api/members/{}": member, "POST /api/members/{}/invitation": member, "POST /api/devices/{}/revoke": device,
        "POST /api/sessions/{}/end": {"session_id": griet.id},
        "POST /api/passkeys/{}/remove": {"passkey_id": keyed(world)},
        "POST /api/enrolments/{}/confirm": asked, "POST /api/enrolments/{}/refuse": asked,
        "POST /api/notices/{}/seen": {"notice_id": griet.asks("GET", "/api/notices").json()[0]["id"]},
        "POST /api/sealed/{}/drop": {"number": griet.asks("GET", "/api/sealed").json()[0]["number"]},
        "POST /api/parked/{}/{}/take": parked, "POST /api/parked/{}/{}/drop": parked,
    }  # fmt: skip


def reminded(world: World, member: str) -> str:
    """Remind a member of something; return the reminder's id."""
    said = Said("R" * 22, member, "follow_ups", 1, 0, 0, now_ms() + 60_000)

    async def add() -> None:
        async with world.server.store.writing() as tx:
            await reminders.add_said(tx, world.organisation, [said], now_ms=now_ms())

    world.run(add())
    return said.id


def keyed(world: World) -> str:
    """Give the coordinator a passkey; return its id."""
    key, griet = Authenticator(), world.device("griet")
    options = griet.asks("POST", "/api/passkeys/options").json()
    made = griet.asks("POST", "/api/passkeys", {"answer": key.makes(options), "label": "laptop"})
    assert made.status_code == 201, made.text
    return text(key.id)


TABLES = ("device", "member", "passkey", "enrolment", "notice", "invitation", "edit", "box", "audit")


def test_T10_ids_of_another_organisation_are_answered_like_ids_of_nothing(world: World) -> None:
    ids, paths, griet = written(world), routes(world), beside(world).device("griet")
    assert {route for route in paths if "{}" in route} - ids.keys() == {"GET /calendar/{}"}, "its name is a secret"
    before = {
        table: world.rows(f"SELECT * FROM {table} WHERE organisation = ?", world.organisation) for table in TABLES
    }

    for route, mine in ids.items():
        nothing = {name: "987654" if name == "number" else new_id() for name in mine}
        method, body = route.split()[0], body_of(route)
        there, nowhere = (griet.asks(method, path_of(route, paths[route], named), body) for named in (mine, nothing))
        assert there.status_code == (200 if route == "GET /api/cards/{}/contacts" else 404), (route, there.text)
        assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content), route

    after = {table: world.rows(f"SELECT * FROM {table} WHERE organisation = ?", world.organisation) for table in TABLES}
    assert after == before
    own = world.device("griet")
    for route in ("GET /api/records/{}/history", "GET /api/cards/{}/contacts", "POST /api/devices/{}/revoke"):
        answer = own.asks(route.split()[0], path_of(route, paths[route], ids[route]), body_of(route))
        assert answer.status_code == 200 and answer.json() != [], "and its own are answered"


def test_T10_a_record_that_a_worker_does_not_see_is_answered_like_one_that_there_is_not(world: World) -> None:
    ids, tom = written(world), world.device("tom")

    for route in ("GET /api/reminders/meetings/{}", "GET /api/reminders/opened/{}"):
        [id] = ids[route].values()
        where = route.split()[1]
        hidden, nowhere = (tom.asks("GET", where.format(one)) for one in (id, new_id()))
        assert (hidden.status_code, hidden.content) == (404, nowhere.content), route


@pytest.mark.parametrize("claim", ["by", "member", "role", "position", "stream", "author"])
def test_T27_an_edit_that_claims_what_the_server_decides_is_refused(world: World, claim: str) -> None:
    amina = world.device("amina")
    head = {"a": amina.author, "n": 7, "h": "0000000000000001", "kind": "visit", "id": new_id(), "event": world.event}
    bad = json.dumps(head | {"set": {"channel": "tent"}, claim: world.coordinator}).encode()

    reply = amina.sends([amina.edit(1, "talk-1", channel="tent"), bad])

    assert [ack[0] for ack in reply.acks] == ["ok", "refused"]
    assert world.rows("SELECT count(*) FROM edit WHERE a = ?", amina.author) == [(1,)]


@pytest.mark.parametrize("claim", ["member", "role", "author", "organisation", "positions"])
def test_T27_a_call_that_claims_who_it_is_from_is_a_bad_request(sqlite_world: World, claim: str) -> None:
    amina = sqlite_world.device("amina")
    body = json.loads(amina.body([wire.encode_edit(amina.edit(1, "talk-1", channel="tent"))]))

    answer = amina.posts(json.dumps(body | {claim: sqlite_world.coordinator}).encode())

    assert answer.status == 400
    assert sqlite_world.rows("SELECT count(*) FROM edit WHERE a = ?", amina.author) == [(0,)]


def test_T27_who_writes_under_the_author_of_anothers_device_writes_as_themselves(world: World) -> None:
    amina, bilal, griet = world.device("amina"), world.device("bilal"), world.device("griet")
    assert amina.sends([amina.edit(1, "talk-1", channel="tent")]).acks == [("ok",)]
    mine = wire.encode_edit(bilal.edit(2, "talk-2", channel="door")).replace(
        bilal.author.encode(), amina.author.encode()
    )
    same = wire.encode_edit(bilal.edit(1, "talk-1", outcome="solved")).replace(
        bilal.author.encode(), amina.author.encode()
    )

    acks = bilal.sends([mine, same]).acks

    assert acks == [("ok",), ("parked", "clone")]
    griet.syncs()
    assert griet.records[world.id("talk-2")].author == bilal.member
    assert griet.sees("talk-1") == {"channel": "tent"}
    assert amina.sends([amina.edit(2, "talk-3", channel="tent")]).acks == [("parked", "clone")], "and hers is kept"
    assert wire.encode_edit(amina.edit(2, "talk-3", channel="tent"))[:30] in world.clones(amina.author, 2)[0]
