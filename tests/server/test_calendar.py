"""A calendar that says a count and an hour, read by the library that others read calendars with."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import icalendar
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.reminders.calendar import Entry, entries_of, feed
from server.reminders.rules import Rules
from server.store.reminders import TaskRow
from tests.support.push import Reminding, asks
from tests.support.world import World

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = int(datetime(2026, 10, 20, 12, tzinfo=UTC).timestamp() * 1000)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=BRUSSELS).timestamp()) * 1000


def read(text: str) -> list[icalendar.cal.Component]:
    calendar = icalendar.Calendar.from_ical(text)
    assert calendar.errors == []
    return list(calendar.walk("VEVENT"))


def written(*entries: Entry, shows: str = "count", language: str = "nl") -> str:
    rules = Rules(language=language)  # type: ignore[arg-type] -- one of three
    return feed(entries, rules, shows=shows, secret="s", host="onthaal.example", now_ms=NOW)


def test_in_the_week_in_which_the_clocks_go_back_every_hour_is_the_one_on_the_wall() -> None:
    # 25 October 2026: from three back to two.
    walls = ["2026-10-23T14:00", "2026-10-24T14:00", "2026-10-25T01:30", "2026-10-25T14:00", "2026-10-26T14:00"]

    events = read(written(*(Entry(at(wall), 0, ("meeting",)) for wall in walls)))

    shown = [event["DTSTART"].dt.astimezone(BRUSSELS).strftime("%Y-%m-%dT%H:%M") for event in events]
    assert shown == walls
    assert [event["DTSTART"].dt.utcoffset().total_seconds() for event in events] == [0] * 5


def test_a_promise_for_a_day_is_a_day_and_not_midnight() -> None:
    day = date(2026, 10, 25)
    [event] = read(written(Entry(at("2026-10-26T00:00"), day.toordinal(), ("letter_check",))))

    assert (event["DTSTART"].dt, type(event["DTSTART"].dt)) == (day, date)
    # At six the evening before its day begins.
    assert [alarm["TRIGGER"].dt.total_seconds() for alarm in event.walk("VALARM")] == [-6 * 3600]


def test_what_falls_together_is_one_entry_with_a_count_and_more_only_where_it_was_chosen() -> None:
    entry = Entry(at("2026-10-25T14:00"), 0, ("meeting", "call", "other"))

    assert read(written(entry))[0]["SUMMARY"] == "Onthaal: 3 afspraken"
    assert read(written(entry, shows="kind", language="en"))[0]["SUMMARY"] == "Onthaal: 3 follow-ups (call, meeting)"
    # On that night the clocks go back: six in the evening is 21 hours before two.
    assert [alarm["TRIGGER"].dt.total_seconds() for alarm in read(written(entry))[0].walk("VALARM")] == [
        -21 * 3600,
        -7200,
    ]


def test_an_entry_rings_when_its_person_is_reminded_and_never_for_who_looks_by_themselves() -> None:
    entry = Entry(at("2026-10-25T14:00"), 0, ("meeting", "call"), ("PT3H", "PT2H", "P1D", "P2D", ""))
    evening, two_evenings = -21 * 3600, -45 * 3600

    def rings(**rules: object) -> list[float]:
        text = feed(
            [entry], msgspec.structs.replace(Rules(), **rules), shows="count", secret="s", host="x.example", now_ms=NOW
        )
        return [alarm["TRIGGER"].dt.total_seconds() for alarm in read(text)[0].walk("VALARM")]

    assert rings() == [two_evenings, evening, -10800, -7200]
    assert rings(evening_at="19:00")[:2] == [two_evenings + 3600, evening + 3600]
    assert rings(before=[]) == [two_evenings, -10800, -7200]  # `P1D` of its own says nothing: every app wrote it
    assert rings(is_on=False) == []


def test_a_day_rings_on_evenings_alone() -> None:
    entry = Entry(at("2026-11-28T00:00"), date(2026, 11, 27).toordinal(), ("call",), ("PT3H", "P2D"))
    [event] = read(written(entry))
    assert [alarm["TRIGGER"].dt.total_seconds() for alarm in event.walk("VALARM")] == [-30 * 3600, -6 * 3600]


def test_in_the_week_in_which_the_clocks_go_forward_every_hour_is_the_one_on_the_wall() -> None:
    # 28 March 2027: from two to three.
    walls = ["2027-03-27T14:00", "2027-03-28T01:30", "2027-03-28T03:30", "2027-03-28T14:00", "2027-03-29T14:00"]

    events = read(written(*(Entry(at(wall), 0, ("meeting",)) for wall in walls)))

    assert [event["DTSTART"].dt.astimezone(BRUSSELS).strftime("%Y-%m-%dT%H:%M") for event in events] == walls
    assert [event["DTSTART"].dt.hour for event in events] == [13, 0, 1, 12, 12]


def test_tasks_become_entries_by_their_moment() -> None:
    tasks = [
        TaskRow(record, "amina", "e", "call", over_at, 0, own, 0, 0, 0, 0)
        for record, over_at, own in (("b", 2000, ""), ("a", 1000, "PT3H"), ("c", 1000, ""))
    ]
    assert entries_of(tasks) == [Entry(1000, 0, ("call", "call"), ("PT3H",)), Entry(2000, 0, ("call",))]


def test_an_entry_keeps_its_id_and_says_nothing_by_it_however_often_the_feed_is_read() -> None:
    hour, day = Entry(at("2026-10-26T14:00"), 0, ("call",)), Entry(at("2026-10-28T00:00"), 739_552, ("call",))

    def ids(*entries: Entry, secret: str = "s", now: int = NOW) -> list[str]:
        text = feed(entries, Rules(), shows="count", secret=secret, host="x.example", now_ms=now)
        return [str(event["UID"]) for event in read(text)]

    first = ids(hour, day)
    assert len({*first}) == 2
    # An hour later, and with one promise more at the same moment: a calendar must not show it twice.
    assert ids(Entry(hour.at, 0, ("call", "meeting")), day, now=NOW + 3_600_000) == first
    # Moved, or in somebody else's feed, it is another entry.
    assert {*ids(Entry(at("2026-10-26T15:00"), 0, ("call",))), *ids(hour, day, secret="t")}.isdisjoint(first)


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            Entry, st.integers(0, 4_000_000_000_000), st.just(0) | st.integers(700_000, 800_000),
            st.lists(st.sampled_from(["call", "meeting", "letter_check", "walk_along", "other", "", "é;,\\\n"]), min_size=1,
                     max_size=40).map(tuple),
        ), max_size=8,
    ),
    st.sampled_from(["nl", "fr", "en"]), st.sampled_from(["count", "kind"]),
)  # fmt: skip
def test_whatever_is_in_it_it_is_a_calendar(entries: list[Entry], language: str, shows: str) -> None:
    text = written(*entries, shows=shows, language=language)

    assert len(read(text)) == len(entries)
    lines = text.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert "\n" not in text.replace("\r\n", "")


# ── over HTTP ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def promised(world: World) -> str:
    amina = world.device("amina")
    card, fields = world.card("fox", "79")
    amina.writes(card, "card", **fields)
    amina.writes(
        "p-1", "follow_up", card=card, what="meeting", who_acts="member", assignee=f"member:{amina.member}",
        at="2031-10-26T14:00:00+01:00", state="planned", promised="Mevrouw-Peeters-0470", place="Peeters-thuis",
    )  # fmt: skip
    assert {ack[0] for ack in amina.syncs().acks} == {"ok"}
    Reminding(world).say(NOW)
    return world.id("p-1")


def test_a_feed_is_read_by_its_secret_link_alone_and_ends_with_it(world: World, promised: str) -> None:
    amina = world.device("amina")
    assert asks(amina, "GET", "/api/reminders/calendar").json() == {"made_at": None, "shows": "count", "link": ""}
    made = asks(amina, "POST", "/api/reminders/calendar", {"shows": "count"}).json()
    path = "/calendar/" + made["link"].rpartition("/")[2]

    answer = world.call("GET", path)

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    asked = world.call("HEAD", path)
    assert (asked.status_code, asked.content) == (200, b"")
    for name in ("content-length", "content-type", "cache-control", "x-robots-tag"):
        assert asked.headers[name] == answer.headers[name]
    assert world.call("OPTIONS", path).headers["allow"] == "GET, HEAD, OPTIONS"
    [event] = read(answer.text)
    assert event["SUMMARY"] == "Onthaal: 1 afspraak"
    assert event["DTSTART"].dt == datetime(2031, 10, 26, 13, tzinfo=UTC)
    assert "Peeters" not in answer.text
    assert promised not in answer.text
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    assert secret not in repr(world.rows("SELECT * FROM calendar_feed"))
    again = "/calendar/" + asks(amina, "POST", "/api/reminders/calendar", {"shows": "kind"}).json()["link"][-47:]
    assert world.call("GET", path).status_code == 404
    assert world.call("HEAD", again).status_code == 200
    assert world.rows("SELECT read_on FROM calendar_feed") == [(0,)]  # who only asks has not read it
    assert read(world.call("GET", again).text)[0]["SUMMARY"] == "Onthaal: 1 afspraak (gesprek)"
    assert asks(amina, "DELETE", "/api/reminders/calendar").json()["made_at"] is None
    assert world.call("HEAD", again).status_code == 404
    for gone in (again, "/calendar/x.ics", "/calendar/" + secret):
        assert world.call("GET", gone).json()["code"] == "not_found"


def test_a_feed_follows_what_is_done_and_moved(world: World, promised: str) -> None:
    amina = world.device("amina")
    path = "/calendar/" + asks(amina, "POST", "/api/reminders/calendar", {}).json()["link"].rpartition("/")[2]
    reminding = Reminding(world)

    amina.writes(promised, "follow_up", at="2031-10-27T09:00:00+01:00")
    amina.syncs()
    reminding.say(NOW)
    assert [event["DTSTART"].dt for event in read(world.call("GET", path).text)] == [
        datetime(2031, 10, 27, 8, tzinfo=UTC)
    ]

    amina.writes(promised, "follow_up", state="done")
    amina.syncs()
    reminding.say(NOW)
    assert read(world.call("GET", path).text) == []


def test_one_meeting_is_added_by_whoever_may_see_it(world: World, promised: str) -> None:
    for name, status in (("amina", 200), ("griet", 200), ("bilal", 404), ("rita", 404)):
        answer = asks(world.device(name), "GET", f"/api/reminders/meetings/{promised}")
        assert answer.status_code == status, name
    [event] = read(asks(world.device("amina"), "GET", f"/api/reminders/meetings/{promised}").text)
    assert event["SUMMARY"] == "Onthaal: 1 afspraak"
    assert asks(world.device("amina"), "GET", f"/api/reminders/meetings/{world.event}").status_code == 404
