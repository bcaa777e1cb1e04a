"""A database restored from an older copy: everybody starts anew and brings back what the copy had lost."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from server.clock import now_ms
from server.epoch import give_epoch
from server.outside import STILL_MS, Outside
from server.settings import Settings
from tests.support.world import World


def backup(settings: Settings, target: Path) -> None:
    with closing(sqlite3.connect(settings.database_file)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def test_a_restored_copy_gets_a_new_epoch_and_the_tablets_bring_back_the_rest(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, tmp_path: Path
) -> None:
    world = worlds(sqlite_settings).organise()
    amina = world.device("amina")
    old, new = amina.edit(1, "talk-1", channel="tent"), amina.edit(2, "talk-2", channel="door")
    amina.sends([old])
    backup(sqlite_settings, tmp_path / "old.sqlite")
    cursors = {name: page["at"] for name, page in amina.sends([new]).streams.items()}
    epoch = world.server.epoch
    world.stop()

    restored = worlds(Settings(database_file=str(tmp_path / "old.sqlite"), state_dir=sqlite_settings.state_dir))
    restored.organisation, restored.event = world.organisation, world.event
    amina.world = restored

    assert restored.server.epoch != epoch
    reply = amina.sends([old, new], cursors=cursors, epoch=epoch)
    assert reply.acks == [("repeat",), ("ok",)]
    assert all(page["from"] == 0 for page in reply.streams.values()), "every stream is read anew"
    ids = [record["id"] for record in reply.streams[f"event:{world.event}/member:{amina.member}"]["records"]]
    assert set(ids) == {restored.id("talk-1"), restored.id("talk-2")}


def test_a_copy_that_lost_only_parked_edits_is_found_out(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, tmp_path: Path
) -> None:
    world = worlds(sqlite_settings).organise()
    bilal = world.device("bilal")
    backup(sqlite_settings, tmp_path / "old.sqlite")
    assert bilal.sends(
        [bilal.edit(1, "talk-1", "visit", channel="tent", outcome="solved", event="elsewhere")]
    ).acks == [("parked", "not_possible")]
    world.stop()

    restored = worlds(Settings(database_file=str(tmp_path / "old.sqlite"), state_dir=sqlite_settings.state_dir))

    assert restored.server.epoch != world.server.epoch


def _ages(folder: str, ms: int) -> None:
    """Let it be so long ago that a server ran here."""
    Outside(Path(folder)).keep_alive(now_ms=now_ms() - ms)


def test_a_machine_that_is_put_back_whole_gets_a_new_epoch_and_the_tablets_bring_back_the_rest(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, tmp_path: Path
) -> None:
    """The state folder goes back with the database: nothing there says that it is older, but the time."""
    world = worlds(sqlite_settings).organise()
    bilal = world.device("bilal")
    backup(sqlite_settings, tmp_path / "image.sqlite")
    shutil.copytree(sqlite_settings.state_dir, tmp_path / "image")
    # A parked edit is in no stream of its author's: no cursor of theirs runs ahead, and no digest differs.
    edit = bilal.edit(1, "talk-1", "visit", channel="tent", outcome="solved", event="elsewhere")
    assert bilal.sends([edit]).acks == [("parked", "not_possible")]
    cursors = {name: page["at"] for name, page in bilal.sends([]).streams.items()}
    world.stop()
    _ages(str(tmp_path / "image"), STILL_MS + 60_000)

    restored = worlds(Settings(database_file=str(tmp_path / "image.sqlite"), state_dir=str(tmp_path / "image")))
    restored.organisation, restored.event = world.organisation, world.event
    bilal.world = restored

    assert restored.server.epoch != world.server.epoch
    assert restored.rows("SELECT n FROM edit WHERE a = ?", edit.a) == [], "the copy had lost it"
    reply = bilal.sends([edit], cursors=cursors, epoch=world.server.epoch)
    assert (reply.body["epoch"], reply.acks) == (restored.server.epoch, [("parked", "not_possible")])
    assert all(page["from"] == 0 for page in reply.streams.values())
    assert restored.rows("SELECT n FROM edit WHERE a = ?", edit.a) == [(edit.n,)]


@pytest.mark.parametrize(
    ("ms", "is_kept"), [(STILL_MS - 60_000, True), (STILL_MS + 60_000, False), (-2 * STILL_MS, False)]
)
def test_only_a_server_that_stood_still_longer_than_a_restart_takes_begins_a_new_epoch(
    ms: int, is_kept: bool, worlds: Callable[[Settings], World], settings: Settings
) -> None:
    first = worlds(settings).organise()
    first.stop()
    _ages(settings.state_dir, ms)

    second = worlds(settings)

    assert (second.server.epoch == first.server.epoch) is is_kept


def test_an_epoch_that_is_given_beside_a_running_server_is_served_at_once(world: World) -> None:
    """By a command, or by another process of the same database."""
    amina = world.device("amina")
    amina.sends([])
    before = world.server.epoch

    given = world.run(give_epoch(world.server.store, world.server.outside, fresh="given-beside"))

    reply = amina.sends([], epoch=before)
    assert (given, reply.body["epoch"]) == ("given-beside", "given-beside")
    assert all(page["from"] == 0 for page in reply.streams.values())


def test_a_restart_keeps_the_epoch(worlds: Callable[[Settings], World], settings: Settings) -> None:
    first = worlds(settings).organise()
    first.device("amina").sends([first.device("amina").edit(1, "talk-1", channel="tent")])
    first.stop()

    second = worlds(settings)

    assert second.server.epoch == first.server.epoch


def test_another_database_in_the_same_place_gets_a_new_epoch(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, tmp_path: Path
) -> None:
    first = worlds(sqlite_settings)
    first.stop()
    other = worlds(Settings(database_file=str(tmp_path / "b.sqlite"), state_dir=str(tmp_path / "elsewhere")))
    other.stop()

    swapped = worlds(Settings(database_file=str(tmp_path / "b.sqlite"), state_dir=sqlite_settings.state_dir))

    assert swapped.server.epoch not in (first.server.epoch, other.server.epoch)


def test_a_cursor_ahead_of_the_counter_reads_from_the_start(world: World) -> None:
    amina = world.device("amina")
    amina.writes("talk-1", "visit", channel="tent")
    amina.syncs()

    with capture_logs() as logs:
        reply = amina.sends([], cursors={"org": 10**6})

    assert [(line["event"], line["streams"]) for line in logs if line["log_level"] == "error"] == [("ahead", ["org"])]
    assert reply.streams["org"]["from"] == 0
    assert reply.streams["org"]["records"]


def test_another_epoch_reads_from_the_start(world: World) -> None:
    amina = world.device("amina")
    at = amina.sends([]).streams["org"]["at"]

    assert amina.sends([], cursors={"org": at}).streams["org"]["from"] == at
    assert amina.sends([], cursors={"org": at}, epoch="").streams["org"]["from"] == 0
