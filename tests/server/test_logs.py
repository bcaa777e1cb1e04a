"""Logs tell who did what and how it went; never what was said."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from server.exchange import check
from server.settings import Settings
from server.store.engine import Store
from sync.wire import encode_edit
from tests.support.process import Process
from tests.support.world import EMAIL, PASSWORD, World

MARKER = "Mevrouw-Peeters-0470"


def test_T40_no_word_token_or_address_is_in_the_logs(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, tmp_path: Path
) -> None:
    world = worlds(sqlite_settings).organise()
    amina, griet = world.device("amina"), world.device("griet")
    process = Process(sqlite_settings, tmp_path / "log").start()
    headers = {**amina.headers, "Content-Type": "application/json"}
    edits = [
        amina.edit(1, "i-1", "issue", theme="ENE", own_words=MARKER),
        amina.edit(2, "i-2", "issue", ask=MARKER * 200),
    ]
    with httpx.Client(base_url=process.url) as http:
        http.post("/api/sync", content=amina.body(map(encode_edit, edits)), headers=headers)
        http.post("/api/sync", content=f'{{"a":"{MARKER}"}}'.encode(), headers=headers)
        http.post("/api/sync?name=" + MARKER, content=MARKER.encode(), headers=headers)
        http.post("/api/sign-in", json={"email": EMAIL, "password": MARKER})
        signed_in = http.post("/api/sign-in", json={"email": EMAIL, "password": PASSWORD})
        http.post("/api/enrol", json={"code": MARKER, "label": MARKER})
        http.get(f"/api/records/{MARKER}/history", headers=griet.headers)
        http.get(f"/api/{MARKER}")
    process.stop()

    text = process.log.read_text()
    for secret in (
        MARKER,
        amina.token,
        griet.token,
        EMAIL,
        PASSWORD,
        signed_in.cookies["onthaal_session"],
        "own_words",
    ):
        assert secret not in text
    lines = [json.loads(line) for line in text.splitlines()]
    first = next(line for line in lines if line.get("path") == "/api/sync")
    assert (first["method"], first["status"], first["member"], first["device"]) == ("POST", 200, amina.member, amina.id)
    assert {line["path"] for line in lines if "path" in line} >= {"/api/sync", "/api/sign-in", "/api/enrol"}


def test_a_fault_of_ours_is_logged_by_its_place_and_answered_internal(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    amina = world.device("amina")

    async def broken(*_: object) -> None:
        raise ValueError(MARKER)

    world.app.state.poke = broken

    reply = amina.sends([amina.edit(1, "talk-1", channel="tent")])

    assert (reply.status, reply.body) == (500, {"code": "internal", "detail": "internal"})
    out = "".join(capsys.readouterr())
    assert "ValueError" in out and MARKER not in out
    world.app.state.poke = world.server.poke
    assert amina.sends([amina.edit(1, "talk-1", channel="tent")]).status == 200


def test_the_nightly_check_goes_on_after_a_night_on_which_it_failed(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights = iter((ValueError(MARKER), ["org: stored 1, is 2"], OSError(MARKER), ["org: stored 3, is 4"]))
    said: list[str] = []

    async def differences(store: Store) -> list[str]:
        night = next(nights)
        if isinstance(night, Exception):
            raise night
        return night

    async def watch() -> None:
        enough = asyncio.Event()

        def say(line: str) -> None:
            said.append(line)
            if len(said) == 4:
                enough.set()

        watching = asyncio.create_task(check.every_night(Store(file=Path(sqlite_settings.database_file)), say))
        heard = asyncio.create_task(enough.wait())
        await asyncio.wait({watching, heard}, return_when=asyncio.FIRST_COMPLETED)
        watching.cancel()

    monkeypatch.setattr(check, "NIGHT_S", 0)
    monkeypatch.setattr(check, "differences", differences)
    asyncio.run(watch())

    assert said[:4] == [
        "not checked: ValueError", "org: stored 1, is 2", "not checked: OSError", "org: stored 3, is 4",
    ]  # fmt: skip


def test_what_a_device_reports_as_different_is_logged_by_stream_and_id_and_no_word_of_it(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    amina, griet = world.device("amina"), world.device("griet")
    amina.sends([amina.edit(1, "talk-1", channel="tent"), amina.edit(2, "talk-2", channel="tent")])
    griet.writes("talk-3", "visit", channel="tent")
    griet.syncs()
    capsys.readouterr()

    ids = [world.id("talk-1"), MARKER, world.id("talk-3"), world.id("talk-2")]
    assert amina.sends([], differ=ids).status == 200
    assert amina.sends([]).status == 200

    out = "".join(capsys.readouterr())
    [line] = [line for line in out.splitlines() if "differ" in line]
    own = f"event:{world.event}/member:{amina.member}"
    assert own in line and world.id("talk-1") in line and world.id("talk-2") in line and amina.id in line
    assert MARKER not in out and world.id("talk-3") not in line and "not_here=2" in line
