"""An event with one of everything on a card, and its export read back as a coordinator's spreadsheet reads it."""

import csv
import io
import json
from pathlib import Path

import httpx
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell

from sync.ids import tally_id
from tests.support.device import Device
from tests.support.world import World

_corpus = json.loads(Path(__file__).with_name("corpus.json").read_text(encoding="utf-8"))
FORMULAS: list[str] = _corpus["formulas"]
PROGRAMS: list[str] = _corpus["programs"]
WORDS = "de lift is al vijf weken stuk"
NEVER = ("Fatou", "0470123456", "bel nooit 's avonds", "amina", "bilal", "sofie", "rita", "Griet", "fox", "794")


def told(world: World) -> str:
    """Tell what somebody on a card told, with everything that hangs on it; return the card's id."""
    amina, bilal, rita = world.device("amina"), world.device("bilal"), world.device("rita")
    card = amina.gives_card("fox", "79")
    consent = {f"purposes/refer_to:{world.id('housing-service')}": "given", "purposes/call_back": "given"}
    amina.writes("talk", "visit", card=card, channel="tent", outcome="referred", language="ar")
    amina.writes("consent", "consent", card=card, given_how="spoken", **consent)
    amina.writes("contact", "contact", card=card, channel="phone", call_me=NEVER[0], value=NEVER[1],
                 safe_rules=NEVER[2], consent=world.id("consent"))  # fmt: skip
    amina.writes("issue", "issue", card=card, visit=world.id("talk"), theme="HOU", subtheme="HOU.03", own_words=WORDS,
                 ask="een nieuwe lift", level="landlord", **{"barriers/delay": True, "barriers/cost": True})  # fmt: skip
    amina.hands_over("referral", card=card, issue=world.id("issue"), consent=world.id("consent"),
                     shared_note="ze woont op de zesde")  # fmt: skip
    amina.writes("promise", "follow_up", card=card, what="call", who_acts="member", on="2026-12-01", state="planned",
                 assignee=f"member:{amina.member}", promised="we bellen de verhuurder")  # fmt: skip
    rita.writes("wall", "issue", source="wall", theme="DIG", own_words="alles moet online")
    for device, n in ((amina, 3), (bilal, 4)):
        counts(device, n)
    for device in (amina, bilal, rita):
        assert {ack[0] for ack in device.syncs().acks} == {"ok"}
    return card


def counts(device: Device, n: int, slot: str = "2026-09-19T11:30Z") -> None:
    """Count coffees of one half hour on a tablet."""
    id = tally_id(device.world.event, "coffee", slot, device.id)
    device.writes(id, "tally", what="coffee", slot=slot, device=device.id, n=n)


def wish(world: World, *, format: str = "csv", words: bool = False, **other: object) -> dict[str, object]:
    """Return what is asked for."""
    return {"event": world.event, "format": format, "words": words, "language": "nl", **other}


def exports(world: World, *, by: str = "griet", **how: object) -> httpx.Response:
    """Return the answer to an export of the world's event."""
    return world.device(by).asks("POST", "/api/exports", wish(world, **how))  # type: ignore[arg-type] -- of `wish`


def csv_rows(content: bytes) -> list[dict[str, str]]:
    """Return the rows of a CSV export by their headings."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))


def of_kind(rows: list[dict[str, str]], kind: str) -> list[dict[str, str]]:
    """Return the rows of one kind, by its Dutch word."""
    return [row for row in rows if row["Soort"] == kind]


def cells(content: bytes) -> list[list[Cell]]:
    """Return the cells of an XLSX export, its headings first."""
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Onthaal"]
    return [list(row) for row in book["Onthaal"].iter_rows()]


def xlsx_rows(content: bytes) -> list[dict[str, object]]:
    """Return the rows of an XLSX export by their headings; an empty cell is ''."""
    headings, *rows = cells(content)
    names = [str(one.value) for one in headings]
    return [dict(zip(names, ("" if one.value is None else one.value for one in row), strict=True)) for row in rows]
