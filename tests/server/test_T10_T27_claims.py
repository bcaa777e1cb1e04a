"""Ids of somebody else's, and claims of being somebody else: nothing is given, nothing is stored, nothing is told."""

import json

import pytest

from server.clock import new_id
from sync import wire
from tests.support.world import World


def written(world: World) -> tuple[dict[str, str], World]:
    """An organisation with a case, and another one on the same server."""
    amina = world.device("amina")
    card = amina.gives_card("fox", "79")
    amina.writes("consent-1", "consent", card=card, given_how="spoken", **{"purposes/call_back": "given"})
    amina.writes("contact-1", "contact", card=card, channel="phone", value="0470", consent=world.id("consent-1"))
    amina.writes("promise-1", "follow_up", card=card, what="call", who_acts="member", on="2026-10-01", state="planned",
                 assignee=f"member:{amina.member}")  # fmt: skip
    assert amina.syncs().acks == [("ok",)] * 4
    other = World(world.settings, runner=world.runner, name="other")
    other.server, other.app, other.http = world.server, world.app, world.http
    other.organise()
    ids = {
        "contact": world.id("contact-1"), "record": world.id("promise-1"), "member": amina.member,
        "device": amina.id, "session": world.device("griet").id,
    }  # fmt: skip
    return ids, other


ROUTES = (
    ("GET", "/api/records/{record}/history", None),
    ("POST", "/api/contacts/{contact}/read", {"reason": "iemand moet bellen"}),
    ("GET", "/api/reminders/meetings/{record}", None),
    ("POST", "/api/members/{member}/invitation", {}),
    ("POST", "/api/devices/{device}/revoke", {}),
    ("POST", "/api/sessions/{session}/end", {}),
)


def test_T10_ids_of_another_organisation_are_answered_like_ids_of_nothing(world: World) -> None:
    ids, other = written(world)
    griet = other.device("griet")
    nothing = {name: new_id() for name in ids}
    before = world.rows("SELECT id, revoked_at, ended_at FROM device ORDER BY id")

    for method, path, body in ROUTES:
        there, nowhere = (griet.asks(method, path.format(**names), body) for names in (ids, nothing))
        assert (there.status_code, there.json()["code"]) == (404, "not_found"), path
        assert there.content == nowhere.content, path
    card = world.id("contact-1")
    assert griet.asks("GET", f"/api/cards/{card}/contacts").json() == []

    assert world.rows("SELECT id, revoked_at, ended_at FROM device ORDER BY id") == before


def test_T10_a_record_that_a_worker_does_not_see_is_answered_like_one_that_there_is_not(world: World) -> None:
    ids, _ = written(world)
    tom = world.device("tom")

    hidden, nowhere = (tom.asks("GET", f"/api/reminders/meetings/{id}") for id in (ids["record"], new_id()))

    assert (hidden.status_code, hidden.content) == (404, nowhere.content)


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
