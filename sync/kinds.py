"""Every kind of record and every field: the closed list of the domain, declared once.

    KINDS[kind].fields[name] → Field(type, codes, limit, private, sensitive, keyed, refers)
    KINDS[kind].first / .next  the states a record may be born in, and their moves

A *keyed* field is a set or a map: one register per key, ``barriers/delay``. **private** marks free text and
identity, kept apart everywhere; **sensitive** marks coded fields that are never crossed in reports.
No field outside this list is ever accepted. Numbers and words of the domain, not of a screen.

Generated from here: pwa/src/sync/kinds.tables.ts and kinds.types.ts (`python -m sync.generate`).
Twin: pwa/src/sync/kinds.ts (the checks).
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal, TypeAlias
from uuid import UUID, uuid5

from msgspec import Struct

from sync.edits import Edit, Value, parse_dot
from sync.errors import RefusedCode
from sync.themes import THEMES

KINDS_VERSION = 1
TEXT_MAX = 2000  # characters
LABEL_MAX = 200
KEY_MAX = 200
OVER_MAX = 64
INTEGER_MAX = 2**53 - 1

Type: TypeAlias = Literal["text", "code", "flag", "integer", "instant", "date", "time", "id", "duration"]


class Field(Struct, frozen=True, omit_defaults=True):
    """One field. ``keys``: the legal keys of a keyed field, empty where any text of ≤ 200 characters is one."""

    type: Type
    codes: tuple[str, ...] = ()
    limit: int = 0
    private: bool = False
    sensitive: bool = False
    keyed: bool = False
    keys: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()


class Kind(Struct, frozen=True, omit_defaults=True):
    """One kind. ``scope``: event, or the organisation. ``first`` and ``next``: its states, empty where it has none."""

    scope: Literal["organisation", "event"]
    fields: dict[str, Field]
    first: tuple[str, ...] = ()
    next: dict[str, tuple[str, ...]] = {}


def _text(limit: int = LABEL_MAX, *, private: bool = False) -> Field:
    return Field("text", limit=limit, private=private)


def _words() -> Field:
    return Field("text", limit=TEXT_MAX, private=True)


def _code(codes: str, *, sensitive: bool = False) -> Field:
    return Field("code", codes=tuple(codes.split()), sensitive=sensitive)


def _ref(*kinds: str) -> Field:
    return Field("id", limit=64, refers=kinds)


def _set(keys: str = "", *, refers: tuple[str, ...] = ()) -> Field:
    return Field("flag", keyed=True, keys=tuple(keys.split()), refers=refers)


def _map(type: Type, keys: str = "", *, limit: int = LABEL_MAX, codes: str = "") -> Field:
    return Field(type, keyed=True, keys=tuple(keys.split()), limit=limit, codes=tuple(codes.split()))


def _moves(table: str) -> dict[str, tuple[str, ...]]:
    return {row.split(":")[0].strip(): tuple(row.split(":")[1].split()) for row in table.strip().splitlines()}


FLAG, INTEGER, INSTANT, DATE = Field("flag"), Field("integer"), Field("instant"), Field("date")
LANGUAGE = Field("text", limit=12)
LANGUAGES = _set()
NEEDS = _set("interpreter sign_language childcare step_free company")
ANIMALS = "fox hare swan cat bee horse dolphin butterfly turtle stork"
LEVELS = "service municipality region community federal landlord company other"
REASONS = (
    "got_help partly_got_help not_eligible no_capacity counter_closed documents_missing language refused "
    "could_not_reach person_chose_otherwise went_elsewhere afraid unknown"
)
ROLES = "generalist service_worker researcher bar coordinator resident logistics admin"
ABOUT = ("visit", "issue", "referral", "follow_up", "contact", "consent", "topic", "demand")
NOT_MET_MAX = 2  # `not_met → planned` at most twice, then `let_go`

KINDS: dict[str, Kind] = {
    "organisation": Kind(
        "organisation",
        {
            "name": _text(),
            "visitor_word": _map("text", "nl fr en"),
            "secrecy_article": _text(),
            "retention_days": INTEGER,
            "quiet_from": Field("time"),
            "quiet_until": Field("time"),
        },
    ),
    "member": Kind(
        "organisation",
        {
            "display_name": _text(),
            "role": _code(ROLES),
            "service": _ref("service"),
            "areas": _set(),
            "languages": LANGUAGES,
            "active": FLAG,
        },
    ),
    "service": Kind(
        "organisation",
        {
            "organization_name": _text(),
            "name": _text(),
            "alternate_name": _text(),
            "description": _text(TEXT_MAX),
            "url": _text(500),
            "email": _text(),
            "status": _code("active inactive temporarily_closed defunct"),
            "interpretation_services": _text(TEXT_MAX),
            "application_process": _text(TEXT_MAX),
            "fees_description": _text(TEXT_MAX),
            "eligibility_description": _text(TEXT_MAX),
            "languages": LANGUAGES,
            "accessibility": _text(TEXT_MAX),
            "required_documents": _text(TEXT_MAX),
            "phones": _map("text"),
            "address_1": _text(),
            "city": _text(),
            "postal_code": _text(20),
            "latitude": INTEGER,
            "longitude": INTEGER,
            "schedule": _map("text"),
            "themes": _set(),
            "assured_date": DATE,
            "name_in": _map("text"),
            "description_in": _map("text", limit=TEXT_MAX),
        },
    ),
    "event": Kind(
        "event",
        {
            "event_kind": _code("square brico walk group"),
            "name": _text(),
            "area_code": _text(),
            "place": _text(),
            "municipality": _text(),
            "dates": _map("date", "from to"),
            "hours": _map("time", "opens_at closes_at"),
            "requested_by": _text(),
            "start_problem": _text(TEXT_MAX),
            "question_of_the_day": _text(TEXT_MAX),
            "facilities": _set("interpreter sign_language childcare step_free"),
            "languages": LANGUAGES,
            "state": _code("draft open closed restituted archived"),
            "team": _set(refers=("member",)),
            "criteria": _set(),
        },
        first=("draft", "open"),
        next=_moves("draft: open\nopen: closed\nclosed: restituted\nrestituted: archived"),
    ),
    "presence": Kind(
        "event",
        {
            "service": _ref("service"),
            "table_label": _text(),
            "languages": LANGUAGES,
            "from": INSTANT,
            "until": INSTANT,
            "state": _code("free busy gone"),
        },
    ),
    "tally": Kind(
        "event",
        {
            "what": _code("coffee meal talk child"),
            "slot": Field("text", limit=20),
            "device": _text(100),
            "n": INTEGER,
        },
    ),
    "card": Kind(
        "event",
        {
            "animal": _code(ANIMALS),
            "number": Field("text", limit=3),
            "back_code_hash": _text(64),
            "issued_at": INSTANT,
            "state": _code("blank given erased"),
        },
    ),
    "visit": Kind(
        "event",
        {
            "card": _ref("card"),
            "at": INSTANT,
            "channel": _code("tent door street group wall"),
            "language": LANGUAGE,
            "headcount_band": _code("2-5 6-10 11-20 21+"),
            "outcome": _code("solved explained referred appointment listened not_possible"),
            "outcome_reason": _text(),
            "deleted": FLAG,
        },
    ),
    "issue": Kind(
        "event",
        {
            "visit": _ref("visit"),
            "card": _ref("card"),
            "source": _code("person group wall door worker"),
            "theme": Field("code", codes=tuple(code for code, t in THEMES.items() if not t.parent)),
            "subtheme": Field("code", codes=tuple(code for code, t in THEMES.items() if t.parent)),
            "own_words": _words(),
            "words_language": LANGUAGE,
            "wording_confirmed": FLAG,
            "barriers": _set(
                "not_known not_asked not_received not_offered excluded digital_only language counter_closed "
                "delay refused fear cost other"
            ),
            "level": _code(LEVELS),
            "ask": _words(),
            "offer": FLAG,
            "offer_text": _words(),
            "risk_flag": Field("flag", sensitive=True),
            "quote_consent": _code("no anonymous agreed_text"),
            "agreed_text": _words(),
            "topic": _ref("topic"),
            "review": _code("new seen question de_identified done"),
            "deleted": FLAG,
        },
    ),
    "referral": Kind(
        "event",
        {
            "card": _ref("card"),
            "issue": _ref("issue"),
            "to_service": _ref("service"),
            "to_table": _ref("presence"),
            "mode": _code("walked_over warm_call letter self"),
            "shared_fields": _set("theme subtheme own_words ask call_me value languages needs"),
            "shared_note": _words(),
            "state": _code(
                "draft requested accepted in_progress on_hold completed rejected cancelled failed expired "
                "withdrawn entered_in_error"
            ),
            "state_reason": _code(REASONS),
            "due_on": DATE,
            "consent": _ref("consent"),
            "supersedes": _ref("referral"),
        },
        first=("draft", "requested"),
        next=_moves(
            "draft: requested withdrawn entered_in_error\n"
            "requested: accepted rejected cancelled expired withdrawn entered_in_error\n"
            "accepted: in_progress on_hold completed failed cancelled withdrawn entered_in_error\n"
            "in_progress: on_hold completed failed cancelled withdrawn entered_in_error\n"
            "on_hold: in_progress completed failed cancelled withdrawn entered_in_error\n"
            "completed: entered_in_error\nrejected: withdrawn entered_in_error\nfailed: withdrawn entered_in_error\n"
            "cancelled: withdrawn entered_in_error\nexpired: withdrawn entered_in_error\nwithdrawn: entered_in_error"
        ),
    ),
    "follow_up": Kind(
        "event",
        {
            "card": _ref("card"),
            "topic": _ref("topic"),
            "what": _code("call meeting letter_check walk_along other"),
            "who_acts": _code("member service person supporter"),
            "assignee": Field("text", limit=80),  # member:<id> or service:<id>
            "at": INSTANT,
            "on": DATE,
            "place": _text(),
            "needs": NEEDS,
            "promised": _words(),
            "remind_before": Field("duration", limit=20),
            "state": _code(
                "proposed planned declined done moved cancelled_by_person missed_by_us not_met let_go withdrawn"
            ),
            "state_reason": _code(REASONS),
        },
        first=("proposed", "planned"),
        next=_moves(
            "proposed: planned declined withdrawn\n"
            "planned: done moved cancelled_by_person missed_by_us not_met withdrawn\n"
            "moved: planned withdrawn\nnot_met: planned let_go withdrawn\n"
            "done: withdrawn\ndeclined: withdrawn\ncancelled_by_person: withdrawn\n"
            "missed_by_us: withdrawn\nlet_go: withdrawn"
        ),
    ),
    "contact": Kind(
        "event",
        {
            "card": _ref("card"),
            "call_me": _text(private=True),
            "channel": _code("returns phone sms messaging supporter group"),
            "value": _text(private=True),
            "languages": LANGUAGES,
            "needs": NEEDS,
            "safe_rules": _words(),
            "consent": _ref("consent"),
            "expires_on": DATE,
        },
    ),
    "consent": Kind(
        "event",
        {
            "card": _ref("card"),
            "purposes": _map("code", codes="given refused"),
            "given_how": _code("spoken touched interpreter"),
            "language": LANGUAGE,
            "text_version": _text(40),
            "at": INSTANT,
            "withdrawn_at": INSTANT,
        },
    ),
    "topic": Kind(
        "event",
        {
            "title": _text(),
            "themes": _set(),
            "issues": _set(refers=("issue",)),
            "causes": _text(TEXT_MAX),
            "competent_bodies": _set(LEVELS),
            "state": _code(
                "heard shared chosen in_action answered_none answered_partly answered_fully "
                "fed_back parked closed blocked_by_risk"
            ),
            "decision/on": DATE,
            "decision/place": _text(),
            "decision/residents_n": INTEGER,
            "decision/professionals_n": INTEGER,
            "decision/how": _text(TEXT_MAX),
            "decision/text": _text(TEXT_MAX),
            "sent_in_name_of": _text(),
            "risks": _text(TEXT_MAX),
            "criteria": _map("integer"),
        },
        first=("heard",),
        next=_moves(
            "heard: shared blocked_by_risk\nshared: chosen blocked_by_risk\nchosen: in_action blocked_by_risk\n"
            "in_action: answered_none answered_partly answered_fully blocked_by_risk\n"
            "answered_none: fed_back blocked_by_risk\nanswered_partly: fed_back blocked_by_risk\n"
            "answered_fully: fed_back blocked_by_risk\nfed_back: parked closed blocked_by_risk\n"
            "parked: blocked_by_risk\nclosed: blocked_by_risk"
        ),
    ),
    "demand": Kind(
        "event",
        {
            "topic": _ref("topic"),
            "text": _text(TEXT_MAX),
            "addressed_to": _text(),
            "state": _code("asked none partly fully"),
            "answer_text": _text(TEXT_MAX),
            "answered_on": DATE,
        },
    ),
    "remark": Kind("event", {"about": _ref(*ABOUT), "text": _words()}),
    "erasure": Kind("event", {"card": _ref("card")}),
}

PRIVATE: dict[str, frozenset[str]] = {
    kind: frozenset(name for name, field in declared.fields.items() if field.private)
    for kind, declared in KINDS.items()
}


def field_of(kind: str, name: str) -> Field | None:
    """Return the declaration of a field, by its name with or without a key; ``None`` for an unknown one."""
    declared = KINDS.get(kind)
    if declared is None:
        return None
    return declared.fields.get(name) or declared.fields.get(name.partition("/")[0])


# ── checks of one edit ────────────────────────────────────────────────────────────────────────────────

_AUTHOR = re.compile(r"[A-Za-z0-9_-]{11}\Z")
_STAMP = re.compile(r"[0-9a-f]{16}\Z")
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}\Z")
_BROKEN = re.compile("[\0\ud800-\udfff]")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z", re.ASCII)
_DURATION = re.compile(r"P(\d{1,3}D|T\d{1,3}[HM])\Z", re.ASCII)

_Check: TypeAlias = Callable[[Value], RefusedCode | None]


def check_edit(edit: Edit) -> RefusedCode | None:
    """Return why an edit is refused for its form and content alone, or ``None``."""
    checks = _CHECKS.get(edit.kind)
    if checks is None:
        return "bad_value" if _BROKEN.search(edit.kind) else "unknown_kind"
    if not (
        edit.set and edit.n > 0 and edit.n <= INTEGER_MAX and edit.u in (0, 1)
        and _AUTHOR.match(edit.a) and _STAMP.match(edit.h) and _ID.match(edit.id)
        and (_ID.match(edit.event) if edit.event else True)
    ):  # fmt: skip
        return "bad_value"
    if bool(edit.event) is not (KINDS[edit.kind].scope == "event") or (edit.kind == "event" and edit.event != edit.id):
        return "bad_value"
    for name, value in edit.set.items():
        check = checks.get(name) or _keyed_check(edit.kind, name)
        code: RefusedCode | None = check(value) if check else "unknown_field"
        if code:
            return code
    return _check_over(edit) if edit.over else None


def is_sound(edit: Edit) -> bool:
    """Return whether an edit of a newer app, with a kind or field unknown here, can be kept as it is."""
    return bool(
        edit.set and 0 < edit.n <= INTEGER_MAX and edit.u in (0, 1)
        and _AUTHOR.match(edit.a) and _STAMP.match(edit.h) and _ID.match(edit.id) and _ID.match(edit.kind)
        and (not edit.event or _ID.match(edit.event))
    ) and not (_check_over(edit) or any(_is_broken(part) for item in edit.set.items() for part in item))  # fmt: skip


def _is_broken(value: Value) -> bool:
    if isinstance(value, list):
        return any(map(_is_broken, value))
    if isinstance(value, str):
        return _BROKEN.search(value) is not None
    return isinstance(value, int) and abs(value) > INTEGER_MAX


def _check_over(edit: Edit) -> RefusedCode | None:
    for name, dots in edit.over.items():
        if name not in edit.set:
            return "bad_value"
        if len(dots) > OVER_MAX:
            return "too_long"
        for dot in dots:
            try:
                a, n = parse_dot(dot)
            except ValueError:
                return "bad_value"
            if not _AUTHOR.match(a) or n > INTEGER_MAX:
                return "bad_value"
    return None


def _keyed_check(kind: str, name: str) -> _Check | None:
    base, slash, key = name.partition("/")
    field = KINDS[kind].fields.get(base) if slash else None
    if field is None or not field.keyed or (field.keys and key not in field.keys):
        return None
    if not key or len(key) > KEY_MAX or "/" in key or _BROKEN.search(key):
        return _bad
    if field.refers and not _ID.match(key):
        return _bad
    return _KEYED[kind, base]


def _bad(value: Value) -> RefusedCode | None:
    return "bad_value"


def _check_of(field: Field) -> _Check:
    """Return the check of a field's value; ``null`` is always one, it clears the field."""
    codes, limit = frozenset(field.codes), field.limit

    def is_text(value: Value) -> RefusedCode | None:
        if value is None:
            return None
        if not isinstance(value, str) or _BROKEN.search(value):
            return "bad_value"
        return "too_long" if len(value) > limit else None

    def is_code(value: Value) -> RefusedCode | None:
        return None if value is None or (isinstance(value, str) and value in codes) else "bad_value"

    def is_flag(value: Value) -> RefusedCode | None:
        return None if value is None or isinstance(value, bool) else "bad_value"

    def is_integer(value: Value) -> RefusedCode | None:
        return None if value is None or (type(value) is int and -INTEGER_MAX <= value <= INTEGER_MAX) else "bad_value"

    def matches(pattern: re.Pattern[str]) -> _Check:
        return lambda value: None if value is None or (isinstance(value, str) and pattern.match(value)) else "bad_value"

    by_type: Mapping[Type, _Check] = {
        "text": is_text,
        "code": is_code,
        "flag": is_flag,
        "integer": is_integer,
        "instant": matches(_INSTANT),
        "date": _is_date,
        "time": matches(_TIME),
        "id": matches(_ID),
        "duration": matches(_DURATION),
    }
    return by_type[field.type]


def _is_date(value: Value) -> RefusedCode | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _DATE.match(value):
        return "bad_value"
    try:
        date.fromisoformat(value)
    except ValueError:
        return "bad_value"
    return None


_CHECKS: dict[str, dict[str, _Check]] = {
    kind: {name: _check_of(field) for name, field in declared.fields.items() if not field.keyed}
    | {f"{name}/{key}": _check_of(field) for name, field in declared.fields.items() for key in field.keys}
    for kind, declared in KINDS.items()
}
_KEYED: dict[tuple[str, str], _Check] = {
    (kind, name): _check_of(field)
    for kind, declared in KINDS.items()
    for name, field in declared.fields.items()
    if field.keyed
}

# ── ids and digits ────────────────────────────────────────────────────────────────────────────────────

_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


def damm_digit(figures: str) -> str:
    """Return the check digit of some figures. Source: Damm, "Total anti-symmetrische Quasigruppen" (2004)."""
    row = 0
    for figure in figures:
        row = int(_DAMM[row][int(figure)])
    return str(row)


def is_card_number(number: Value) -> bool:
    """Return whether a number has three figures of which the last is the check digit of the first two."""
    return (
        isinstance(number, str)
        and len(number) == 3
        and number.isascii()
        and number.isdigit()
        and damm_digit(number) == "0"
    )


def card_id(event: str, animal: str, number: str) -> str:
    """Return the id of a card: two tablets that meet the same card offline make the same record."""
    return str(uuid5(UUID(event), f"card {animal} {number}"))


def tally_id(event: str, what: str, slot: str, device: str) -> str:
    """Return the id of a count; ``slot`` is its start, ``2026-09-19T11:30Z``."""
    return str(uuid5(UUID(event), f"tally {what} {slot} {device}"))


def erasure_id(card: str) -> str:
    """Return the id of the erasure of a card: asked twice, it is one."""
    return str(uuid5(UUID(card), "erasure"))
