"""A backup is sealed, whole, and brings everything back into an empty place, on either database."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from server.settings import Settings
from server.store.backup import MAGIC, BadBackup, back_up, restore
from server.store.keyfile import NoKey, make_key_file, read_key
from server.store.unlocking import drop_old_keys, renew_key
from tests.server.test_at_rest import writes
from tests.support.process import Process
from tests.support.world import World

COUNTED = ("record", "edit", "entry", "link", "clone", "card_key", "member", "device", "stream", "erased")


def taken(world: World) -> bytes:
    """Return a backup."""
    target = io.BytesIO()
    settings = world.settings
    world.run(back_up(world.server.store, read_key(settings.key_path), Path(settings.state_dir), target))
    return target.getvalue()


def brought_back(world: World, backup: bytes, settings: Settings) -> None:
    """Restore into another, empty place, which has the key file."""

    async def go() -> None:
        from server.app import Server

        server = Server(settings)
        await server.store.open()
        try:
            await restore(server.store, read_key(settings.key_path), Path(settings.state_dir), io.BytesIO(backup))
        finally:
            await server.store.close()

    world.run(go())


def elsewhere(world: World, tmp_path: Path) -> Settings:
    """Settings of an empty SQLite place with the same key file."""
    return Settings(
        database_file=str(tmp_path / "elsewhere" / "onthaal.sqlite"), state_dir=str(tmp_path / "elsewhere"),
        key_file=str(world.settings.key_path), app_dir=world.settings.app_dir,
    )  # fmt: skip


def test_everything_comes_back_in_an_empty_place_and_the_numbering_starts_anew(
    worlds: Callable[[Settings], World], world: World, tmp_path: Path
) -> None:
    amina = writes(world)
    amina.syncs()
    count = {table: world.rows(f"SELECT count(*) FROM {table}") for table in COUNTED}
    words, epoch = sorted(world.words()), world.server.epoch
    desk_key = world.server.desk_keys.of("picol", "griet")
    settings = elsewhere(world, tmp_path)

    brought_back(world, taken(world), settings)
    world.stop()
    restored = worlds(settings)
    restored.take_over(world)

    assert {table: restored.rows(f"SELECT count(*) FROM {table}") for table in COUNTED} == count
    assert sorted(restored.words()) == words
    assert restored.server.epoch != epoch
    assert restored.server.desk_keys.of("picol", "griet") == desk_key, (
        "or what waits in a desk's copy could not be read"
    )
    amina.writes("issue-3", "issue", theme="ENE", own_words="na de herstelling")
    assert amina.syncs().acks[-1] == ("ok",)
    assert amina.sees("issue-1") is not None


def test_what_sqlite_wrote_postgresql_reads_and_goes_on_numbering(
    worlds: Callable[[Settings], World], sqlite_world: World, postgres_url: str, tmp_path: Path
) -> None:
    amina = writes(sqlite_world)
    settings = Settings(
        database_url=postgres_url, state_dir=str(tmp_path / "elsewhere"), key_file=str(sqlite_world.settings.key_path),
        app_dir=sqlite_world.settings.app_dir,
    )  # fmt: skip
    brought_back(sqlite_world, taken(sqlite_world), settings)
    sqlite_world.stop()

    restored = worlds(settings)
    restored.take_over(sqlite_world)
    amina.writes("issue-3", "issue", theme="ENE", own_words="nieuw")

    assert amina.syncs().acks[-1] == ("ok",)
    assert sum(b"huisbaas" in part for part in restored.words()) == 5


def test_a_backup_says_nothing_without_its_key(world: World, tmp_path: Path) -> None:
    writes(world)
    backup = taken(world)
    other = make_key_file(tmp_path / "other.json")

    assert b"huisbaas" not in backup and b"HOU" not in backup and b"Griet" not in backup
    with pytest.raises(NoKey):
        world.run(restore(world.server.store, other, tmp_path, io.BytesIO(backup)))


def test_a_backup_that_was_cut_short_changed_or_put_together_anew_is_refused_and_nothing_is_kept(
    world: World, tmp_path: Path
) -> None:
    writes(world)
    backup = taken(world)
    settings = elsewhere(world, tmp_path)

    changed = bytearray(backup)
    changed[len(backup) // 2] ^= 1
    for bad in (
        backup[:-1],
        backup[: len(backup) // 2],
        bytes(changed),
        b"",
        b"onthaal",
        backup[:40],
        backup[: len(MAGIC)],
    ):
        with pytest.raises(BadBackup):
            brought_back(world, bad, settings)
    brought_back(world, backup, settings)


def test_a_database_that_holds_something_is_not_written_over(world: World) -> None:
    writes(world)
    backup, before = taken(world), world.stored()

    with pytest.raises(BadBackup, match="empty database"):
        brought_back(world, backup, world.settings)
    assert world.stored() == before


def test_what_was_erased_after_a_backup_stays_erased_when_it_is_restored(
    worlds: Callable[[Settings], World], sqlite_world: World, tmp_path: Path
) -> None:
    world = sqlite_world
    amina = writes(world)
    backup = taken(world)
    amina.erases(amina.gives_card("fox", "79"))
    amina.syncs()
    settings = elsewhere(world, tmp_path)
    Path(settings.state_dir).mkdir()
    (Path(settings.state_dir) / "gone.ndjson").write_bytes(
        (Path(world.settings.state_dir) / "gone.ndjson").read_bytes()
    )

    brought_back(world, backup, settings)
    world.stop()
    restored = worlds(settings)
    restored.organisation = world.organisation

    assert sum(b"huisbaas" in part for part in restored.words()) == 2, "issue-2, which hangs on no card"


def test_a_backup_from_before_the_key_was_renewed_is_unreadable_once_the_old_one_is_dropped(
    worlds: Callable[[Settings], World], sqlite_world: World, tmp_path: Path
) -> None:
    world = sqlite_world
    writes(world)
    backup = taken(world)
    renew_key(world.settings.key_path)
    world.stop()
    after = worlds(world.settings)
    after.run(drop_old_keys(after.server.store, world.settings.key_path))

    with pytest.raises(NoKey):
        brought_back(after, backup, elsewhere(world, tmp_path))


def test_backup_and_restore_by_command(sqlite_settings: Settings, tmp_path: Path) -> None:
    here = Process(sqlite_settings, tmp_path / "log")
    here.command(
        "organisation",
        "--name",
        "Picol",
        "--coordinator",
        "Griet",
        "--email",
        "g@x.example",
        "--password",
        "een lang wachtwoord",
    )
    file = tmp_path / "backup.onthaal"
    made = here.command("backup", str(file))
    assert made.returncode == 0 and "rows in" in made.stdout, made.stderr

    there = Process(
        Settings(database_file=str(tmp_path / "b" / "db.sqlite"), state_dir=str(tmp_path / "b")), tmp_path / "log"
    )
    refused = there.command("restore", str(file))
    assert refused.returncode == 1 and "has not the key" in refused.stderr, refused.stderr
    there.environment["ONTHAAL_KEY_FILE"] = str(sqlite_settings.key_path)
    restored = there.command("restore", str(file))

    assert restored.returncode == 0 and "rows restored" in restored.stdout, restored.stderr
    assert there.command("check").stdout.startswith("every digest agrees")
    assert "fresh key" in here.command("rotate-key").stdout
    assert "in use" in here.command("rotate-key", "--drop-old").stdout
