"""The demo: its organisation is made once, with a day of before and one of today, and served again as it was left."""

import re
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path

import msgspec
import pytest

from server.clock import new_id
from server.demo.day import DAYS, Day
from server.demo.seed import BRUSSELS, EMAIL, Seeded, Setting, earlier
from server.settings import Settings
from server.store import accounts
from sync.apply import view
from sync.stamp import ms_of
from sync.wire import Packed, unpack
from tests.support.process import ROOT, Process
from tests.support.world import World

SEEDED_S_MAX = 120


class Demo(Process):
    """`python -m server demo --serve` on a free port; what it prints is kept."""

    def begin(self, *more: str, until: str) -> str:
        """Start, wait until something is printed, and return what was printed."""
        with self.log.open("wb") as log:
            self.prints, self.process = True, subprocess.Popen(
                [sys.executable, "-m", "server", "demo", "--serve", *more], cwd=ROOT,
                env=self.environment | {"PYTHONUNBUFFERED": "1"}, stdout=log, stderr=log,
            )  # fmt: skip
        for _ in range(SEEDED_S_MAX * 20):
            if until in self.log.read_text():
                return self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        raise AssertionError(f"never said {until}: {self.log.read_text()}")

    def rows(self) -> int:
        """Return how many records the databases in its folder hold."""
        return sum(map(_records, Path(self.environment["ONTHAAL_DATABASE_FILE"]).parent.glob("*.sqlite*")))


@pytest.fixture
def demo(sqlite_settings: Settings, tmp_path: Path) -> Iterator[Demo]:
    """A demo of its own."""
    made = Demo(sqlite_settings, tmp_path / "log")
    yield made
    if made.process.poll() is None:
        made.kill()


def links(printed: str) -> set[str]:
    """Return the one-time links that were printed."""
    return set(re.findall(r"#(?:in|enrol)=(\S+)", printed))


@pytest.mark.parametrize("hour", ["00:10", "08:00", "10:25", "14:59", "15:00", "15:01", "23:59"])
def test_the_day_of_today_lies_in_the_past_at_any_hour_and_no_more_than_needed(hour: str) -> None:
    stops, now = (datetime.fromisoformat(f"2026-11-27T{one}:00+01:00") for one in ("15:00", hour))

    moved = earlier(stops, now)

    assert stops - moved <= now
    assert moved == timedelta() or now - (stops - moved) < timedelta(minutes=30)


def test_a_day_that_is_moved_keeps_its_half_hours_its_days_and_the_hour_of_what_is_promised() -> None:
    path = DAYS / "bockstael.json"
    whole, moved = (Day(path, later_days=7, earlier=by) for by in (timedelta(), timedelta(hours=4, minutes=30)))

    pairs = list(zip(whole.actions(), moved.actions(), strict=True))
    promised = [(a.set["at"], b.set["at"]) for a, b in pairs if a.kind == "follow_up" and "at" in a.set]
    slots = [b.set["slot"] for _, b in pairs if "slot" in b.set]
    assert {a.at_ms - b.at_ms for a, b in pairs} == {4.5 * 3_600_000}
    assert promised and all(a == b for a, b in promised)
    assert slots and all(str(slot).endswith((":00Z", ":30Z")) for slot in slots)
    assert moved.event_values()["dates/from"] == whole.event_values()["dates/from"]
    assert (whole.event_values()["hours/opens_at"], moved.event_values()["hours/opens_at"]) == ("13:30", "09:00")


def test_a_day_that_is_moved_over_midnight_begins_on_the_day_before() -> None:
    moved = Day(DAYS / "bockstael.json", later_days=7, earlier=timedelta(hours=15)).event_values()

    assert (moved["dates/from"], moved["hours/opens_at"]) == ("2026-09-25", "22:30")
    assert (moved["dates/to"], moved["hours/closes_at"]) == ("2026-09-26", "04:00")


def is_a_day_of_eight_weeks_ago_and_today_until_three(demo: Demo) -> bool:
    """Whether the seed's two events are what a first look is promised: one done with, one in the middle of it."""
    seeded = msgspec.json.decode((Path(demo.environment["ONTHAAL_STATE_DIR"]) / "demo.json").read_bytes(), type=Seeded)
    today = date.fromisoformat(seeded.day)
    with closing(sqlite3.connect(demo.environment["ONTHAAL_DATABASE_FILE"])) as database:
        rows = database.execute("SELECT id, coded FROM record WHERE kind = 'event'").fetchall()
        written = database.execute("SELECT r.event, e.e FROM edit e JOIN record r ON r.id = e.record").fetchall()
        parked = database.execute("SELECT count(*) FROM edit WHERE parked > 0").fetchone()
    events = {view(unpack(Packed(coded, b"")))["dates/to"]: id for id, coded in rows}
    states = {day: view(unpack(Packed(coded, b"")))["state"] for day, (_, coded) in zip(events, rows, strict=True)}
    past, now = (today - timedelta(56)).isoformat(), today.isoformat()
    last = datetime.fromtimestamp(ms_of(max(e for event, e in written if event == events[now])) / 1000, BRUSSELS)
    assert states == {past: "restituted", now: "open"} and parked == (0,)
    assert last <= datetime.combine(today, clock(15), BRUSSELS) and last <= datetime.now(BRUSSELS)
    assert Counter(event for event, _ in written)[events[past]] > 800
    return True


def test_a_second_start_keeps_what_is_there_seeds_nothing_and_prints_fresh_links(demo: Demo) -> None:
    first = demo.begin(until="service worker")
    demo.stop()
    rows = demo.rows()
    assert is_a_day_of_eight_weeks_ago_and_today_until_three(demo)

    second = demo.begin(until="service worker")

    assert "Making the demo organisation" in first and "Making the demo organisation" not in second
    assert len(links(first)) == len(links(second)) == 3 and not links(first) & links(second)
    assert demo.rows() == rows > 0
    assert "http://localhost:" in second and "http://127.0.0.1:" in second and "/desk" in second
    assert "sits at Tafel 3, Woonadvies" in second


def test_a_first_start_that_was_interrupted_is_made_good_by_the_next(demo: Demo) -> None:
    demo.begin(until="Making the demo organisation")
    while demo.rows() < 50:
        time.sleep(0.02)
    demo.kill()

    printed = demo.begin(until="service worker")

    assert len(links(printed)) == 3
    with closing(sqlite3.connect(demo.environment["ONTHAAL_DATABASE_FILE"])) as database:
        assert database.execute("SELECT count(*) FROM organisation").fetchone() == (1,)
        assert database.execute("SELECT count(*) FROM record WHERE kind = 'event'").fetchone() == (2,)


def test_an_interrupted_start_does_not_stand_in_the_way_of_the_next_on_either_database(world: World) -> None:
    async def made(salt: str) -> str:
        setting = Setting(world.server, new_id())
        await setting.people(Day(DAYS / "bockstael.json", salt=salt))
        return setting.organisation

    first, second = world.run(made("first")), world.run(made("second"))

    async def who() -> str:
        async with world.server.store.reading() as tx:
            found = await accounts.by_email(tx, EMAIL)
        return found.member.organisation if found else ""

    assert first != second == world.run(who())


def _records(file: Path) -> int:
    if not file.name.endswith((".sqlite", ".sqlite.new")):
        return 0
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as database:
        try:
            return int(database.execute("SELECT count(*) FROM record").fetchone()[0])
        except sqlite3.OperationalError:  # no tables yet
            return 0
