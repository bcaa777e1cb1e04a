"""What can get into an export: a property over every field there is, whatever hangs on what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.reports.columns import BESIDE, COLUMNS, PREFIX, ROWS
from server.reports.export import Table, table_of
from server.reports.worded import needed
from server.reports.wording import LANGUAGES, Language, words_of
from sync.edits import Record, Value, Version
from sync.kinds import KINDS, PRIVATE
from sync.stamp import from_ms

NEVER = ("contact", "consent", "card", "organisation", "event", "topic", "demand", "remark", "erasure")
FREE = {("presence", "table_label"), ("service", "name"), ("service", "name_in"), ("service", "organization_name")}
IDS = {kind: f"id-of-{kind}" for kind in KINDS}
COPIES = 2  # of each kind: one may hang on the other's card


def marker(kind: str, name: str, n: int) -> str:
    return f"«{kind}.{name} {n}»"


def value_of(kind: str, name: str, n: int, draw: st.DrawFn) -> dict[str, Value]:
    """Return a field filled so that it is known again, or with one of its codes."""
    field = KINDS[kind].fields[name]
    if field.keyed:
        key = draw(st.sampled_from(field.keys or (marker(kind, name, n),)))
        return {f"{name}/{key}": True if field.type == "flag" else marker(kind, name, n)}
    if field.type == "code":
        return {name: draw(st.sampled_from(field.codes))}
    if field.type == "flag":
        return {name: draw(st.booleans())}
    if field.type == "integer":
        return {name: draw(st.integers(0, 9))}
    if field.type == "id" and field.refers:
        return {name: f"{IDS[draw(st.sampled_from(field.refers))]}-{draw(st.integers(0, COPIES - 1))}"}
    return {name: marker(kind, name, n)}


@st.composite
def events(draw: st.DrawFn) -> list[Record]:
    """All that there may be of an event, each kind twice, some fields left out."""
    found = []
    for kind, declared in KINDS.items():
        for n in range(COPIES):
            live: dict[str, tuple[Version, ...]] = {}
            for name in declared.fields:
                if draw(st.integers(0, 9)):
                    for at, value in value_of(kind, name, n, draw).items():
                        live[at] = (Version("a", 1, "m", from_ms(1), value),)
            live.pop("deleted", None)
            author = f"{IDS['member']}-{draw(st.integers(0, COPIES - 1))}"
            found.append(Record(kind, f"{IDS[kind]}-{n}", "e", author, (from_ms(1), "a", 1), live, {}))
    return found


def texts(table: Table) -> str:
    return "\n".join(str(cell) for row in table.rows for cell in row)


@given(events(), st.sampled_from(LANGUAGES))
def test_no_private_field_gets_into_an_export_without_words(records: list[Record], language: Language) -> None:
    shown = texts(table_of(records, language=language, words=False))

    for kind, names in PRIVATE.items():
        for name in names:
            assert f"«{kind}.{name} " not in shown, (kind, name)


@given(events(), st.booleans(), st.sampled_from(LANGUAGES))
def test_nothing_of_a_contact_a_card_a_consent_or_a_name_gets_into_one_with_words(
    records: list[Record], words: bool, language: Language
) -> None:
    shown = texts(table_of(records, language=language, words=words))

    for kind in NEVER:
        assert f"«{kind}." not in shown, kind
    for field in ("display_name", "areas", "languages"):
        assert f"«member.{field} " not in shown, field
    assert "id-of-" not in shown, "no id, of nothing"


def is_unquoted(issue: Record) -> bool:
    return "quote_consent" in issue.live and issue.live["quote_consent"][0].value == "no"


@given(events(), st.sampled_from(LANGUAGES))
def test_words_are_in_it_where_they_were_asked_for_unless_somebody_is_in_danger(
    records: list[Record], language: Language
) -> None:
    at_risk = [one for one in records if one.kind == "issue" and "risk_flag" in one.live]
    in_danger = {one.id for one in at_risk if one.live["risk_flag"][0].value is True}

    shown = texts(table_of(records, language=language, words=True))

    for one in records:
        if one.kind == "issue" and "own_words" in one.live:
            said = str(one.live["own_words"][0].value)
            if one.id in in_danger:
                assert said not in shown
            elif not in_danger and not is_unquoted(one):
                assert said in shown


def same_person(records: list[Record], seeds: set[str]) -> set[str]:
    """Return all ids that hang together with these, by card, talk or issue: a record with what it names, again and again."""
    groups = [
        {one.id, *(str(one.live[name][0].value) for name in ("card", "visit", "issue") if name in one.live)}
        for one in records
    ]
    found = set(seeds)
    for _ in groups:
        found = found.union(*(group for group in groups if group & found))
    return found


@given(events(), st.sampled_from(LANGUAGES))
def test_no_word_leaves_of_what_hangs_together_with_somebody_in_danger(
    records: list[Record], language: Language
) -> None:
    seeds = {one.id for one in records if "risk_flag" in one.live and one.live["risk_flag"][0].value is True}
    quiet = same_person(records, seeds)

    shown = texts(table_of(records, language=language, words=True))

    for one in records:
        for name in PRIVATE.get(one.kind, ()):
            if one.id in quiet and one.kind in ROWS and name in one.live:
                assert f"«{one.kind}.{name} {one.id[-1]}»" not in shown, (one.id, name)


def test_every_column_reads_fields_that_there_are_and_says_which_are_somebodys_words() -> None:
    for column in COLUMNS:
        for field in column.reads:
            kind, _, name = field.partition(".")
            declared = KINDS[kind].fields[name]
            assert kind not in NEVER, field
            assert not declared.private or column.words, field
            assert declared.type != "text" or declared.private or (kind, name) in FREE or name == "slot", field
            assert not declared.sensitive, "of the coded ones either"


def test_what_lies_beside_a_row_is_no_private_field() -> None:
    assert set(BESIDE) == set(ROWS)
    for fields in BESIDE.values():
        assert not [one for one in fields if one.partition(".")[2] in PRIVATE[one.partition(".")[0]]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_heading_and_every_code_has_words(language: Language) -> None:
    assert set(needed()) == set(words_of(language))
    assert all(words_of(language).values())
    headings = [words_of(language)[column.heading] for column in COLUMNS]
    assert len(set(headings)) == len(headings), "no two columns are called the same"


def test_a_code_that_is_read_is_shown_in_words() -> None:
    for column in COLUMNS:
        for field in column.reads:
            kind, _, name = field.partition(".")
            has_codes = KINDS[kind].fields[name].codes or KINDS[kind].fields[name].keys
            assert not has_codes or field in PREFIX or name in ("theme", "subtheme"), field
