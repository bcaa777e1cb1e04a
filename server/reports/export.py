"""An event as a table for a coordinator: a row for each issue, referral and follow-up, and what was counted.

    records of the event, and the members and services ──table_of──→ Table ──sheets.py──→ bytes

Pure. A row is made from the fields that its kind may read (columns.py), looked up here and nowhere else. Records that
were withdrawn, taken away or erased, and drafts, are in no row. Nor are the words of whoever is in danger, of who does
not want to be quoted, or what was shared by a consent that was taken back: what leaves is not sealed any more (0037).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from msgspec import Struct

from server.reports.columns import PREFIX, ROWS, Column, columns_of, fields_of
from server.reports.wording import Language, message_of, message_of_kind, words_of
from sync.around import Known, known, named, service_of
from sync.edits import Record, Value
from sync.kinds import PRIVATE, field_of
from sync.stamp import ms_of
from sync.themes import THEMES

Cell: TypeAlias = str | int
ZONE = ZoneInfo("Europe/Brussels")  # of the app's screens
HALF_HOUR_MS = 30 * 60_000
LAST_MS = 253_370_764_800_000  # the year 9999: a clock may have shown more than a calendar has
OVER = frozenset({"withdrawn", "entered_in_error", "draft"})


class Table(Struct, frozen=True):
    """What is written to a sheet. Numbers are the program's own; all else is text."""

    headings: list[str]
    rows: list[list[Cell]]


def table_of(records: Iterable[Record], *, language: Language, words: bool) -> Table:
    """Return the table; ``records`` are the event's, with the organisation's members and services.

    Its rows are in an order by what they show, so that where they stand tells no more than that.
    """
    looked = _Looked(records)
    columns = columns_of(words=words)
    told = words_of(language)
    rows = [
        [_cell(column, found, language) for column in columns]
        for kind in ROWS
        for found in sorted(_found(kind, looked, language, words=words), key=_order)
    ]
    return Table([_headed(told[column.heading]) for column in columns], rows)


class _Looked:
    """The records by id, and what surrounds them; the engine's ``Around`` as far as it is asked for here."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.shown: dict[str, Known] = {}
        self.born: dict[str, int] = {}
        self.unquoted: set[str] = set()
        at_risk: list[str] = []
        for record in records:
            self.shown[record.id] = known(record)
            self.born[record.id] = ms_of(record.born[0] or "0")
            # Any version: as long as two tablets disagree, somebody may be in danger, or may not want it.
            if any(v.value is True for v in record.live.get("risk_flag", ())):
                at_risk.append(record.id)
            if any(v.value == "no" for v in record.live.get("quote_consent", ())):
                self.unquoted.add(record.id)
        self.in_danger = self._together(at_risk)

    def _together(self, seeds: Iterable[str]) -> set[str]:
        """Return all that hangs together with these, over any number of talks, cards and issues."""
        groups = [_hangs_on(one) for one in self.shown.values()]
        beside: dict[str, list[set[str]]] = defaultdict(list)
        for group in groups:
            for id in group:
                beside[id].append(group)
        found, waiting = set[str](), list(seeds)
        while waiting:
            id = waiting.pop()
            if id not in found:
                found.add(id)
                waiting += (other for group in beside.get(id, ()) for other in group)
        return found

    def get(self, id: str) -> Known | None:
        return self.shown.get(id)

    def naming(self, id: str) -> Iterable[Known]:
        return ()

    def listeners(self, event: Known) -> Sequence[str]:
        return ()

    def of(self, kind: str) -> Iterator[Known]:
        """Yield the records of a kind that stand."""
        return (one for one in self.shown.values() if one.kind == kind and self.stands(one))

    def stands(self, one: Known) -> bool:
        """Return whether a record is neither erased, taken away, taken back by its person, nor a draft."""
        talk = named(self, one, "visit")
        is_away = one.view.get("deleted") is True or (talk is not None and talk.view.get("deleted") is True)
        return not (one.erased or is_away or one.view.get("state") in OVER)

    def is_quiet(self, one: Known) -> bool:
        """Return whether no word of a record leaves."""
        consent = named(self, one, "consent")
        is_taken_back = consent is not None and consent.view.get("withdrawn_at") is not None
        return one.id in self.in_danger or one.id in self.unquoted or is_taken_back

    def beside(self, row: Known) -> dict[str, Known]:
        """Return the records from which a row may take something, by kind, those that stand."""
        referred = service_of(row, self) if row.kind == "referral" else None
        found = {
            "member": self.get(row.author),
            "visit": named(self, row, "visit"),
            "issue": named(self, row, "issue"),
            "presence": named(self, row, "to_table"),
            "service": self.get(referred) if referred else None,
        }
        return {kind: one for kind, one in found.items() if one and one.kind == kind and self.stands(one)}


def _hangs_on(one: Known) -> set[str]:
    """Return by what a record is known to be of the same person: itself, its issue, its talk and its card."""
    return {one.id, *(id for name in ("card", "visit", "issue") if isinstance(id := one.view.get(name), str))}


class _Found(Struct):
    """What a row shows: when, and the values of its fields by ``kind.field``."""

    kind: str
    day: str
    half_hour: str
    values: dict[str, Value]


def _order(found: _Found) -> tuple[str, str, str]:
    return found.day, found.half_hour, str(sorted(found.values.items(), key=lambda one: one[0]))


def _found(kind: str, looked: _Looked, language: Language, *, words: bool) -> list[_Found]:
    allowed = fields_of(kind, words=words)
    if kind == "tally":
        return _counted(looked)
    found = []
    for one in looked.of(kind):
        is_quiet = looked.is_quiet(one)
        sources = {**looked.beside(one), kind: one}
        values = {field: _value(sources[field.partition(".")[0]], field.partition(".")[2], language)
                  for field in allowed
                  if field.partition(".")[0] in sources and not (is_quiet and _is_private(field))}  # fmt: skip
        found.append(_Found(kind, *_when(looked.born[one.id]), values))
    return found


def _is_private(field: str) -> bool:
    kind, _, name = field.partition(".")
    return name in PRIVATE[kind]


def _counted(looked: _Looked) -> list[_Found]:
    """Return what was counted, summed over the tablets."""
    sums: dict[tuple[str, str], int] = {}
    for one in looked.of("tally"):
        place, n = (str(one.view.get("slot") or ""), str(one.view.get("what") or "")), one.view.get("n")
        sums[place] = sums.get(place, 0) + (n if isinstance(n, int) else 0)
    return [
        _Found("tally", *_slot(slot), {"tally.what": what, "tally.n": n}) for (slot, what), n in sums.items() if n > 0
    ]


def _value(one: Known, name: str, language: Language) -> Value:
    declared = field_of(one.kind, name)
    if declared is not None and declared.keyed:
        chosen = [at for at, on in one.view.items() if at.startswith(f"{name}/") and on is True]
        return [at.partition("/")[2] for at in sorted(chosen)]
    if one.kind == "service":
        return one.view.get(f"name_in/{language}") or one.view.get("name") or one.view.get("organization_name")
    return one.view.get(name)


def _when(ms: int) -> tuple[str, str]:
    """Return the day and the half hour, as the wall showed them."""
    at = datetime.fromtimestamp(min(ms, LAST_MS) // HALF_HOUR_MS * HALF_HOUR_MS / 1000, UTC).astimezone(ZONE)
    return at.date().isoformat(), f"{at:%H:%M}"


def _slot(slot: str) -> tuple[str, str]:
    """Return a moment's day and half hour; nothing for any other text, which may be somebody's words."""
    try:
        at = datetime.fromisoformat(slot)
        return _when(int(at.timestamp() * 1000)) if at.tzinfo else ("", "")
    except (ValueError, OverflowError):
        return "", ""


def _cell(column: Column, found: _Found, language: Language) -> Cell:
    if column.name == "kind":
        return words_of(language)[message_of_kind(found.kind)]
    if column.name in ("day", "half_hour"):
        return found.day if column.name == "day" else found.half_hour
    for field in column.reads:
        if (value := found.values.get(field)) not in (None, [], ""):
            return _shown(column, field, value, language)
    return ""


def _shown(column: Column, field: str, value: Value, language: Language) -> Cell:
    if isinstance(value, list):
        return ", ".join(_said(field, str(one), language) for one in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = str(value)
    if column.name in ("theme", "subtheme"):
        return str(getattr(THEMES[text], language)) if text in THEMES else text
    if field == "follow_up.at":
        return _slot(text)[0]
    return _said(field, text, language)


def _said(field: str, text: str, language: Language) -> str:
    """Return a code in words; what is no code, as it is."""
    return words_of(language).get(message_of(field, text), text) if field in PREFIX else text


def _headed(text: str) -> str:
    return text[:1].upper() + text[1:]
