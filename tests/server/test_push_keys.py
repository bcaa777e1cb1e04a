"""The key that browsers subscribe with: one for all processes, for nobody else to read, replaced by a command."""

import multiprocessing
import stat
from pathlib import Path

from server.reminders.pushkeys import NAME, PushKeys
from server.settings import Settings
from tests.support.process import Process

AT_ONCE = 8


def _starts(path: Path, gate: "multiprocessing.Barrier", told: "multiprocessing.Queue[str]") -> None:
    keys = PushKeys(path)
    gate.wait()
    keys.start()
    told.put(keys.current())


def test_processes_that_start_at_once_make_one_key_that_only_their_user_reads(tmp_path: Path) -> None:
    path = tmp_path / "state" / NAME
    spawn = multiprocessing.get_context("fork")
    gate, told = spawn.Barrier(AT_ONCE), spawn.Queue()
    processes = [spawn.Process(target=_starts, args=(path, gate, told)) for _ in range(AT_ONCE)]
    for process in processes:
        process.start()
    current = {told.get(timeout=60) for _ in processes}
    for process in processes:
        process.join()

    assert current == {PushKeys(path).current()}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == [NAME]
    PushKeys(path).rotate(in_use=[])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_command_replaces_the_key_and_drops_the_one_before_the_last(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    keys = PushKeys(sqlite_settings.key_path.with_name(NAME))
    keys.start()
    process, first = Process(sqlite_settings, tmp_path / "log"), keys.current()
    process.command(
        "organisation",
        "--name",
        "P",
        "--coordinator",
        "G",
        "--email",
        "g@x.example",
        "--password",
        "een lang wachtwoord",
    )

    said = process.command("rotate-push-key")

    assert (said.returncode, said.stdout) == (0, ""), said.stderr
    second = keys.current()
    assert second != first and keys.of(first) is not None
    assert process.command("rotate-push-key").stdout == f"dropped: {first}\n"
    assert keys.of(first) is None and keys.of(second) is not None
