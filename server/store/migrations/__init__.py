"""The database's numbered steps. Hand-written; all pending ones and their bookkeeping in one transaction that is also the lock.

A step is never changed once released; a new one is added. ``{blob}``, ``{serial}`` and ``{tail}`` differ per database.
A step whose rows must be carried over has a ``carry(tx)``, run after its statements.
"""

import importlib
from types import ModuleType

from server.store.engine import Store, Tx

STEPS = (
    "m0001_first",
    "m0002_places",
    "m0003_coordinators",
    "m0004_sealed",
    "m0005_rest",
    "m0006_enrolment",
    "m0007_reminders",
    "m0008_feeds",
    "m0009_reasons",
    "m0010_tablets",
    "m0011_cards",
    "m0012_waiting",
    "m0013_gone",
)  # in the order they are taken
_POSTGRES = {"blob": "BYTEA", "serial": "BIGSERIAL PRIMARY KEY", "tail": ""}
_SQLITE = {"blob": "BLOB", "serial": "INTEGER PRIMARY KEY", "tail": " WITHOUT ROWID"}
LOCK = 0x6F6E7468  # "onth"
_NAMED_SQLITE = "SELECT max(name) FROM sqlite_master WHERE type = 'table' AND name = 'migration'"


def number_of(name: str) -> int:
    """Return the number in a step's name."""
    return int(name[1:5])


async def pending(tx: Tx) -> list[int]:
    """Return the steps that a database still lacks: all of them where it is empty."""
    named = "SELECT to_regclass('migration')" if tx.is_postgres else _NAMED_SQLITE
    is_empty = (await tx.fetch(named))[0][0] is None
    done = set() if is_empty else {row[0] for row in await tx.fetch("SELECT number FROM migration")}
    return [number for number in map(number_of, STEPS) if number not in done]


async def migrate(store: Store, *, upto: int = number_of(STEPS[-1])) -> list[int]:
    """Bring the database to step ``upto``; return the steps that were taken. Several processes may start at once."""
    taken = []
    async with store.writing() as tx:
        if tx.is_postgres:
            await tx.run("SELECT pg_advisory_xact_lock(?)", LOCK)
        await tx.run("CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY)")
        lacking = await pending(tx)
        for name in STEPS:
            number = number_of(name)
            if number not in lacking or number > upto:
                continue
            await _take(tx, importlib.import_module(f"server.store.migrations.{name}"))
            await tx.run("INSERT INTO migration VALUES (?)", number)
            taken.append(number)
    return taken


async def _take(tx: Tx, step: ModuleType) -> None:
    for statement in step.STATEMENTS:
        await tx.run(statement.format_map(_POSTGRES if tx.is_postgres else _SQLITE))
    if hasattr(step, "carry"):
        await step.carry(tx)
