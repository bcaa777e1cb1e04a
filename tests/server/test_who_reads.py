"""The reading half of the role matrix (product.md, Roles): who has which record of every kind, told in one table."""

from sync.ids import tally_id
from sync.kinds import KINDS
from tests.support.world import Device, World

WALL = {"wall", "topic", "demand", "promise on a topic"}
EVENT = {"tally", "presence"}  # whoever is in the event's team (docs/protocol.md, Audiences)
SQUARE = EVENT | {"card"}  # who talks with visitors
CASE = {"visit", "issue", "remark", "referral", "promise", "consent"}
# Beside event, members and services, which everybody has who takes part. Nobody's own but Amina's: she wrote it all.
READS = {
    "amina": SQUARE | CASE | {"contact", "wall"},
    "bilal": SQUARE,  # another generalist
    "sofie": SQUARE | {"issue", "remark", "referral"},  # at the table that it was handed to
    "tom": SQUARE,  # at another table
    "rita": SQUARE | {"wall", "topic", "demand"},
    "rachid": EVENT | {"promise on a topic"},  # a topic and what is asked for it come to residents once it is shared
    "luc": EVENT,
    "griet": SQUARE | CASE | WALL,  # and contact data with a reason alone
}


def tells(world: World) -> dict[str, str]:
    """A case with a record of every kind, handed to a table; and what became of a remark on the wall. Return name → id."""
    amina, griet = world.device("amina"), world.device("griet")
    card = amina.gives_card("fox", "79")
    amina.writes("visit", "visit", card=card, channel="tent")
    amina.writes("issue", "issue", card=card, visit=world.id("visit"), theme="HOU", own_words="de kachel is stuk")
    amina.writes("consent", "consent", card=card, given_how="spoken", **{"purposes/call_back": "given"})
    amina.writes("contact", "contact", card=card, channel="phone", value="0470", consent=world.id("consent"))
    amina.hands_over("referral", card=card, issue=world.id("issue"))
    promise = {"what": "call", "who_acts": "member", "on": "2026-10-01", "state": "planned"}
    amina.writes("promise", "follow_up", card=card, **promise, assignee=f"member:{amina.member}")
    amina.writes("wall", "issue", source="wall", theme="NEI")
    counted = {"what": "coffee", "slot": "2026-10-01T13:30:00Z", "device": "tablet"}
    tally = str(tally_id(world.event, *counted.values()))
    amina.writes(tally, "tally", **counted, n=3)
    acks = amina.syncs().acks
    assert set(acks) == {("ok",)}, acks
    griet.syncs()
    griet.writes("remark", "remark", about=world.id("issue"), text="Welke straat?")
    griet.writes("topic", "topic", title="verlichting", state="heard")
    griet.writes("demand", "demand", topic=world.id("topic"), text="een lamp", state="asked")
    griet.writes(
        "promise on a topic", "follow_up", topic=world.id("topic"), **promise, assignee=f"member:{griet.member}"
    )
    acks = griet.syncs().acks
    assert set(acks) == {("ok",)}, acks
    told = {"card": card, "tally": tally, "presence": world.id("housing-table")}
    return {name: world.id(name) for name in CASE | WALL | {"contact"}} | told


def has(device: Device, ids: dict[str, str]) -> set[str]:
    device.syncs()
    return {name for name, id in ids.items() if id in device.records}


def test_every_role_reads_of_every_kind_what_is_theirs_and_nothing_else(world: World) -> None:
    ids = tells(world)

    assert {name: has(world.device(name), ids) for name in READS} == READS
    kinds = {world.device("griet").records[id].kind for name, id in ids.items() if name != "contact"} | {"contact"}
    assert kinds == {kind for kind, one in KINDS.items() if one.scope == "event"} - {"event", "erasure"}


def test_a_topic_that_is_shared_comes_to_residents_with_what_is_asked_for_it(world: World) -> None:
    ids, griet = tells(world), world.device("griet")

    griet.writes("topic", "topic", state="shared")
    assert griet.syncs().acks == [("ok",)]

    for name, more in (("rachid", {"topic", "demand"}), ("luc", set()), ("bilal", set()), ("sofie", set())):
        assert has(world.device(name), ids) == READS[name] | more, name


def test_who_is_in_no_team_reads_nothing_of_an_event(world: World) -> None:
    ids = tells(world)
    for role in ("generalist", "service_worker", "researcher", "bar", "resident", "logistics", "admin"):
        world.join(f"new {role}", role, "housing-service" if role == "service_worker" else None)
        assert has(world.device(f"new {role}"), ids) == set(), role
