"""Ids that two tablets make alike without having met, and the check digit on a card.

Vectors: sync/vectors/access.json.  Twin: pwa/src/sync/ids.ts.
"""

from uuid import UUID, uuid5

from sync.edits import Value

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
