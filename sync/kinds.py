"""Every kind of record and every field: the closed list of the domain, declared once.

    KINDS[kind].fields[name] → Field(type, codes, limit, private, sensitive, keyed, refers)   sync/fields.py
    KINDS[kind].first / .next  the states a record may be born in, and their moves

No field outside this list is ever accepted. Numbers and words of the domain, not of a screen.

Generated from here: pwa/src/sync/kinds.tables.ts (`make types`).  Twin: pwa/src/sync/kinds.ts.
"""

from sync.fields import TEXT_MAX, Field, Kind, code, keyed_map, keyed_set, moves, ref, text, words
from sync.themes import THEMES

KINDS_VERSION = 1

FLAG, INTEGER, INSTANT, DATE = Field("flag"), Field("integer"), Field("instant"), Field("date")
LANGUAGE = Field("text", limit=12)
LANGUAGES = keyed_set()
NEEDS = keyed_set("interpreter sign_language childcare step_free company")
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
            "name": text(),
            "visitor_word": keyed_map("text", "nl fr en"),
            "secrecy_article": text(),
            "retention_days": INTEGER,
            "quiet_from": Field("time"),
            "quiet_until": Field("time"),
        },
    ),
    "member": Kind(
        "organisation",
        {
            "display_name": text(),
            "role": code(ROLES),
            "service": ref("service"),
            "areas": keyed_set(),
            "languages": LANGUAGES,
            "active": FLAG,
        },
    ),
    "service": Kind(
        "organisation",
        {
            "organization_name": text(),
            "name": text(),
            "alternate_name": text(),
            "description": text(TEXT_MAX),
            "url": text(500),
            "email": text(),
            "status": code("active inactive temporarily_closed defunct"),
            "interpretation_services": text(TEXT_MAX),
            "application_process": text(TEXT_MAX),
            "fees_description": text(TEXT_MAX),
            "eligibility_description": text(TEXT_MAX),
            "languages": LANGUAGES,
            "accessibility": text(TEXT_MAX),
            "required_documents": text(TEXT_MAX),
            "phones": keyed_map("text"),
            "address_1": text(),
            "city": text(),
            "postal_code": text(20),
            "latitude": INTEGER,
            "longitude": INTEGER,
            "schedule": keyed_map("text"),
            "themes": keyed_set(),
            "assured_date": DATE,
            "name_in": keyed_map("text"),
            "description_in": keyed_map("text", limit=TEXT_MAX),
        },
    ),
    "event": Kind(
        "event",
        {
            "event_kind": code("square brico walk group"),
            "name": text(),
            "area_code": text(),
            "place": text(),
            "municipality": text(),
            "dates": keyed_map("date", "from to"),
            "hours": keyed_map("time", "opens_at closes_at"),
            "requested_by": text(),
            "start_problem": text(TEXT_MAX),
            "question_of_the_day": text(TEXT_MAX),
            "facilities": keyed_set("interpreter sign_language childcare step_free"),
            "languages": LANGUAGES,
            "state": code("draft open closed restituted archived"),
            "team": keyed_set(refers=("member",)),
            "criteria": keyed_set(),
        },
        first=("draft", "open"),
        next=moves("draft: open\nopen: closed\nclosed: restituted\nrestituted: archived"),
    ),
    "presence": Kind(
        "event",
        {
            "service": ref("service"),
            "table_label": text(),
            "languages": LANGUAGES,
            "from": INSTANT,
            "until": INSTANT,
            "state": code("free busy gone"),
        },
    ),
    "tally": Kind(
        "event",
        {
            "what": code("coffee meal talk child"),
            "slot": Field("text", limit=20),
            "device": text(100),
            "n": INTEGER,
        },
    ),
    "card": Kind(
        "event",
        {
            "animal": code(ANIMALS),
            "number": Field("text", limit=3),
            "back_code_hash": text(64),
            "issued_at": INSTANT,
            "state": code("blank given erased"),
        },
    ),
    "visit": Kind(
        "event",
        {
            "card": ref("card"),
            "at": INSTANT,
            "channel": code("tent door street group wall"),
            "language": LANGUAGE,
            "headcount_band": code("2-5 6-10 11-20 21+"),
            "outcome": code("solved explained referred appointment listened not_possible"),
            "outcome_reason": text(),
            "deleted": FLAG,
        },
    ),
    "issue": Kind(
        "event",
        {
            "visit": ref("visit"),
            "card": ref("card"),
            "source": code("person group wall door worker"),
            "theme": Field("code", codes=tuple(theme for theme, t in THEMES.items() if not t.parent)),
            "subtheme": Field("code", codes=tuple(theme for theme, t in THEMES.items() if t.parent)),
            "own_words": words(),
            "words_language": LANGUAGE,
            "wording_confirmed": FLAG,
            "barriers": keyed_set(
                "not_known not_asked not_received not_offered excluded digital_only language counter_closed "
                "delay refused fear cost other"
            ),
            "level": code(LEVELS),
            "ask": words(),
            "offer": FLAG,
            "offer_text": words(),
            "risk_flag": Field("flag", sensitive=True),
            "quote_consent": code("no anonymous agreed_text"),
            "agreed_text": words(),
            "topic": ref("topic"),
            "review": code("new seen question de_identified done"),
            "deleted": FLAG,
        },
    ),
    "referral": Kind(
        "event",
        {
            "card": ref("card"),
            "issue": ref("issue"),
            "to_service": ref("service"),
            "to_table": ref("presence"),
            "mode": code("walked_over warm_call letter self"),
            "shared_fields": keyed_set("theme subtheme own_words ask call_me value languages needs"),
            "shared_note": words(),
            "state": code(
                "draft requested accepted in_progress on_hold completed rejected cancelled failed expired "
                "withdrawn entered_in_error"
            ),
            "state_reason": code(REASONS),
            "due_on": DATE,
            "consent": ref("consent"),
            "supersedes": ref("referral"),
        },
        first=("draft", "requested"),
        next=moves(
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
            "card": ref("card"),
            "topic": ref("topic"),
            "what": code("call meeting letter_check walk_along other"),
            "who_acts": code("member service person supporter"),
            "assignee": Field("assignee"),  # member:<id> or service:<id>; its stream is told
            "at": INSTANT,
            "on": DATE,
            "place": text(),
            "needs": NEEDS,
            "promised": words(),
            "remind_before": Field("duration", limit=20),
            "state": code(
                "proposed planned declined done moved cancelled_by_person missed_by_us not_met let_go withdrawn"
            ),
            "state_reason": code(REASONS),
        },
        first=("proposed", "planned"),
        next=moves(
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
            "card": ref("card"),
            "call_me": text(private=True),
            "channel": code("returns phone sms messaging supporter group"),
            "value": text(private=True),
            "languages": LANGUAGES,
            "needs": NEEDS,
            "safe_rules": words(),
            "consent": ref("consent"),
            "expires_on": DATE,
        },
    ),
    "consent": Kind(
        "event",
        {
            "card": ref("card"),
            "purposes": keyed_map("code", codes="given refused"),
            "given_how": code("spoken touched interpreter"),
            "language": LANGUAGE,
            "text_version": text(40),
            "at": INSTANT,
            "withdrawn_at": INSTANT,
        },
    ),
    "topic": Kind(
        "event",
        {
            "title": text(),
            "themes": keyed_set(),
            "issues": keyed_set(refers=("issue",)),
            "causes": text(TEXT_MAX),
            "competent_bodies": keyed_set(LEVELS),
            "state": code(
                "heard shared chosen in_action answered_none answered_partly answered_fully "
                "fed_back parked closed blocked_by_risk"
            ),
            "decision/on": DATE,
            "decision/place": text(),
            "decision/residents_n": INTEGER,
            "decision/professionals_n": INTEGER,
            "decision/how": text(TEXT_MAX),
            "decision/text": text(TEXT_MAX),
            "sent_in_name_of": text(),
            "risks": text(TEXT_MAX),
            "criteria": keyed_map("integer"),
        },
        first=("heard",),
        next=moves(
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
            "topic": ref("topic"),
            "text": text(TEXT_MAX),
            "addressed_to": text(),
            "state": code("asked none partly fully"),
            "answer_text": text(TEXT_MAX),
            "answered_on": DATE,
        },
    ),
    "remark": Kind("event", {"about": ref(*ABOUT), "text": words()}),
    "erasure": Kind("event", {"card": ref("card")}),
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
