"""T21, and T19 in an export: whatever is written stays a text, in a spreadsheet too. Over HTTP, on both databases."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.reports.export import Table
from server.reports.sheets import NO_XML, as_csv, as_xlsx, literal
from sync.kinds import KINDS
from tests.support.device import Device
from tests.support.exporting import FORMULAS, PROGRAMS, cells, csv_rows, told, wish
from tests.support.process import Process
from tests.support.world import World

CORPUS = [*FORMULAS, *PROGRAMS]
# How a cell may not begin, for whoever opens it: see `OWASP, CSV Injection`.
CALCULATED = re.compile(r"[\s\x00-\x20\u00a0\ufeff\u200b-\u200f\u202a-\u202e\"]*[=+\-@＝＋－＠﹦−]")
BEGINS = re.compile(rf"{CALCULATED.pattern}|[\t\r\0]")
OWN = [name for name, field in KINDS["issue"].fields.items() if field.private]


@pytest.fixture
def served(world: World, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Serve what was written in the world, over HTTP by a process of its own; returns its address."""
    process = Process(world.settings, tmp_path / "log")

    def serve() -> str:
        world.stop()  # or it would hold its database, now that nothing runs in it
        return process.start().url

    yield serve
    process.stop()


def writes_everywhere(world: World, text: str, n: int) -> None:
    """Write a text wherever a person writes what an export may hold: their own words, a promise, a note, a table's name."""
    amina, card = world.device("amina"), world.card("fox", "79")[0]
    amina.writes(f"odd-{n}", "issue", theme="HOU", **dict.fromkeys(OWN, text))
    amina.writes(
        f"odd-promise-{n}", "follow_up", card=card, what="call", on="2026-12-01", state="planned", promised=text
    )
    amina.hands_over(f"odd-referral-{n}", card=card, consent=world.id("consent"), shared_note=text)


def exported(url: str, griet: Device, asked: dict[str, object]) -> bytes:
    answer = httpx.post(f"{url}/api/exports", json=asked, headers=griet.headers)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_T21_whatever_is_written_is_a_text_cell_in_a_spreadsheet(world: World, served: Callable[[], str]) -> None:
    told(world)
    for n, text in enumerate(CORPUS):
        writes_everywhere(world, text, n)
    acks = world.device("amina").syncs().acks
    assert set(acks) == {("ok",)}, [ack for ack in acks if ack != ("ok",)]
    world.edit_as_griet("service", world.id("housing-service"), "", {"name": "=2+2"})
    world.edit_as_griet("presence", world.id("housing-table"), world.event, {"table_label": "@SUM(2+2)"})

    griet = world.device("griet")
    url = served()

    headings, *rows = cells(exported(url, griet, wish(world, words=True, format="xlsx")))

    texts = {str(cell.value): cell for row in rows for cell in row if cell.value is not None}
    numbers = {
        headings[cell.column - 1].value
        for row in rows
        for cell in row
        if cell.data_type == "n" and cell.value is not None
    }
    assert numbers == {"Aantal"}
    assert {cell.data_type for row in [headings, *rows] for cell in row if cell.value is not None} == {"s", "n"}
    assert not [cell for row in rows for cell in row if cell.hyperlink]
    for text in [*CORPUS, "=2+2", "@SUM(2+2)"]:
        assert as_read(text) in texts, repr(text)
    assert texts["=1+1"].quotePrefix, "or whoever edits the cell would make a formula of it"

    raw = exported(url, griet, wish(world, words=True))

    shown = [value for row in csv_rows(raw) for value in row.values()]
    assert [value for value in shown if BEGINS.match(value)] == []
    for text in CORPUS:
        assert literal(text) in shown, repr(text)
        assert without_marks(literal(text)) == without_marks(marked(text))


def as_read(text: str) -> str:
    """Return a text as a spreadsheet reads it: one sign for the end of a line, and a mark for what XML has no sign for."""
    return marked(text).replace("\r\n", "\n").replace("\r", "\n")


def marked(text: str) -> str:
    return text.replace("\x01", "\ufffd").replace("\ufffe\uffff", "\ufffd" * 2)


def without_marks(text: str) -> str:
    return text.replace("'", "")


@pytest.mark.parametrize("divided", [",", ";", "\t"])
def test_T21_who_opens_it_by_another_sign_than_ours_finds_no_formula_either(divided: str) -> None:
    table = Table(["a", "b"], [[text, text] for text in CORPUS])

    text = as_csv(table).decode("utf-8-sig")

    for row in csv.reader(io.StringIO(text, newline=""), delimiter=divided):
        assert [cell for cell in row if CALCULATED.match(cell)] == [], row
    for line in text.splitlines():
        assert not CALCULATED.match(line), "nor who heeds no quotes"


def test_T21_what_XML_has_no_sign_for_is_shown_as_such_and_stops_nothing() -> None:
    odd = [chr(code) for code in (*range(0x20), 0x7F, 0x85, 0xFFFE, 0xFFFF, 0xD800, 0xDFFF)]
    table = Table(["a"], [[f"x{one}=1"] for one in odd] + [[one + "=1"] for one in odd])

    _, *rows = cells(as_xlsx(table))
    read = list(csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig"), newline=""), delimiter=";", strict=True))[1:]

    assert {row[0].data_type for row in rows} == {"s"} and len(rows) == len(read) == 2 * len(odd)
    assert [row[0] for row in read if "\0" in row[0] or BEGINS.match(row[0])] == []
    assert read[0] == ["x\ufffd=1"] and read[len(odd)] == ["'\ufffd=1"]


@pytest.mark.parametrize("text", ["gewoon een zin", "huur - lasten", "a=b", "vraag: 1+1?", "é, ü; ﷽", "", "'t is koud"])
def test_T21_what_no_spreadsheet_calculates_stays_as_it_was_written(text: str) -> None:
    assert literal(text) == text


def test_T21_no_sheet_lies_on_the_disk_of_the_server_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_file(*_: object, **__: object) -> None:
        raise AssertionError("a file was made")

    for name in ("mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"):
        monkeypatch.setattr(f"tempfile.{name}", no_file)

    assert len(cells(as_xlsx(Table(["a"], [[f"rij {n}"] for n in range(5000)])))) == 5001


ODD = st.text(st.sampled_from([*"=+-@＝＋－＠;,\t\r\n'\" \u00a0\u200b\ufeffa1(é\x01"]) | st.characters())


@given(ODD)
def test_T21_no_text_begins_a_cell_as_a_formula_does_and_each_is_read_back_as_written(text: str) -> None:
    cell = literal(text)

    [_, read] = csv.reader(
        io.StringIO(as_csv(Table(["a"], [[text]])).decode("utf-8-sig"), newline=""), delimiter=";", strict=True
    )

    assert not BEGINS.match(cell)
    assert read == ([cell] if cell else [""])
    assert without_marks(cell) == without_marks(NO_XML.sub("\ufffd", text)), "nothing is left out"
