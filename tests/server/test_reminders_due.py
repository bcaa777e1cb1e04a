"""When somebody is reminded, and when not: over zones, changes of the clocks, moves and withdrawals."""

from collections import Counter
from datetime import UTC, date, datetime

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from server.reminders.deciding import LONGEST_DAY_MS
from server.reminders.due import NEVER, Task, Walls, digest_at, due, moments
from server.reminders.rules import Rules, Wishes, is_possible, rules_of
from server.reminders.zone import day_of, ms_of
from tests.support.rules import BRUSSELS, DAY_MS, at, durations, rules, starts, wall


def task(over_at: int, *, known: int = 0, own: str = "", day: int = 0, given: bool = False, record: str = "f") -> Task:
    return Task(record, "amina", over_at, day, own, known, given, known)


def walls_at(one: Task, **rules: object) -> list[str]:
    rules_now = msgspec.structs.replace(Rules(), **rules)
    return [wall(ms, rules_now.zone) for ms in moments(one, Walls(rules_now))]


# ── by example ────────────────────────────────────────────────────────────────────────────────────────


def test_an_appointment_reminds_the_evening_before_and_two_hours_before() -> None:
    assert walls_at(task(at("2026-11-26 14:00"))) == ["2026-11-25 18:00", "2026-11-26 12:00"]


def test_in_the_week_in_which_the_clocks_change_the_evening_stays_the_evening() -> None:
    # 29 March 2026: from two to three. 25 October 2026: from three back to two.
    assert walls_at(task(at("2026-03-30 14:00")), quiet_days=[]) == ["2026-03-29 18:00", "2026-03-30 12:00"]
    assert walls_at(task(at("2026-03-29 04:00")), quiet_from="00:00", quiet_until="00:00", quiet_days=[]) == [
        "2026-03-28 18:00", "2026-03-29 01:00",
    ]  # fmt: skip
    assert walls_at(task(at("2026-10-25 04:00")), quiet_from="00:00", quiet_until="00:00", quiet_days=[]) == [
        "2026-10-24 18:00", "2026-10-25 02:00",
    ]  # fmt: skip


def test_a_quiet_hour_moves_a_reminder_later_or_where_that_is_too_late_earlier() -> None:
    assert walls_at(task(at("2026-11-26 09:00"))) == ["2026-11-25 18:00", "2026-11-26 07:30"]
    assert walls_at(task(at("2026-11-26 07:00"))) == ["2026-11-25 18:00", "2026-11-25 20:59"]


def test_on_a_quiet_day_nobody_is_disturbed() -> None:
    # 22 November 2026 is a Sunday: what is for Monday noon reminds on Monday morning.
    assert walls_at(task(at("2026-11-23 12:00"))) == ["2026-11-23 07:30", "2026-11-23 10:00"]
    assert walls_at(task(at("2026-11-22 12:00"))) == ["2026-11-21 18:00", "2026-11-21 20:59"]


def test_a_promise_for_a_day_reminds_the_evening_before_and_without_a_digest_in_the_morning() -> None:
    day = date(2026, 11, 26).toordinal()
    one = task(at("2026-11-27 00:00"), day=day)

    assert walls_at(one) == ["2026-11-25 18:00"]
    assert walls_at(one, digest=False) == ["2026-11-25 18:00", "2026-11-26 07:30"]


def test_a_day_whose_only_moment_is_its_morning_is_looked_at_before_that() -> None:
    one = task(at("2026-11-27 00:00"), day=date(2026, 11, 26).toordinal())
    walls = Walls(Rules(before=[], digest=False, quiet_from="00:00", quiet_until="00:00", quiet_days=[]))

    [(_, again)] = due([one], walls, said_today=0, now=at("2026-11-01 12:00")).again

    assert again <= at("2026-11-26 07:30")


def test_what_a_follow_up_says_itself_is_added_except_what_every_app_wrote() -> None:
    assert walls_at(task(at("2026-11-26 14:00"), own="PT3H"))[1:] == ["2026-11-26 11:00", "2026-11-26 12:00"]
    assert walls_at(task(at("2026-11-26 14:00"), own="P1D"), before=["PT2H"]) == ["2026-11-26 12:00"]


def test_who_made_an_appointment_for_the_next_hour_is_not_told_at_once_but_to_whom_it_was_given_is() -> None:
    soon = {"over_at": at("2026-11-26 14:00"), "known": at("2026-11-26 13:10")}
    assert [one for one in moments(task(**soon), Walls(Rules())) if one > soon["known"]] == []
    assert walls_at(task(**soon, given=True))[-1] == "2026-11-26 13:10"


def test_who_wants_no_reminder_before_is_told_at_once_of_what_was_given_however_far_ahead() -> None:
    given_at = at("2026-11-02 10:00")
    one = task(at("2026-11-27 00:00"), day=date(2026, 11, 26).toordinal(), known=given_at, given=True)

    assert due([one], Walls(Rules(before=[])), said_today=0, now=given_at + 1).now == [one]


def test_what_was_due_while_nobody_looked_is_said_late_but_not_after_its_hour() -> None:
    one, rules = task(at("2026-11-26 14:00"), known=at("2026-11-20 10:00")), Walls(Rules())

    assert due([one], rules, said_today=0, now=at("2026-11-26 13:30")).now == [one]
    assert due([one], rules, said_today=0, now=at("2026-11-26 14:00")).now == []


def test_what_comes_soon_after_is_said_along() -> None:
    early, late = task(at("2026-11-26 14:00"), record="a"), task(at("2026-11-26 14:10"), record="b")
    told = due([late, early], Walls(Rules(before=["PT2H"])), said_today=0, now=at("2026-11-26 12:00"))

    assert told.now == [early, late]


def test_the_last_reminder_of_a_day_takes_along_all_that_is_to_come_on_it() -> None:
    tasks = [task(at(f"2026-11-26 {hour}:00"), record=str(hour)) for hour in (10, 14, 18)]
    rules = Walls(Rules(before=["PT2H"], per_day=2))
    now = at("2026-11-26 08:00")

    assert [one.record for one in due(tasks, rules, said_today=1, now=now).now] == ["10", "14", "18"]
    assert due(tasks, rules, said_today=2, now=now).now == []


def test_the_digest_comes_in_the_morning_once_and_not_on_a_quiet_day() -> None:
    rules = Walls(Rules())
    this, following = digest_at(rules, at("2026-11-26 08:00"))

    assert (wall(this), wall(following)) == ("2026-11-26 07:30", "2026-11-27 07:30")
    assert digest_at(rules, at("2026-11-26 13:00"))[0] == 0
    assert wall(digest_at(rules, at("2026-11-21 08:00"))[1]) == "2026-11-23 07:30"
    assert digest_at(Walls(Rules(digest=False)), at("2026-11-26 08:00")) == (0, NEVER)


def test_a_digest_that_is_wanted_in_the_quiet_comes_after_it_or_else_before_it_on_its_day() -> None:
    def comes(**wishes: str) -> str:
        return wall(digest_at(Walls(msgspec.structs.replace(Rules(), **wishes)), at("2026-11-26 00:30"))[1])

    assert comes(digest_at="06:00") == "2026-11-26 07:30"
    assert comes(digest_at="22:00") == "2026-11-26 20:59"
    assert comes(digest_at="22:00", quiet_from="23:00") == "2026-11-26 22:00"


def test_wishes_lie_over_each_other_and_a_zone_that_is_none_is_refused() -> None:
    assert rules_of(Wishes(per_day=2, digest=False), Wishes(per_day=6)) == Rules(per_day=6, digest=False)
    assert not is_possible(Wishes(zone="Europe/Atlantis"))
    assert is_possible(Wishes(zone=BRUSSELS, quiet_days=[1, 2, 3, 4, 5, 6]))


# ── whatever happens ──────────────────────────────────────────────────────────────────────────────────


@st.composite
def tasks_of(draw: st.DrawFn, zone: str, start: int) -> Task:
    known = start + draw(st.integers(0, 3 * 1440)) * 60_000
    over_at, day = known + draw(st.integers(1, 12 * 1440)) * 60_000, 0
    if draw(st.booleans()):
        day = day_of(zone, over_at)[0]
        over_at = ms_of(zone, day + 1)
    own = draw(st.just("") | durations)
    return Task(str(draw(st.integers(0, 10**9))), "amina", over_at, day, own, known, draw(st.booleans()), known)


@settings(deadline=None)
@given(st.data(), rules, starts)
def test_no_moment_is_quiet_or_after_the_hour(data: st.DataObject, rules: Rules, start: int) -> None:
    one, walls = data.draw(tasks_of(rules.zone, start)), Walls(rules)

    found = moments(one, walls)

    assert found == sorted(set(found))
    assert all(ms < one.over_at and not walls.quiet.is_quiet(ms) for ms in found)
    # Looked at long before, it is looked at again before the first of them.
    [(_, again)] = due([one], walls, said_today=0, now=one.over_at - 60 * DAY_MS).again
    assert again <= min((ms for ms in found if ms > one.since), default=NEVER)


@settings(deadline=None)
@given(rules, starts)
def test_the_digest_comes_once_on_every_day_that_is_not_quiet_whenever_it_is_wanted(rules: Rules, start: int) -> None:
    walls, now, days = Walls(msgspec.structs.replace(rules, digest=True)), start, list[int]()
    for _ in range(10):
        now = digest_at(walls, now)[1]
        assert not walls.quiet.is_quiet(now)
        assert digest_at(walls, now)[0] == now
        days.append(day_of(rules.zone, now)[0])

    # Where the clocks go forward over all that is loud of a day, it is quiet too.
    first_loud = (
        day_of(rules.zone, walls.quiet.after(ms_of(rules.zone, day)))[0] for day in range(days[0], days[-1] + 1)
    )
    assert days == sorted({*first_loud})


# The door lets any year of four digits through, and an older server may have kept such a task.
odd = st.sampled_from(
    ["0001-01-01T00:00", "0001-01-03T12:00", "1969-12-31T23:59", "9989-12-30T12:00", "9999-12-31T23:59"]
)


@settings(deadline=None)
@given(st.data(), rules, odd)
def test_an_instant_of_the_first_or_the_last_year_is_answered_too(data: st.DataObject, rules: Rules, text: str) -> None:
    over_at, now = int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000, at("2026-11-26 12:00")
    own, given = data.draw(st.just("") | durations), data.draw(st.booleans())
    tasks = [
        task(over_at, known=known, own=own, given=given, day=day)
        for known in (over_at, now)
        for day in (0, 1, 3_652_059)
    ]

    answer = due(tasks, Walls(rules), said_today=0, now=now)

    assert [again > now for _, again in answer.again] == [True] * len(tasks)
    assert all(one.over_at > now for one in answer.now)


def play(tasks: list[Task], walls: Walls, start: int, changes: dict[int, list[Task]]) -> list[tuple[int, Task]]:
    """Return what was said and when, by whoever looks exactly when told to; ``changes``: from then on these are the tasks.

    As the scheduler does: once one of them is to be looked at, so are all of the longest day to come.
    """
    said, now, days, wakes = [], start, Counter[int](), dict[str, int]()
    pending = sorted(changes.items())
    for _ in range(3000):
        while pending and pending[0][0] <= now:
            tasks, wakes = pending.pop(0)[1], {}
        looked = [one for one in tasks if wakes.get(one.record, 0) <= now + LONGEST_DAY_MS]
        today = day_of(walls.zone, now)[0]
        answer = due(looked, walls, said_today=days[today], now=now)
        assert sorted(one.record for one, _ in answer.again) == sorted(one.record for one in looked)
        assert all(again > now for _, again in answer.again), "a wake that comes at once never ends"
        wakes |= {one.record: again for one, again in answer.again}
        if answer.now:
            days[today] += 1
            told = {one.record for one in answer.now}
            said += [(now, one) for one in answer.now]
            tasks = [msgspec.structs.replace(t, since=answer.until) if t.record in told else t for t in tasks]
        later = [wakes[one.record] for one in tasks] + [when for when, _ in pending[:1]]
        if not later or (now := max(now, min(later))) >= NEVER:
            break
    assert max(days.values(), default=0) <= walls.rules.per_day
    return said


@settings(deadline=None)
@given(st.data(), rules, starts)
def test_every_promise_reminds_before_its_hour_and_never_in_the_quiet(
    data: st.DataObject, rules: Rules, start: int
) -> None:
    tasks = data.draw(st.lists(tasks_of(rules.zone, start), max_size=6, unique_by=lambda one: one.record))
    walls = Walls(rules)

    said = play(tasks, walls, start, {})

    assert all(now < one.over_at and not walls.quiet.is_quiet(now) for now, one in said)
    if len(tasks) == 1 and rules.per_day > 1:
        wanted = [ms for ms in moments(tasks[0], walls) if ms > tasks[0].known]
        assert bool(said) is bool(wanted)
        assert all(any(ms - 15 * 60_000 <= now <= ms for now, _ in said) for ms in wanted[:1])


@settings(deadline=None)
@given(st.data(), rules, starts, st.sampled_from([1, 2, 4, 20]))
def test_none_of_many_promises_is_left_out_however_few_a_day_may_be_said(
    data: st.DataObject, rules: Rules, start: int, per_day: int
) -> None:
    drawn = data.draw(st.lists(tasks_of(rules.zone, start), max_size=12, unique_by=lambda one: one.record))
    tasks = [msgspec.structs.replace(one, known=start, since=start) for one in drawn]  # all of them from the beginning
    walls = Walls(msgspec.structs.replace(rules, per_day=per_day))

    said = play(tasks, walls, start, {})

    assert {one.record for _, one in said} == {
        one.record for one in tasks if any(ms > start for ms in moments(one, walls))
    }


@settings(deadline=None)
@given(st.data(), rules, starts)
def test_what_was_withdrawn_or_moved_reminds_no_more_of_its_old_hour(
    data: st.DataObject, rules: Rules, start: int
) -> None:
    tasks = data.draw(st.lists(tasks_of(rules.zone, start), min_size=1, max_size=4, unique_by=lambda one: one.record))
    when = start + data.draw(st.integers(0, 8 * 1440)) * 60_000
    moved = msgspec.structs.replace(tasks[0], over_at=when + 3 * DAY_MS, day=0, known=when, since=when)
    kept = [one for one in tasks[1:] if data.draw(st.booleans())]

    said = play(tasks, Walls(rules), start, {when: [moved, *kept]})

    left = {one.record for one in (moved, *kept)}
    assert all(one.record in left for now, one in said if now >= when)
    assert all(one.over_at == moved.over_at for now, one in said if now >= when and one.record == moved.record)
