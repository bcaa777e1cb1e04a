"""What a coordinator types as a reason lies sealed in the database, and the audit trail still shows and checks it."""

from collections.abc import Callable

from server.settings import Settings
from server.store import records as sql
from tests.support.world import World

WHY = "mevrouw Peeters, Nieuwstraat"


def reads_a_contact(world: World) -> str:
    """A coordinator reads somebody's contact and types why; return the card."""
    amina = world.device("amina")
    card = amina.gives_card("fox", "79")
    amina.writes("consent-1", "consent", card=card, given_how="spoken", **{"purposes/call_back": "given"})
    amina.writes("contact-1", "contact", card=card, channel="phone", value="0470", consent=world.id("consent-1"))
    amina.syncs()
    path = f"/api/contacts/{world.id('contact-1')}/read"
    assert world.device("griet").asks("POST", path, {"reason": WHY}).status_code == 200
    return card


def reasons(world: World) -> list[str]:
    """Return the reasons of the trail, after seeing that its chain holds."""
    griet = world.device("griet")
    assert griet.asks("GET", "/api/audit/check").json()["broken"] is None
    return [line["reason"] for line in griet.asks("GET", "/api/audit").json()["lines"] if line["reason"]]


def test_a_reason_that_was_typed_lies_sealed_under_the_key_of_its_card(world: World) -> None:
    card = reads_a_contact(world)

    assert "Peeters" not in str(world.rows("SELECT * FROM audit_reason"))
    assert world.rows("SELECT root FROM audit_reason") == [(card,)]
    assert reasons(world) == [WHY]


def test_a_reason_about_no_card_lies_sealed_under_a_key_of_the_organisation(world: World) -> None:
    accepted = world.device("griet").asks("POST", "/api/policy/pin-alone", {"accepted": True, "words": WHY})

    assert accepted.status_code == 200, accepted.text
    assert "Peeters" not in str(world.rows("SELECT * FROM audit_reason"))
    assert (world.rows("SELECT root FROM audit_reason"), reasons(world)) == ([(world.organisation,)], [WHY])


def test_reasons_that_a_version_before_left_in_clear_are_sealed_at_the_next_start(
    worlds: Callable[[Settings], World], world: World
) -> None:
    card = reads_a_contact(world)

    async def leave_in_clear() -> None:
        async with world.server.store.writing() as tx:
            await tx.run("UPDATE audit_reason SET words = ?, root = ''", WHY)

    world.run(leave_in_clear())
    assert reasons(world) == [WHY]
    world.stop()

    after = worlds(world.settings)
    after.take_over(world)

    assert "Peeters" not in str(after.rows("SELECT * FROM audit_reason"))
    assert (after.rows("SELECT root FROM audit_reason"), reasons(after)) == ([(card,)], [WHY])


def test_a_reason_about_what_stays_outlives_the_key_it_lay_under(world: World) -> None:
    card = reads_a_contact(world)

    async def drop() -> None:
        async with world.server.store.writing() as tx:
            await sql.drop_records(tx, world.organisation, [card])

    world.run(drop())

    assert world.rows("SELECT count(*) FROM card_key WHERE root = ?", card) == [(0,)]
    assert reasons(world) == [WHY]
