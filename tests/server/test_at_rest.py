"""What lies in the database is sealed: who has the database, a dump or a backup, and not the key file, reads no words."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.app import Server
from server.settings import Settings
from server.store import cardkeys
from server.store import records as sql
from server.store.keyfile import NoKey, read_key
from server.store.keys import root_of
from server.store.unlocking import DONE, drop_old_keys, renew_key
from tests.support.world import Device, World

SECRET = "mijn huisbaas komt binnen met zijn eigen sleutel"


def writes(world: World) -> Device:
    """Words in a record, in its history and in a clone."""
    amina = world.device("amina")
    card = amina.gives_card("fox", "79")
    amina.writes("talk-1", "visit", card=card, channel="tent")
    amina.writes("issue-1", "issue", visit=world.id("talk-1"), theme="HOU", own_words=SECRET)
    amina.writes("issue-2", "issue", theme="HOU", own_words=SECRET)
    assert amina.syncs().acks == [("ok",)] * 4
    clone = amina.edit(3, "issue-1", "issue", own_words=SECRET + "!")
    assert amina.sends([clone]).acks == [("parked", "clone")]
    return amina


def lies_there(world: World) -> list[bytes]:
    """Return every value of every column that may hold words, as it is stored."""
    found = world.rows("SELECT coded, private FROM record") + world.rows("SELECT body, a FROM edit")
    return [
        str(part).encode() if isinstance(part, str) else bytes(part)
        for row in found + world.rows("SELECT body, a FROM clone")
        for part in row
    ]


def unseal(world: World) -> None:
    """Leave the database as the version before left it: all in clear, without keys."""

    async def go() -> None:
        organisation = world.organisation
        async with world.server.store.writing() as tx:
            for row in await sql.all_records(tx, organisation):
                await tx.run(
                    "UPDATE record SET private = ?, root = '' WHERE organisation = ? AND id = ?",
                    row[7],
                    organisation,
                    row[0],
                )
            for table in ("edit", "clone"):
                for a, n, body, root in await tx.fetch(f"SELECT a, n, body, root FROM {table}"):
                    await cardkeys.learn(tx, organisation, [root])
                    clear = tx.keys.open("edit", organisation, root, f"{a}:{n}", body)
                    await tx.run(f"UPDATE {table} SET body = ?, root = '' WHERE a = ? AND n = ?", clear, a, n)
            await tx.run("DELETE FROM card_key")
            await tx.run("DELETE FROM server_meta WHERE name = ?", DONE)

    world.run(go())


def test_no_word_lies_in_the_database_and_every_word_is_served(world: World) -> None:
    amina = writes(world)

    assert not [part for part in lies_there(world) if b"huisbaas" in part]
    assert sum(b"huisbaas" in part for part in world.words()) == 5
    amina.syncs()
    assert amina.sees("issue-1") == {"theme": "HOU", "own_words": SECRET, "visit": world.id("talk-1")}


def test_no_word_lies_in_the_file_either(sqlite_world: World) -> None:
    writes(sqlite_world)

    folder = Path(sqlite_world.settings.database_file).parent
    files = [path for path in folder.rglob("*") if path.is_file()]

    assert [path.suffix for path in files if b"HOU" in path.read_bytes()], "the codes are found: the search works"
    assert not [path for path in files if b"huisbaas" in path.read_bytes()]


def test_what_the_version_before_left_in_clear_is_sealed_at_the_next_start_and_none_of_it_is_lost(
    worlds: Callable[[Settings], World], world: World
) -> None:
    writes(world)
    before = sorted(world.words())
    unseal(world)
    assert sum(b"huisbaas" in part for part in lies_there(world)) == 5
    world.stop()

    after = worlds(world.settings)
    after.take_over(world)

    assert not [part for part in lies_there(after) if b"huisbaas" in part]
    assert sorted(after.words()) == before
    if not world.settings.database_url:
        file = Path(world.settings.database_file)
        assert not [
            path
            for path in (file, file.with_name(file.name + "-wal"))
            if path.exists() and b"huisbaas" in path.read_bytes()
        ]


def test_without_its_key_file_a_database_is_not_opened_and_nothing_is_written(
    worlds: Callable[[Settings], World], world: World
) -> None:
    writes(world)
    world.stop()
    path = world.settings.key_path
    kept = path.read_bytes()
    path.unlink()

    def starts() -> None:
        world.run(Server(world.settings).start())

    with pytest.raises(NoKey, match="there is no key file"):
        starts()
    assert not path.exists(), "no other key is put in its place"

    path.write_bytes(kept.replace(b"k-", b"k-0"))
    with pytest.raises(NoKey, match="has no key"):
        starts()
    path.write_bytes(b"{}")
    with pytest.raises(NoKey, match="is no key file"):
        starts()

    path.write_bytes(kept)
    again = worlds(world.settings)
    again.take_over(world)
    assert sum(b"huisbaas" in part for part in again.words()) == 5


def test_the_key_file_is_its_owners_alone(sqlite_world: World) -> None:
    assert sqlite_world.settings.key_path.stat().st_mode & 0o777 == 0o600


def test_a_sealed_value_in_anothers_place_is_not_opened(world: World) -> None:
    writes(world)

    async def swapped() -> None:
        async with world.server.store.writing() as tx:
            [(one, root)] = await tx.fetch("SELECT private, root FROM record WHERE id = ?", world.id("issue-1"))
            await tx.run("UPDATE record SET private = ?, root = ? WHERE id = ?", one, root, world.id("issue-2"))

    world.run(swapped())

    with pytest.raises(NoKey, match="not the one that was put"):
        world.words()


def test_a_key_that_was_rolled_back_seals_nothing(world: World) -> None:
    async def rolled_back() -> None:
        async with world.server.store.writing() as tx:
            await cardkeys.make(tx, world.organisation, ["card-x"])
            raise ZeroDivisionError

    async def sealed_and_read() -> bytes:
        async with world.server.store.writing() as tx:
            await cardkeys.make(tx, world.organisation, ["card-x"])
            stored = tx.keys.seal("record", world.organisation, "card-x", "r", b"words")
        world.server.store.keys.clear()
        async with world.server.store.reading() as tx:
            await cardkeys.learn(tx, world.organisation, ["card-x"])
            return tx.keys.open("record", world.organisation, "card-x", "r", stored)

    with pytest.raises(ZeroDivisionError):
        world.run(rolled_back())
    assert world.rows("SELECT root FROM card_key WHERE root = 'card-x'") == []

    assert world.run(sealed_and_read()) == b"words"


def test_a_key_that_another_process_destroyed_and_made_anew_is_read_again(world: World) -> None:
    async def go() -> bytes:
        organisation, keys = world.organisation, world.server.store.keys
        async with world.server.store.writing() as tx:
            await cardkeys.make(tx, organisation, ["card-x"])
        async with world.server.store.writing() as tx:
            fresh = keys.wrap(organisation, "card-x", b"k" * 32)
            await tx.run("UPDATE card_key SET wrapped = ? WHERE root = 'card-x'", fresh)
        async with world.server.store.writing() as tx:
            await cardkeys.make(tx, organisation, ["card-x"])
            stored = keys.seal("record", organisation, "card-x", "r", b"words")
        return AESGCM(b"k" * 32).decrypt(stored[:12], stored[12:], f"record|{organisation}|r".encode())

    assert world.run(go()) == b"words"


def test_more_cards_than_are_held_in_memory_are_read_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.store.keys.CARDS_MAX", 40)
    monkeypatch.setattr("server.store.records.AT_ONCE", 10)
    monkeypatch.setattr("server.store.history.AT_ONCE", 10)
    amina = world.device("amina")
    edits = [amina.edit(n, f"talk-{n}", channel="tent", outcome_reason=f"{SECRET} {n}") for n in range(1, 101)]
    for start in range(0, 100, 20):
        assert amina.sends(edits[start : start + 20]).acks == [("ok",)] * 20

    assert sum(b"huisbaas" in part for part in world.words()) == 200
    again = [amina.edit(100 + n, f"talk-{n}", outcome_reason=SECRET) for n in (1, *range(60, 98))]
    assert amina.sends(again[:20]).acks == [("ok",)] * 20
    assert amina.sends([again[0], *again[20:]]).acks == [("repeat",), *[("ok",)] * 19]


def test_the_master_key_is_renewed_and_the_old_one_dropped_when_nothing_needs_it(
    worlds: Callable[[Settings], World], world: World
) -> None:
    writes(world)
    path = world.settings.key_path
    old = read_key(path).current
    renew_key(path)
    assert world.run(drop_old_keys(world.server.store, path)) == [], "all is wrapped by it still"
    world.stop()

    after = worlds(world.settings)
    after.take_over(world)

    assert after.rows("SELECT DISTINCT master FROM card_key") == [(read_key(path).current,)]
    assert after.run(drop_old_keys(after.server.store, path)) == [old]
    assert list(read_key(path).keys) == [read_key(path).current] != [old]
    assert sum(b"huisbaas" in part for part in after.words()) == 5


def test_what_outlives_an_erased_card_it_once_named_stays_readable_with_its_history(world: World) -> None:
    amina = world.device("amina")
    wrong, right = amina.gives_card("fox", "79"), amina.gives_card("hare", "79")
    first = amina.writes("talk-1", "visit", card=wrong, channel="tent", outcome_reason=SECRET)
    amina.syncs()
    amina.writes("talk-1", "visit", card=right)
    amina.syncs()

    amina.erases(wrong)
    amina.syncs()

    assert amina.sees("talk-1") == {"card": right, "channel": "tent", "outcome_reason": SECRET}
    assert sum(b"huisbaas" in part for part in world.words()) == 2
    assert amina.sends([first]).acks == [("repeat",)]


def test_what_is_under_whose_key() -> None:
    assert root_of("issue", {"visit": "talk", "card": "fox"}) == "fox"
    assert root_of("issue", {"own_words": "x"}, {"visit": "talk"}) == "talk"
    assert root_of("issue", {"card": None}, {"card": None}) == "issue"
