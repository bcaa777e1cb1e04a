"""Contact data that its person takes back: no copy that can be read stays (decision 0033)."""

from tests.support.world import Device, World

NUMBER = "0470 12 34 56 of Mevrouw Peeters"
TAKEN_BACK = {"channel": None, "value": None, "call_me": None, "safe_rules": None}


def takes_a_number(world: World) -> tuple[Device, str]:
    """A number that was written down and put right once, arrived."""
    amina = world.device("amina")
    card = amina.gives_card("fox", "79")
    amina.writes("consent-1", "consent", card=card, given_how="spoken", **{"purposes/call_back": "given"})
    said = {"card": card, "channel": "phone", "value": NUMBER, "call_me": NUMBER}
    amina.writes("contact-1", "contact", **said, consent=world.id("consent-1"))
    amina.writes("contact-1", "contact", value=NUMBER + "7", safe_rules=NUMBER)
    assert amina.syncs().acks == [("ok",)] * 4
    return amina, card


def kept(world: World) -> list[bytes]:
    return [found for found in world.words() if NUMBER.encode() in found]


def test_nothing_of_it_can_be_read_any_more_and_its_receipt_stays(world: World) -> None:
    amina, _ = takes_a_number(world)
    assert kept(world)

    amina.writes("contact-1", "contact", **TAKEN_BACK)
    assert amina.syncs().acks == [("ok",)]

    assert kept(world) == []
    assert world.rows("SELECT count(*) FROM edit WHERE record = ?", world.id("contact-1")) == [(3,)]


def test_what_is_offered_again_is_known_and_not_kept_again(world: World) -> None:
    amina, _ = takes_a_number(world)
    first = amina.edit(3, "contact-1", "contact", value=NUMBER)
    amina.writes("contact-1", "contact", **TAKEN_BACK)
    amina.syncs()

    assert amina.sends([first]).acks == [("repeat",)]
    other = amina.edit(3, "issue-1", "issue", own_words="another record under the same number")
    assert amina.sends([other]).acks == [("parked", "clone")], "nothing that was entered is dropped"
    assert kept(world) == []


def test_what_a_tablet_wrote_without_knowing_is_shown_and_then_kept(world: World) -> None:
    amina, _ = takes_a_number(world)
    amina.writes("contact-1", "contact", value=None)
    amina.syncs()

    assert kept(world), "a name by which to call somebody is left"


def test_what_waits_for_the_desk_waits_on(world: World) -> None:
    amina, card = takes_a_number(world)
    bilal = world.device("bilal")
    assert bilal.sends([bilal.edit(1, "contact-1", "contact", card=card, value=NUMBER)]).acks[0][0] == "parked"

    amina.writes("contact-1", "contact", **TAKEN_BACK)
    amina.syncs()

    assert len(kept(world)) == 1
    assert [one["kind"] for one in world.device("griet").asks("GET", "/api/parked").json()] == ["contact"]
