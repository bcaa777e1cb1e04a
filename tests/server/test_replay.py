"""Days replayed through the real protocol must give every number they expect."""

import asyncio
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from server.app import Server
from server.clock import new_id
from server.demo.day import DAYS, Day
from server.demo.expected import Json, differing
from server.demo.replay import Replayed, play_out
from server.demo.road import Road
from server.demo.seed import Setting
from server.demo.tablet import Tablet
from server.people.sign_in import TABLET_MS
from server.settings import Settings
from sync.kinds import KINDS
from tests.support.process import Process

NAMES = ("bockstael", "brico")


@pytest.fixture(scope="session", params=NAMES)
def replayed(request: pytest.FixtureRequest) -> tuple[Day, Replayed]:
    """A day, and what came out of it; played once, looked at by several tests."""
    day = Day(DAYS / f"{request.param}.json")
    return day, asyncio.run(play_out(day))


def leaves(tree: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    """Yield every number, text and empty list of an expectation, with its path."""
    branches = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    if not branches or not tree:
        yield path, tree
    for name, branch in branches:
        yield from leaves(branch, (*path, name))


def changed(tree: Json, path: tuple[str | int, ...]) -> Json:
    """Return an expectation in which the value at a path is another one."""
    copied: Any = copy.deepcopy(tree)
    parent = copied
    for name in path[:-1]:
        parent = parent[name]
    value = parent[path[-1]]
    parent[path[-1]] = value + 1 if isinstance(value, int) else ["nobody"] if isinstance(value, list) else f"{value}?"
    return cast(Json, copied)


def test_every_number_of_a_day_comes_out_and_every_edit_is_taken(replayed: tuple[Day, Replayed]) -> None:
    day, (played, outcome) = replayed

    assert list(differing(day.doc["expected"], outcome)) == []
    assert played.acks == {"ok": day.doc["expected"]["actions"]}


def test_a_day_is_played_on_its_own_tablets_in_its_own_network_windows(replayed: tuple[Day, Replayed]) -> None:
    day, (played, _) = replayed

    assert {action.tablet for action in played.dots.values()} == {tablet["id"] for tablet in day.doc["tablets"]}
    assert {tablet: len(n) for tablet, n in played.waiting.items()} == {
        t: len(w) for t, w in day.doc["network"].items()
    }
    waited = 0
    for dot, action in played.dots.items():
        windows = day.windows[action.tablet]
        online = any(start <= action.at_ms < end for start, end in windows)
        opens = next(start for start, end in windows if end > action.at_ms)
        assert played.answered_ms[dot] == (action.at_ms if online else opens), action
        waited += not online
    assert waited > 100


def test_any_other_expectation_is_found_and_named(replayed: tuple[Day, Replayed]) -> None:
    day, (_, outcome) = replayed
    expected = day.doc["expected"]
    paths = [path for path, _ in leaves(expected)]
    assert len(paths) > 200

    for path in paths:
        found = list(differing(changed(expected, path), outcome))
        assert found, path
        named = ".".join(str(name) for name in path)
        assert any(named.startswith(line.partition(":")[0]) for line in found), (named, found)


def test_the_days_are_valid_and_what_they_expect_agrees_with_what_they_say() -> None:
    for name in NAMES:
        doc = json.loads((DAYS / f"{name}.json").read_text(encoding="utf-8"))
        expected, actions = doc["expected"], doc["actions"]
        assert [action["at"] for action in actions] == sorted(action["at"] for action in actions)
        assert {action["kind"] for action in actions} <= KINDS.keys()
        assert {action["tablet"] for action in actions} == doc["network"].keys()
        kinds = {action["record"]: action["kind"] for action in actions}
        assert expected["actions"] == len(actions)
        assert expected["records"] == {kind: list(kinds.values()).count(kind) for kind in sorted(set(kinds.values()))}
        for kind, records in expected["final"].items():
            states = list(records.values())
            assert expected["states"][kind] == {state: states.count(state) for state in sorted(set(states))}
            assert sorted(records) == sorted(record for record, own in kinds.items() if own == kind)


def test_what_arrives_after_somebody_lost_access_is_parked_taken_in_and_counted(tmp_path: Path) -> None:
    doc = json.loads((DAYS / "brico.json").read_text(encoding="utf-8"))
    # Counts of a tablet that finds no network before its worker has gone home: after that contact its vault is wiped.
    counts = [n for n, action in enumerate(doc["actions"]) if action["worker"] == "w7" and action["tablet"] == "t4"]
    at = counts[-16]
    desk = next(action for action in doc["actions"] if action["worker"] == "w6")
    revocation = {
        "at": doc["actions"][at]["at"],
        "tablet": desk["tablet"],
        "worker": "w6",
        "record": "w7",
        "kind": "member",
    }
    doc["actions"].insert(at + 1, revocation | {"set": {"active": False}})
    day = Day(_written(tmp_path, doc))
    after = [a for a in doc["actions"][at + 2 :] if a["worker"] == "w7" and a["at"] > revocation["at"]]
    before = [
        a for a in doc["actions"][:at + 1]
        if a["worker"] == "w7" and not any(s <= day.ms(a["at"]) < e for s, e in day.windows[a["tablet"]])
        and next(s for s, e in day.windows[a["tablet"]] if e > day.ms(a["at"])) > day.ms(revocation["at"])
    ]  # fmt: skip
    doc["expected"]["actions"] += 1
    doc["expected"]["records"]["member"] = 1
    doc["expected"]["revoked"] = [
        {"worker": "w7", "at": revocation["at"], "made_before_arriving_later": len(before),
         "made_after": [{"at": a["at"], "tablet": a["tablet"], "record": a["record"]} for a in after]}
    ]  # fmt: skip
    assert before and after

    _, outcome = asyncio.run(play_out(day))

    assert list(differing(doc["expected"], outcome)) == []


def test_a_day_is_replayed_by_http_at_its_own_hours(sqlite_settings: Settings) -> None:
    day = Day(DAYS / "brico.json")
    member = day.id(day.doc["workers"][0]["id"])
    tablet = Tablet({member: "A" * 11})

    async def go() -> list[int]:
        server = Server(sqlite_settings)
        await server.start()
        try:
            setting = Setting(server, new_id())
            await setting.people(day)
            road = Road(server, setting.organisation)
            answered = []
            for at in (day.starts_ms, day.starts_ms + TABLET_MS, day.starts_ms + TABLET_MS + 1):
                try:
                    tablet.receive(
                        member, await road.call("t1", member, tablet.request(member, now_ms=at), at), now_ms=at
                    )
                    answered.append(200)
                except httpx.HTTPStatusError as error:
                    answered.append(error.response.status_code)
            return answered
        finally:
            await server.stop()

    # The token of a tablet runs out on the day's clock: 401 comes from the real door.
    assert asyncio.run(go()) == [200, 200, 401]


def _written(folder: Path, doc: dict[str, Any]) -> Path:
    path = folder / "day.json"
    path.write_text(json.dumps(doc), encoding="utf-8")
    return path


def test_the_command_fails_and_says_which_number_differs(tmp_path: Path, sqlite_settings: Settings) -> None:
    doc = json.loads((DAYS / "brico.json").read_text(encoding="utf-8"))
    doc["expected"]["tallies"]["coffee"] += 1
    coffees = doc["expected"]["tallies"]["coffee"]

    said = Process(sqlite_settings, tmp_path / "log").command("demo", "--day", str(_written(tmp_path, doc)))

    assert said.returncode == 1, said.stderr
    assert f"tallies.coffee: expected {coffees} got {coffees - 1}\n1 numbers differ" in said.stdout
