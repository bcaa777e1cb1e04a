"""What stands in an export, and nothing else does: every column, with the fields it may read.

    COLUMNS   name · heading · kind.field it reads, the first that is there · only where own words are asked for
    BESIDE    what a row takes from the records that its own names

A row is made from these fields alone (export.py): a contact, a card, a name or an id is in no column, so it cannot get
into an export (decision 0037). Headings and codes are in the app's words (wording.py).
"""

from msgspec import Struct


class Column(Struct, frozen=True):
    """One column. ``heading``: a message of the app's; ``reads``: fields as ``kind.field``; ``words``: only on request."""

    name: str
    heading: str
    reads: tuple[str, ...] = ()
    words: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("kind", "export-kind"),
    Column("day", "field-at"),
    Column("half_hour", "field-slot"),
    Column("role", "field-role", ("member.role",)),
    Column("service", "field-to-service", ("service.name",)),
    Column("table", "field-to-table", ("presence.table_label",)),
    Column("theme_code", "export-theme-code", ("issue.subtheme", "issue.theme")),
    Column("theme", "field-theme", ("issue.theme",)),
    Column("subtheme", "field-subtheme", ("issue.subtheme",)),
    Column("barriers", "field-barriers", ("issue.barriers",)),
    Column("level", "field-level", ("issue.level",)),
    Column("outcome", "field-outcome", ("visit.outcome",)),
    Column("what", "field-what", ("follow_up.what", "tally.what")),
    Column("mode", "field-mode", ("referral.mode",)),
    Column("state", "field-state", ("referral.state", "follow_up.state")),
    Column("reason", "field-state-reason", ("referral.state_reason", "follow_up.state_reason")),
    Column("due", "field-due-on", ("referral.due_on", "follow_up.on", "follow_up.at")),
    Column("count", "field-n", ("tally.n",)),
    Column("own_words", "field-own-words", ("issue.own_words",), words=True),
    Column("ask", "field-ask", ("issue.ask",), words=True),
    Column("offer_text", "field-offer-text", ("issue.offer_text",), words=True),
    Column("quote", "field-quote-consent", ("issue.quote_consent",), words=True),
    Column("agreed_text", "field-agreed-text", ("issue.agreed_text",), words=True),
    Column("shared_note", "field-shared-note", ("referral.shared_note",), words=True),
    Column("promised", "field-promised", ("follow_up.promised",), words=True),
)

# Per kind of row what it takes of the records that it names, and of its author.
BESIDE: dict[str, tuple[str, ...]] = {
    "issue": ("member.role", "visit.outcome"),
    "referral": ("member.role", "service.name", "presence.table_label", "issue.theme", "issue.subtheme"),
    "follow_up": ("member.role",),
    "tally": (),
}
ROWS = tuple(BESIDE)

# How the messages of a field's codes begin.
PREFIX: dict[str, str] = {
    "member.role": "role",
    "issue.barriers": "barrier",
    "issue.level": "level",
    "visit.outcome": "outcome",
    "follow_up.what": "what",
    "tally.what": "tally",
    "referral.mode": "mode",
    "referral.state": "referral-state",
    "follow_up.state": "promise-state",
    "referral.state_reason": "reason",
    "follow_up.state_reason": "reason",
    "issue.quote_consent": "quote",
}


def columns_of(*, words: bool) -> tuple[Column, ...]:
    """Return the columns of an export; those with somebody's own words only where they are asked for."""
    return tuple(one for one in COLUMNS if words or not one.words)


def fields_of(kind: str, *, words: bool) -> frozenset[str]:
    """Return what a row of this kind may be made from: its own fields, and those beside it."""
    read = {field for column in columns_of(words=words) for field in column.reads}
    return frozenset(field for field in read if field.startswith(f"{kind}.") or field in BESIDE[kind])
