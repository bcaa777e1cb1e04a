"""Cards are for who talks with visitors (decision 0038), on tablets and servers of before, too."""

from collections.abc import Callable

import pytest

from server.exchange.check import differences
from server.settings import Settings
from sync.access import Around, Known, audience
from tests.support.world import Device, World

NAMES = ("amina", "sofie", "rita", "rachid", "luc", "griet")
BACK_TO_STEP_10 = (
    "ALTER TABLE entry RENAME TO entry_13",
    "DROP INDEX entry_position",
    "CREATE TABLE entry (stream BIGINT, record TEXT, position BIGINT, gone TEXT, place BIGINT, PRIMARY KEY (stream, record))",
    "INSERT INTO entry SELECT e.stream, r.id, e.position, NULL, e.place FROM entry_13 e JOIN record r ON r.place = e.place",
    "INSERT INTO entry SELECT stream, record, position, why, NULL FROM gone",
    "CREATE INDEX entry_position ON entry (stream, position, place, gone)",
    "DROP TABLE entry_13",
    "DROP TABLE gone",
    "DELETE FROM migration WHERE number IN (11, 13)",
)


def of_before(record: Known, around: Around) -> frozenset[str]:
    """Who saw a record when cards went to everybody at the event."""
    return frozenset({f"event:{record.event}"}) if record.kind == "card" else audience(record, around)


def holders(world: World, card: str) -> set[str]:
    """Whose tablets have a card after their next contact."""
    devices: dict[str, Device] = {name: world.device(name) for name in NAMES}
    for device in devices.values():
        device.syncs()
    return {name for name, device in devices.items() if device.sees(card) is not None}


def test_who_goes_over_to_the_kitchen_gives_the_cards_back(world: World) -> None:
    griet, bilal = world.device("griet"), world.device("bilal")
    card = griet.gives_card("fox", "79")
    griet.syncs()
    bilal.syncs()
    assert bilal.sees(card)

    assert griet.asks("PATCH", f"/api/members/{bilal.member}", {"role": "logistics"}).status_code == 200

    assert bilal.syncs().closed == [f"event:{world.event}/cards"]
    assert bilal.sees(card) is None


def test_tablets_of_the_kitchen_and_of_residents_are_told_that_the_cards_they_hold_are_gone(
    worlds: Callable[[Settings], World], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.exchange.commit.audience", of_before)
    old = worlds(settings).organise()
    amina = old.device("amina")
    cards = [amina.gives_card("fox", "79"), amina.gives_card("hare", "05")]
    amina.hands_over("handover-1", card=cards[0])
    amina.syncs()
    # A tablet of before has no other stream of cards.
    assert {"rachid", "luc"} <= holders(old, cards[0])
    monkeypatch.undo()

    async def forget_steps() -> None:
        async with old.server.store.writing() as tx:
            for statement in BACK_TO_STEP_10:
                await tx.run(statement)

    old.run(forget_steps())
    old.stop()
    new = worlds(settings)
    new.take_over(old)

    replies = {name: new.device(name).syncs() for name in ("rachid", "luc")}
    for reply in replies.values():
        page = reply.body["streams"][f"event:{new.event}"]
        assert page["gone"] == [[card, "moved"] for card in sorted(cards)]
    for card in cards:
        assert holders(new, card) == {"amina", "sofie", "rita", "griet"}
    assert new.run(differences(new.server.store)) == []
    assert new.device("sofie").sees("handover-1")
