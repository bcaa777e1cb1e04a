"""When an event closes, all that hangs on it is judged again: its authors lose their issues, a service nothing that it has."""

from tests.server.test_audiences import agrees, everybody, names_of
from tests.support.world import World


def test_closing_the_event_takes_issues_from_their_authors(world: World) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    amina.writes("talk-1", "visit", channel="tent")
    amina.writes("issue-1", "issue", visit=world.id("talk-1"), theme="ENE")
    amina.syncs()
    griet.syncs()

    griet.writes(world.event, "event", state="closed")
    assert griet.syncs().acks == [("ok",)]

    assert names_of(world, amina, "talk-1", "issue-1") == {"talk-1"}
    assert names_of(world, griet, "talk-1", "issue-1") == {"talk-1", "issue-1"}
    assert agrees(*everybody(world))


def test_what_is_erased_as_the_event_closes_lets_nobody_see_what_it_named(world: World) -> None:
    """All that hangs on the event is read again then: what has just been erased lies in the database still."""
    amina, griet, sofie = world.device("amina"), world.device("griet"), world.device("sofie")
    card, other = amina.gives_card("fox", "79"), amina.gives_card("hare", "56")
    amina.writes("issue-1", "issue", card=card, theme="HOU")
    amina.hands_over("handover-1", card=card, issue=world.id("issue-1"))
    amina.syncs()
    sofie.syncs()
    griet.syncs()
    assert sofie.sees("issue-1")

    griet.writes("issue-1", "issue", card=other)
    griet.writes(world.event, "event", state="closed")
    griet.erases(card)
    assert griet.syncs().acks == [("ok",)] * 3

    sofie.syncs()
    assert sofie.sees("issue-1") is None
    assert agrees(*everybody(world))


def test_a_service_goes_on_seeing_what_was_handed_to_it_when_the_event_closes_with_a_change_far_from_it(
    world: World,
) -> None:
    """The issue lies at the edge of what is loaded for the change: who names it is asked for all the same."""
    amina, griet, sofie = world.device("amina"), world.device("griet"), world.device("sofie")
    card = amina.gives_card("fox", "79")
    amina.writes("issue-near", "issue", card=card, theme="ENE")
    amina.writes("issue-far", "issue", theme="HOU")
    amina.hands_over("handover-1", card=card, issue=world.id("issue-far"))
    assert amina.syncs().acks == [("ok",)] * 4
    griet.syncs()

    griet.writes("issue-near", "issue", level="service")
    griet.writes(world.event, "event", state="closed")
    assert griet.syncs().acks == [("ok",)] * 2

    sofie.syncs()
    assert sofie.sees("issue-far")
    assert agrees(*everybody(world))
