"""The commands of whoever runs the server."""

import sqlite3
from contextlib import closing
from pathlib import Path
from socket import create_server

import pytest

from server.settings import Settings
from server.store.migrations import STEPS, number_of
from tests.support.process import Process

NEW = (
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


@pytest.fixture
def process(settings: Settings, tmp_path: Path) -> Process:
    """Commands on each database; nothing is served."""
    return Process(settings, tmp_path / "log")


def test_an_organisation_its_coordinator_and_a_link_are_made_from_the_command_line(process: Process) -> None:
    made = process.command(*NEW)
    assert made.returncode == 0, made.stderr
    organisation, member = made.stdout.split()

    invited = process.command("invite", "--member", member)

    assert invited.returncode == 0 and "/desk#in=" in invited.stdout, invited.stderr
    assert process.command("invite", "--member", "nobody").returncode != 0
    assert len(organisation) == 36
    assert process.command("check").stdout.strip() == "every digest agrees, every audit trail holds"


def test_an_old_epoch_is_given_up_on_request(process: Process) -> None:
    process.command(*NEW)
    folder = Path(process.environment["ONTHAAL_STATE_DIR"])
    before = (folder / "epoch").read_text()

    said = process.command("new-epoch")

    assert said.returncode == 0, said.stderr
    assert (folder / "epoch").read_text() == said.stdout.strip() != before


def test_a_digest_that_is_wrong_is_found(sqlite_settings: Settings, tmp_path: Path) -> None:
    process = Process(sqlite_settings, tmp_path / "log")
    process.command(*NEW)
    with closing(sqlite3.connect(sqlite_settings.database_file)) as database:
        database.execute("UPDATE stream SET digest = '77' WHERE name = 'org'")
        database.commit()

    checked = process.command("check")

    assert checked.returncode == 1
    assert "org: stored 0000000000000077, is " in checked.stdout


def test_a_database_of_before_or_none_is_not_called_wrong(sqlite_settings: Settings, tmp_path: Path) -> None:
    process = Process(sqlite_settings, tmp_path / "log")
    empty = process.command("check")
    assert empty.returncode == 1 and "lacks the steps [1, 2, " in empty.stderr and "Traceback" not in empty.stderr
    process.command(*NEW)
    with closing(sqlite3.connect(sqlite_settings.database_file)) as database:
        database.execute("DELETE FROM migration WHERE number = ?", [number_of(STEPS[-1])])
        database.commit()

    checked = process.command("check")

    assert checked.returncode == 1 and checked.stdout == ""
    assert f"lacks the steps [{number_of(STEPS[-1])}]" in checked.stderr and "Traceback" not in checked.stderr


def test_a_broken_audit_trail_is_found_by_its_first_row(sqlite_settings: Settings, tmp_path: Path) -> None:
    process = Process(sqlite_settings, tmp_path / "log")
    organisation = process.command(*NEW).stdout.split()[0]
    for _ in range(3):
        let_in = process.command("let-in", "--email", "g@x.example", "--password", "weer een lang wachtwoord")
        assert let_in.returncode == 0, let_in.stderr
    with closing(sqlite3.connect(sqlite_settings.database_file)) as database:
        database.execute("UPDATE audit SET member = 'somebody else' WHERE number = 2")
        database.commit()

    checked = process.command("check")

    assert checked.returncode == 1
    assert f"{organisation}: the audit trail is broken at row 2" in checked.stdout


def test_a_password_that_is_tried_first_is_refused_in_words(sqlite_settings: Settings, tmp_path: Path) -> None:
    said = Process(sqlite_settings, tmp_path / "log").command(*NEW[:-1], "welkom2026")

    assert said.returncode != 0 and "at least 8 characters" in said.stderr and "Traceback" not in said.stderr


def test_a_misspelt_setting_stops_the_command_in_words(sqlite_settings: Settings, tmp_path: Path) -> None:
    process = Process(sqlite_settings, tmp_path / "log")
    process.environment["ONTHAAL_PROT"] = "9000"

    said = process.command("check")

    assert said.returncode != 0
    assert "prot" in said.stderr and "Traceback" not in said.stderr


def test_a_port_that_is_taken_stops_the_command_in_words_that_name_another(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    process = Process(sqlite_settings, tmp_path / "log")
    port = process.port
    with create_server(("127.0.0.1", port)):
        said = process.command("serve")

    assert said.returncode == 1
    assert f"port {port} of 127.0.0.1" in said.stderr and f"ONTHAAL_PORT={port + 1}" in said.stderr


def test_migrating_twice_takes_each_step_once(process: Process, settings: Settings) -> None:
    first = process.command("migrate").stdout
    second = process.command("migrate").stdout

    assert second == "steps taken: none\n"
    assert first in (f"steps taken: {[number_of(name) for name in STEPS]}\n", second), (
        "the test's PostgreSQL is migrated"
    )
