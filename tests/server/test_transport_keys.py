"""Transport keys: where they lie, how they are announced, and how long an old one opens."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.__main__ import main
from server.keys import KEPT_MS, TransportKeys, as_bytes, key_id
from server.settings import Settings
from sync.sealed import TransportKey
from tests.support.newcomer import printed
from tests.support.seal import Vault, encode
from tests.support.world import World

NOW, DAY_MS = 1_795_322_400_000, 86_400_000


@pytest.fixture
def keys(tmp_path: Path) -> TransportKeys:
    made = TransportKeys(tmp_path / "transport-keys")
    made.start(now_ms=NOW)
    return made


def test_the_first_start_makes_a_key_that_only_the_servers_user_can_read(tmp_path: Path, keys: TransportKeys) -> None:
    [file] = (tmp_path / "transport-keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    public = as_bytes(keys.current().public) or b""
    assert (len(public), keys.current().id, file.stem) == (32, key_id(public), key_id(public))
    assert len(key_id(public)) == 11


def test_another_start_and_another_process_have_the_same_key(tmp_path: Path, keys: TransportKeys) -> None:
    again = TransportKeys(tmp_path / "transport-keys")
    again.start(now_ms=NOW + DAY_MS)
    assert again.current() == keys.current()


def test_before_the_first_start_nothing_is_announced(tmp_path: Path) -> None:
    with pytest.raises(LookupError):
        TransportKeys(tmp_path / "transport-keys").current()


def test_a_rotation_is_announced_at_once_and_by_every_process(tmp_path: Path, keys: TransportKeys) -> None:
    old, other = keys.current(), TransportKeys(tmp_path / "transport-keys")
    assert other.current() == old

    new = keys.rotate(now_ms=NOW + DAY_MS)

    assert keys.current().id == other.current().id == new != old.id
    assert set(other.of([old.id, new, "AAAAAAAAAAA"])) == {old.id, new}


def test_a_rotation_by_a_clock_that_went_back_is_a_rotation_all_the_same(keys: TransportKeys) -> None:
    assert keys.rotate(now_ms=0) == keys.current().id
    assert keys.rotate(now_ms=0) == keys.current().id


def test_an_old_key_opens_thirty_days_beyond_its_rotation_by_what_the_files_say(
    tmp_path: Path, keys: TransportKeys
) -> None:
    old, rotated = keys.current().id, NOW + 100 * DAY_MS
    new = keys.rotate(now_ms=rotated)
    for file in (tmp_path / "transport-keys").iterdir():
        os.utime(file, (0, 0))  # a copy from a backup has another time

    assert keys.sweep(now_ms=rotated + KEPT_MS) == []
    assert set(keys.of([old, new])) == {old, new}
    assert keys.sweep(now_ms=rotated + KEPT_MS + 1) == [old]
    assert set(keys.of([old, new])) == {new}
    assert [file.stem for file in (tmp_path / "transport-keys").iterdir()] == [new]


def test_the_newest_key_is_never_deleted_however_old_it_is(keys: TransportKeys) -> None:
    keys.start(now_ms=NOW + 10_000 * DAY_MS)
    assert keys.of([keys.current().id]) != {}


def test_a_file_that_is_no_key_is_passed_over_and_looked_at_again(tmp_path: Path, keys: TransportKeys) -> None:
    folder, current = tmp_path / "transport-keys", keys.current()
    whole = (folder / f"{current.id}.json").read_bytes()
    other = TransportKeys(tmp_path / "elsewhere")
    other.start(now_ms=NOW - DAY_MS)
    [theirs] = (tmp_path / "elsewhere").iterdir()
    copied = folder / theirs.name
    for part in (
        b"",
        theirs.read_bytes()[:20],
        b"[]",
        b'{"private":"AAAA","made_at":1}',
        b'{"private":"%","made_at":1}',
    ):
        copied.write_bytes(part)
        assert keys.current() == current
    copied.write_bytes(theirs.read_bytes())
    assert set(keys.of([theirs.stem])) == {theirs.stem}
    assert (folder / f"{current.id}.json").read_bytes() == whole


# ── on a server ───────────────────────────────────────────────────────────────────────────────────────


def told(reply_body: dict[str, dict[str, str]]) -> TransportKey:
    return TransportKey(**reply_body["transport"])


def test_a_device_is_told_the_key_at_enrolment_and_when_it_asks_who_it_is(world: World) -> None:
    griet, current = world.device("griet"), world.server.transport.current()
    code = printed(world, world.id("amina"))

    enrolled = world.call("POST", "/api/enrol", json_body={"code": code}).json()

    assert told(enrolled["me"]) == told(griet.asks("GET", "/api/me").json()) == current


def test_a_reply_brings_a_key_only_to_whoever_has_another(sqlite_world: World) -> None:
    amina, current = sqlite_world.device("amina"), sqlite_world.server.transport.current()
    assert told(amina.sends([]).body) == current
    assert told(amina.sends([], transport="AAAAAAAAAAA").body) == current
    assert "transport" not in amina.sends([], transport=current.id).body


def test_a_tablet_enrolled_with_a_member_key_seals_with_it(world: World) -> None:
    bilal = world.device("bilal")
    vault = Vault(world.id("amina"), world.server.transport.current())
    code = printed(world, world.id("amina"))
    body = {"code": code, "label": "tablet 1", "member_key": vault.member_key}

    enrolled = world.call("POST", "/api/enrol", json_body=body).json()

    edit = world.device("amina").edit(1, "talk-1", channel="tent")
    assert bilal.sends([encode(vault.seals(edit))]).acks == [("ok",)]
    assert world.rows("SELECT member, device FROM edit WHERE a = ?", edit.a) == [
        (vault.member, enrolled["me"]["device"])
    ]


def test_a_member_key_that_is_none_is_refused_and_the_code_can_still_be_used(sqlite_world: World) -> None:
    world = sqlite_world
    code = printed(world, world.id("amina"))
    good = Vault("m", world.server.transport.current()).member_key
    for bad in ("", "AAAA", "A" * 87, good[:-4] + "AAAA", good[:43], "%" * 87):
        answer = world.call("POST", "/api/enrol", json_body={"code": code, "member_key": bad})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_value"), bad

    assert world.call("POST", "/api/enrol", json_body={"code": code, "member_key": good}).status_code == 200


def test_what_was_sealed_to_the_key_before_is_opened_for_thirty_days(
    world: World, worlds: Callable[[Settings], World]
) -> None:
    amina = world.device("amina")
    vault = world.vault(amina)
    first, second = (encode(vault.seals(amina.edit(n, f"talk-{n}", channel="tent"))) for n in (1, 2))
    keys, old = world.server.transport, vault.transport.id
    new = keys.rotate(now_ms=NOW)
    rotated_at = max(key.made_at for key in keys._read().values())

    assert amina.sends([first], transport=old).acks == [("ok",)]
    assert told(amina.sends([], transport=old).body).id == new

    keys.sweep(now_ms=rotated_at + KEPT_MS + 1)
    assert amina.sends([second], transport=old).acks == [("parked", "sealed")]
    assert amina.sends([first], transport=old).acks == [("parked", "sealed")], "nobody can compare it any more"
    newer = vault.told(keys.current()).seals(amina.edit(2, "talk-2", channel="tent"))
    assert amina.sends([encode(newer)]).acks == [("ok",)], "sealed again to the new key, it is an edit"


def test_the_command_rotates_while_the_server_runs(sqlite_world: World) -> None:
    settings, old = sqlite_world.settings, sqlite_world.server.transport.current().id

    ran = CliRunner().invoke(main, ["rotate-transport-key"], env={"ONTHAAL_STATE_DIR": settings.state_dir})

    assert ran.exit_code == 0, ran.output
    new = ran.output.strip()
    assert sqlite_world.server.transport.current().id == new != old
    assert told(sqlite_world.device("amina").sends([], transport=old).body).id == new


def test_the_keys_are_in_no_database_and_in_no_log(sqlite_world: World, capsys: pytest.CaptureFixture[str]) -> None:
    amina = sqlite_world.device("amina")
    amina.sends([encode(sqlite_world.vault(amina).seals(amina.edit(1, "talk-1", channel="tent")))])
    [file] = (Path(sqlite_world.settings.state_dir) / "transport-keys").iterdir()
    private = (as_bytes(file.read_text().split('"')[3]) or b"", file.read_text().split('"')[3].encode())
    assert len(private[0]) == 32

    stored = b"".join(path.read_bytes() for path in Path(sqlite_world.settings.database_file).parent.glob("*.sqlite*"))

    assert not any(one in stored for one in private)
    assert private[1].decode() not in "".join(capsys.readouterr())
