"""Logs tell who did what and how it went; never what was said."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec
import pytest

from server.chores import again
from server.exchange import check
from server.settings import Settings
from sync.wire import encode_edit
from tests.support.process import Process
from tests.support.push import Browser, PushService, Reminding, free_port
from tests.support.saying import odd_in
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


def test_T40_what_is_said_in_a_log_by_any_test_is_looked_at() -> None:
    fine = {"event": "request", "path": "/api/members/{member_id:str}", "ms": 1.2, "member": "01a2-6b", "device": None}
    assert odd_in([fine]) == []
    for odd in (
        {"member": "Griet Oosterlinden"},
        {"email": EMAIL},
        {"path": "/api/enrol?code=1"},
        {"where": ["“koud”"]},
    ):
        assert len(odd_in([fine | odd])) == 1


def test_T40_a_line_that_comes_past_the_log_of_a_process_is_looked_at_too(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    process = Process(sqlite_settings, tmp_path / "log").start()
    with process.log.open("a") as log:
        log.write(f"Traceback (most recent call last):\nValueError: {MARKER}\nInvalid HTTP request received.\n")

    with pytest.raises(AssertionError, match=MARKER) as failed:
        process.stop()

    assert "Invalid HTTP" not in str(failed.value), "says nothing of anybody"


def test_a_fault_of_ours_is_logged_by_its_place_and_answered_internal(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    amina = world.device("amina")

    async def broken(*_: object) -> None:
        raise ValueError(MARKER)

    world.server.settler.poke = broken

    reply = amina.sends([amina.edit(1, "talk-1", channel="tent")])

    assert (reply.status, reply.body) == (500, {"code": "internal", "detail": "internal"})
    out = "".join(capsys.readouterr())
    assert "ValueError" in out and MARKER not in out
    world.server.settler.poke = world.server.poke
    assert amina.sends([amina.edit(1, "talk-1", channel="tent")]).status == 200


def test_a_chore_goes_on_after_it_failed_and_no_word_of_why_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    turns = iter((ValueError(MARKER), "done", OSError(MARKER), "done"))
    done: list[str] = []
    waited: list[float] = []

    async def act() -> None:
        turn = next(turns)
        if isinstance(turn, Exception):
            raise turn
        done.append(turn)

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 5:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(again("digests", 60, act, pause=pause))

    assert (done, waited) == (["done", "done"], [60] * 5)
    logged = capsys.readouterr().out
    assert [logged.count(word) for word in ("ValueError", "OSError", "digests", MARKER)] == [1, 1, 2, 0]


def test_the_server_says_each_day_which_stream_is_not_what_it_should_be(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    amina = world.device("amina")
    amina.sends([amina.edit(1, "talk-1", channel="tent")])

    async def spoil() -> None:
        async with world.server.store.writing() as tx:
            await tx.run("UPDATE stream SET digest = '0' WHERE name LIKE '%desk'")

    world.run(spoil())
    capsys.readouterr()

    world.run(check.log_differences(world.server.store))

    assert "digest" in capsys.readouterr().out


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


def test_T40_no_address_of_a_push_and_no_link_of_a_calendar_is_in_the_logs(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, tmp_path: Path
) -> None:
    service = PushService(free_port())
    settings = msgspec.structs.replace(sqlite_settings, push_extra_origins=service.origin)
    world = worlds(settings).organise()
    Reminding(world)  # its own rest
    world.run(service.start())
    process = Process(settings, tmp_path / "log").start()
    service.says(410)
    with httpx.Client(base_url=process.url, headers=world.device("amina").headers) as http:
        key = http.get("/api/reminders/preferences").json()["push_key"]
        for endpoint in (f"https://evil.example/{MARKER}", f"{service.origin}/{MARKER}"):
            http.put("/api/reminders/subscription", json=Browser(endpoint).subscription(key))
        assert http.post("/api/reminders/test").json() == {"devices": 1}
        world.run(service.gets(1))
        link = http.post("/api/reminders/calendar", json={}).json()["link"].rpartition("/")[2]
        answers = [http.get(f"/calendar/{link}").status_code, http.get(f"/calendar/{MARKER}.ics").status_code]
    process.stop()
    world.run(service.stop())

    text = process.log.read_text()
    assert (answers, '"expired": 1' in text) == ([200, 404], True)
    for secret in (MARKER, link.removesuffix(".ics")):
        assert secret not in text
