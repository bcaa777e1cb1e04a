"""Step 11: the cards of an event lie in a stream of their own, which the kitchen and residents do not have (decision 0038).

    event:X  ── gone, "moved" ──→  event:X/cards

A tablet that holds cards by the first is told that they left it; one that has the second gets them there.
"""

import json
from itertools import groupby

from server.store.engine import Tx

STATEMENTS = ()


async def carry(tx: Tx) -> None:
    """Move every card that lies in its event's stream; digests and positions go along."""
    rows = await tx.fetch(
        "SELECT organisation, event, id, place, digest, streams FROM record WHERE kind = 'card'"
        " ORDER BY organisation, event, id"
    )
    for (organisation, event), cards in groupby(rows, key=lambda row: (row[0], row[1])):
        here = [tuple(row)[2:5] for row in cards if json.loads(row[5]) == [f"event:{event}"]]
        if here:
            await _move(tx, organisation, f"event:{event}", here)


async def _move(tx: Tx, organisation: str, stream: str, cards: list[tuple[str, int, str]]) -> None:
    (was, counter, digest), (now, first, new) = [
        await _stream(tx, organisation, name) for name in (stream, f"{stream}/cards")
    ]
    bits = 0
    for _, _, own in cards:
        bits ^= int(own, 16)
    await tx.run_many(
        "UPDATE entry SET position = ?, gone = 'moved', place = NULL WHERE stream = ? AND record = ?",
        [(counter + n, was, id) for n, (id, _, _) in enumerate(cards, 1)],
    )
    await tx.run_many(
        "INSERT INTO entry (stream, record, position, gone, place) VALUES (?, ?, ?, NULL, ?)",
        [(now, id, first + n, place) for n, (id, place, _) in enumerate(cards, 1)],
    )
    await tx.run_many(
        "UPDATE record SET streams = ? WHERE organisation = ? AND id = ?",
        [(json.dumps([f"{stream}/cards"]), organisation, id) for id, _, _ in cards],
    )
    await tx.run_many(
        "UPDATE stream SET counter = ?, digest = ? WHERE id = ?",
        [(counter + len(cards), f"{digest ^ bits:x}", was), (first + len(cards), f"{new ^ bits:x}", now)],
    )


async def _stream(tx: Tx, organisation: str, name: str) -> tuple[int, int, int]:
    """Return (id, counter, digest) of a stream, which is made where it is new."""
    await tx.run(
        "INSERT INTO stream (organisation, name, counter, digest) VALUES (?, ?, 0, '0') ON CONFLICT DO NOTHING",
        organisation, name,
    )  # fmt: skip
    rows = await tx.fetch(
        "SELECT id, counter, digest FROM stream WHERE organisation = ? AND name = ?", organisation, name
    )
    return rows[0][0], rows[0][1], int(rows[0][2], 16)
