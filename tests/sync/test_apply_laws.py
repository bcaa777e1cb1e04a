"""The laws of `apply`, on histories that Hypothesis makes up.

A history is told by people who see more or less of each other: every edit of a person names what was on the
screen, which is the fold of what had arrived there by then. Clocks are anywhere between 1970 and 2100.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sync.apply import ABSORBING, apply, conflicts, fold, see, view, winner
from sync.digest import stream_digest
from sync.edits import Edit, Record, Value, dot_of, parse_dot, same_value
from sync.stamp import FIRST, from_ms, next_stamp, tick

PEOPLE = ("AminaTablet", "BilalTablet", "CoordTablet", "DanielPhone")
FIELDS = ("theme", "state", "constructor", "criteria/😀")
Y2100 = 4_102_444_800_000

values = st.sampled_from(["ENE", "HOU", ABSORBING, "accepted", True, 1, None, 0, False])
clocks = st.one_of(st.integers(0, Y2100), st.sampled_from([0, 1, Y2100, 1_795_322_414_201]))


@dataclass(frozen=True)
class Told:
    """An edit, and what had arrived on its author's tablet by then: dots."""

    edit: Edit
    knew: frozenset[str] = frozenset()


@dataclass
class Tablet:
    author: str
    arrived: list[Told] = field(default_factory=list)
    number: int = 0
    last: str = FIRST

    def record(self) -> Record | None:
        return folded(self.arrived)

    def write(self, set_: dict[str, Value], now_ms: int) -> Told:
        """Write an edit as a tablet does: numbered, stamped after what is shown, naming what is shown."""
        record = self.record()
        live = {name: record.live.get(name, ()) if record else () for name in set_}
        shown = max((winner(name, versions).e for name, versions in live.items() if versions), default="")
        h = next_stamp(self.last, now_ms=now_ms, shown=shown)
        self.last, self.number = tick(self.last, now_ms=now_ms), self.number + 1
        edits = [told.edit for told in self.arrived]
        over = {name: dots for name, versions in live.items() if (dots := see(versions, name, edits, [self.author]))}
        edit = Edit(self.author, self.number, h, "issue", "issue-1", set_, "event-1", over)
        knew = frozenset(dot_of(told.edit.a, told.edit.n) for told in self.arrived)
        told = Told(edit, knew)
        self.arrived.append(told)
        return told


@st.composite
def histories(draw: st.DrawFn, fields: tuple[str, ...] = FIELDS) -> list[Told]:
    """Return edits in the order in which they were made; who makes one has got some of the earlier ones."""
    tablets = {author: Tablet(author) for author in PEOPLE[: draw(st.integers(1, 4))]}
    told: list[Told] = []
    for _ in range(draw(st.integers(1, 7))):
        tablet = tablets[draw(st.sampled_from(sorted(tablets)))]
        for other in told:
            if other not in tablet.arrived and draw(st.booleans()):
                tablet.arrived.append(other)
        names = draw(st.sets(st.sampled_from(fields), min_size=1, max_size=2))
        told.append(tablet.write({name: draw(values) for name in sorted(names)}, draw(clocks)))
    return told


def folded(told: Iterable[Told], start: Record | None = None) -> Record | None:
    """Return the record of some edits; everybody's member is their author, every clock stands uncorrected."""
    for one in told:
        start = apply(start, one.edit, by=one.edit.a, e=one.edit.h)
    return start


def same(one: Record | None, two: Record | None) -> bool:
    """Whether two records hold the same; the order of versions within a field is nobody's concern."""
    if one is None or two is None:
        return one is two
    tidy = [
        msgspec.structs.replace(
            record, live={name: sorted(live, key=lambda v: v.a) for name, live in record.live.items()}
        )
        for record in (one, two)
    ]
    return tidy[0] == tidy[1]


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_edits_arrive_does_not_matter(told: list[Told], random: Random) -> None:
    other, record = folded(random.sample(told, len(told))), folded(told)
    assert same(other, record) and other and record
    # And so everybody sees the same; `True` is not `1`.
    assert {name: repr(value) for name, value in view(other).items()} == {
        name: repr(value) for name, value in view(record).items()
    }


@given(histories())
def test_of_what_nobody_saw_the_latest_is_shown(told: list[Told]) -> None:
    record = folded(told)
    assert record is not None
    for name, versions in record.live.items():
        if not (name == "state" and ABSORBING in [v.value for v in versions]):
            latest = sorted(versions, key=lambda v: (v.e, v.a, v.n))[-1]
            assert repr(view(record)[name]) == repr(latest.value)


@given(histories(), st.randoms(use_true_random=False))
def test_edits_that_come_again_change_nothing(told: list[Told], random: Random) -> None:
    once = folded(told)
    again = folded(random.choices(told, k=2 * len(told)), once)
    assert same(again, once)


@given(histories())
def test_the_given_record_stays_as_it_was(told: list[Told]) -> None:
    record = folded(told[:-1])
    before = repr(record)
    folded(told[-1:], record)
    assert repr(record) == before


@given(histories())
def test_who_saw_a_value_beats_it_whatever_the_clocks_say(told: list[Told]) -> None:
    record = folded(told)
    assert record is not None
    for one in told:
        for name in one.edit.set:
            live = {v.dot for v in record.live.get(name, ())}
            assert live.isdisjoint(one.knew), f"{one.edit.a} had seen it"


@given(histories())
def test_a_value_that_nobody_replaced_knowingly_is_never_lost(told: list[Told]) -> None:
    record = folded(told)
    assert record is not None
    for one in told:
        for name in one.edit.set:
            dot = dot_of(one.edit.a, one.edit.n)
            seen_by_a_later = any(name in other.edit.set and dot in other.knew for other in told)
            assert any(v.dot == dot for v in record.live.get(name, ())) is not seen_by_a_later


@given(histories())
def test_conflicts_are_only_among_versions_whose_authors_did_not_see_each_other(told: list[Told]) -> None:
    record = folded(told)
    assert record is not None
    knew = {dot_of(one.edit.a, one.edit.n): one.knew for one in told}
    for versions in conflicts(record).values():
        assert len({repr(v.value) for v in versions}) > 1
        assert all(v.dot not in knew[w.dot] for v in versions for w in versions)


@given(histories())
def test_without_a_conflict_all_live_versions_say_the_same(told: list[Told]) -> None:
    record = folded(told)
    assert record is not None
    for name, versions in record.live.items():
        if name not in conflicts(record):
            assert all(same_value(v.value, view(record)[name]) for v in versions)


@given(histories())
def test_a_withdrawal_that_nobody_answered_is_what_is_shown(told: list[Told]) -> None:
    record = folded(told)
    assert record is not None
    states = [v.value for v in record.live.get("state", ())]
    if ABSORBING in states:
        assert view(record)["state"] == ABSORBING


@given(histories())
def test_a_field_has_one_live_version_per_author_and_past_says_the_rest(told: list[Told]) -> None:
    record = folded(told)
    assert record is not None
    for name, versions in record.live.items():
        authors = [v.a for v in versions]
        assert len(set(authors)) == len(authors)
        assert set(authors).isdisjoint(record.past.get(name, {}))
    assert all(n > 0 for table in record.past.values() for n in table.values())


@given(histories(), st.randoms(use_true_random=False))
def test_ones_own_earlier_edits_are_replaced_even_where_over_does_not_say_so(told: list[Told], random: Random) -> None:
    silent = [Told(msgspec.structs.replace(one.edit, over={})) for one in told]
    record = folded(random.sample(silent, len(silent)))
    assert record is not None
    for name, versions in record.live.items():
        last = {one.edit.a: one.edit.n for one in told if name in one.edit.set}
        assert sorted((v.a, v.n) for v in versions) == sorted(last.items())


@given(histories(), st.randoms(use_true_random=False))
def test_digests_agree_in_whatever_order_and_parts_a_stream_was_read(told: list[Told], random: Random) -> None:
    other = [Told(msgspec.structs.replace(one.edit, id="issue-2")) for one in told]
    one, two = folded(told), folded(other)
    shuffled = folded(random.sample(told, len(told)))
    assert one and two and shuffled
    assert stream_digest([one, two]) == stream_digest([two, shuffled])


@given(histories(), st.integers(0, 7))
def test_what_a_tablet_shows_is_what_the_server_will_say(told: list[Told], sent: int) -> None:
    """The server has some edits; one tablet shows them with its own waiting ones; then it sends those."""
    mine = told[-1].edit.a
    waiting = [one for one in told[-sent:] if one.edit.a == mine]
    server = folded(one for one in told if one not in waiting)
    shown = fold(server, [one.edit for one in waiting], by=mine)
    after = folded(waiting, server)
    assert (shown and view(shown)) == (after and view(after))
    assert (shown and shown.live) == (after and after.live)


@settings(max_examples=300)
@given(histories(("theme",)), st.data())
def test_a_refused_edit_in_between_leaves_no_old_value_alive(told: list[Told], data: st.DataObject) -> None:
    """Any edit but the last may be refused: what the last one's author saw, directly or through it, is gone all the same."""
    refused = data.draw(st.sets(st.sampled_from(range(len(told)))), label="refused") - {len(told) - 1}
    record = folded(one for i, one in enumerate(told) if i not in refused)
    last = told[-1]
    assert record is not None
    for name in last.edit.set:
        live = {v.dot for v in record.live.get(name, ())}
        assert live.isdisjoint(last.knew)


@settings(max_examples=50)
@given(st.text(), st.integers(-5, 2**54))
@example("A", 0)
def test_a_dot_is_read_back_as_it_was_written(author: str, n: int) -> None:
    fits = author != "" and ":" not in author and n > 0
    try:
        assert parse_dot(dot_of(author, n)) == (author, n)
    except ValueError:
        assert not fits


@given(clocks, clocks, clocks)
def test_the_stamps_of_a_tablet_rise_whatever_its_clock_does(first: int, second: int, third: int) -> None:
    last, stamps = FIRST, []
    for now_ms in (first, second, third):
        stamps.append(next_stamp(last, now_ms=now_ms))
        last = tick(last, now_ms=now_ms)
    assert stamps == sorted(set(stamps))
    assert all(stamp >= from_ms(now_ms) for stamp, now_ms in zip(stamps, (first, second, third), strict=True))
